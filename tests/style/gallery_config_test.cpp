#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "atelier/style/attributes.h"
#include "atelier/style/procedural/drawing.h"
#include "atelier/style/style_library.h"

namespace atelier::style {
namespace {

namespace fs = std::filesystem;

const fs::path kRoot = ATELIER_SOURCE_DIR;

nlohmann::json read_gallery() {
  std::ifstream in(kRoot / "configs/gallery.json");
  return nlohmann::json::parse(in);
}

/// File, then the cells of its line.
std::map<std::string, std::vector<std::string>> read_table(const fs::path& path) {
  std::map<std::string, std::vector<std::string>> rows;
  std::ifstream in(path);
  std::string line;
  std::getline(in, line);
  while (std::getline(in, line)) {
    std::vector<std::string> cells;
    std::istringstream text(line);
    for (std::string cell; std::getline(text, cell, '\t');) cells.push_back(cell);
    if (!cells.empty()) rows[cells[0]] = cells;
  }
  return rows;
}

/// "woodcut" of "woodcut-3.png", empty when no medium is called so.
std::string medium_of(const std::string& file) {
  const std::string name = file.substr(0, file.rfind('-'));
  return find_medium(name) != nullptr ? name : "";
}

TEST(GalleryConfig, NamesAHundredStylesOnceEach) {
  const nlohmann::json gallery = read_gallery();
  ASSERT_GE(gallery.size(), 104u);
  std::set<std::string> names, files;
  for (const nlohmann::json& entry : gallery) {
    EXPECT_TRUE(is_style_name(entry["name"].get<std::string>())) << entry;
    EXPECT_TRUE(names.insert(entry["name"]).second) << entry["name"] << " stands twice";
    EXPECT_TRUE(files.insert(entry["file"]).second) << entry["file"] << " stands twice";
  }
}

TEST(GalleryConfig, HasTwoStylesOfEveryMediumThatIsDrawn) {
  std::map<std::string, int> drawn;
  for (const nlohmann::json& entry : read_gallery()) ++drawn[medium_of(entry["file"])];
  for (const Medium& medium : media()) EXPECT_EQ(drawn[medium.name], 2) << medium.name;
}

TEST(GalleryConfig, EveryPaintingHasAFreeLicenceAnOriginAndAPeriod) {
  const fs::path manifest = kRoot / "../shared/data/style-train/manifest.tsv";
  if (!fs::exists(manifest)) GTEST_SKIP() << "the training pictures are not here";
  const auto rows = read_table(manifest);
  for (const nlohmann::json& entry : read_gallery()) {
    if (!medium_of(entry["file"]).empty()) continue;
    const auto row = rows.find(entry["file"]);
    ASSERT_NE(row, rows.end()) << entry["file"] << " is not in the manifest";
    ASSERT_EQ(row->second.size(), 7u) << entry["file"];
    for (const int column : {1, 2, 4, 5, 6})
      EXPECT_NE(row->second[static_cast<std::size_t>(column)], "") << entry["file"];
    EXPECT_THAT(row->second[6], testing::Not(testing::HasSubstr("probably"))) << entry["file"];
  }
}

TEST(GalleryConfig, TheModelsOwnGalleryKeepsLicenceOriginPeriodAndAttributes) {
  const fs::path file = kRoot / "models/base/styles.json";
  if (!fs::exists(file)) GTEST_SKIP() << "the model is not here";
  const StyleLibrary gallery = StyleLibrary::read(file);
  for (const NamedStyle& style : gallery.styles()) {
    EXPECT_NE(style.licence, "") << style.name;
    EXPECT_NE(style.artist, "") << style.name;
    EXPECT_NE(style.source, "") << style.name;
    EXPECT_NE(style.period, "") << style.name;
    EXPECT_TRUE(has_all_attributes(style.attributes)) << style.name;
  }
}

}  // namespace
}  // namespace atelier::style

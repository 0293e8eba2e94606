#include <algorithm>

#include "atelier/image/read_image.h"
#include "atelier/style/attributes.h"
#include "atelier/style/procedural/drawing.h"
#include "program_test.h"
#include "support/tiny_bundle.h"

namespace atelier::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

/// A model whose gallery says who, when and on which terms.
class GalleryCommand : public ProgramTest {
 protected:
  GalleryCommand() {
    model::BundleContents contents = tiny_bundle_contents(1);
    const std::vector<style::NamedStyle> plain = contents.styles.styles();
    contents.styles = style::StyleLibrary(contents.manifest.space_id);
    const char* const known[][6] = {
        {"wave", "The Great Wave", "Katsushika Hokusai", "c. 1831", "ukiyo-e", "CC0-1.0"},
        {"icon", "Trinity <of> angels", "Andrei Rublev", "1411", "icon-medieval", "CC BY-SA 4.0"},
        {"window", "Harbour, stained glass", "Atelier", "2026", "stained-glass", "CC0-1.0"}};
    for (std::size_t i = 0; i < plain.size(); ++i) {
      style::NamedStyle style = plain[i];
      style.name = known[i][0];
      style.title = known[i][1];
      style.artist = known[i][2];
      style.year = known[i][3];
      style.period = known[i][4];
      style.licence = known[i][5];
      style.source = "drawn for a test";
      contents.styles.add(std::move(style));
    }
    model_ = model_folder_ / "known";
    model::write_bundle(model_, contents, weights::DType::F32);
  }

  std::vector<std::string> found(std::vector<std::string> words) const {
    words.insert(words.begin(), {"styles", "list"});
    std::vector<std::string> names;
    const nlohmann::json listed = json(words);
    for (const nlohmann::json& style : listed["styles"]) names.push_back(style["name"]);
    return names;
  }
};

TEST_F(GalleryCommand, FindsStylesByArtistPeriodCenturyTitleAndLicence) {
  EXPECT_THAT(found({"hokusai"}), ElementsAre("wave"));
  EXPECT_THAT(found({"Ukiyo-E"}), ElementsAre("wave"));
  EXPECT_THAT(found({"15th century"}), ElementsAre("icon"));
  EXPECT_THAT(found({"trinity"}), ElementsAre("icon"));
  EXPECT_THAT(found({"cc0"}), ElementsAre("wave", "window"));
  EXPECT_THAT(found({"cc0", "harbour"}), ElementsAre("window"));
  EXPECT_THAT(found({"--like", "cc0, not stained glass"}), ElementsAre("wave"));
  EXPECT_THAT(found({"hokusai", "rublev"}), ElementsAre());
  EXPECT_TRUE(fails_with(run({"styles", "list", "rembrandt"}), 2, "rembrandt"));
}

TEST_F(GalleryCommand, ListsPeriodAndLicence) {
  const ProgramResult result = run({"styles", "list"});
  EXPECT_THAT(result.out, HasSubstr("PERIOD"));
  EXPECT_THAT(result.out, HasSubstr("icon-medieval"));
  EXPECT_THAT(result.out, HasSubstr("CC BY-SA 4.0"));
}

TEST_F(GalleryCommand, ShowsWhereAStyleComesFromAndWhatIsNear) {
  const ProgramResult shown = run({"styles", "show", "wave"});
  for (const char* part : {"The Great Wave", "Katsushika Hokusai", "c. 1831 (19th century)", "ukiyo-e",
                           "CC0-1.0", "drawn for a test"}) {
    EXPECT_THAT(shown.out, HasSubstr(part));
  }
  const nlohmann::json machine = json({"styles", "show", "wave"});
  EXPECT_EQ(machine["century"], "19th century");
  ASSERT_EQ(machine["neighbours"].size(), 2u);
  EXPECT_LE(machine["neighbours"][0]["distance"], machine["neighbours"][1]["distance"]);
  EXPECT_THAT(machine["neighbours"].dump(), Not(HasSubstr("wave")));
}

TEST_F(GalleryCommand, ThumbnailsComeWithAPageThatHoldsEveryStyle) {
  EXPECT_EQ(run({"styles", "thumbnails", "-o", "page"}).status, 0);
  EXPECT_THAT(names("page"), ElementsAre("icon.jpg", "index.html", "styles.json", "wave.jpg", "window.jpg"));
  const std::string page = bytes("page/index.html");
  for (const char* name : {"wave", "icon", "window"}) {
    EXPECT_THAT(page, HasSubstr(std::string("<h2>") + name + "</h2>"));
    const Image thumbnail = read_image(path("page") / (std::string(name) + ".jpg"));
    EXPECT_EQ(thumbnail.width(), 336);
    EXPECT_EQ(thumbnail.height(), 252);
  }
  EXPECT_THAT(page, HasSubstr("Trinity &lt;of&gt; angels"));
  EXPECT_THAT(page, Not(HasSubstr("http")));  // nothing is fetched
  EXPECT_THAT(page, HasSubstr("type=\"search\""));
  const nlohmann::json list = nlohmann::json::parse(bytes("page/styles.json"));
  ASSERT_EQ(list["styles"].size(), 3u);
  for (const nlohmann::json& style : list["styles"]) {
    EXPECT_TRUE(exists("page/" + style["thumbnail"].get<std::string>()));
    EXPECT_NE(style["licence"], "");
  }
}

TEST_F(GalleryCommand, ThumbnailsPaintTheChosenPhotoAndOnlyTheStylesAskedFor) {
  EXPECT_EQ(run({"styles", "thumbnails", "--like", "hokusai", "-o", "own"}).status, 0);
  EXPECT_EQ(run({"styles", "thumbnails", "--like", "hokusai", "--photo", "photo.png", "-o", "mine"}).status,
            0);
  EXPECT_THAT(names("mine"), ElementsAre("index.html", "styles.json", "wave.jpg"));
  EXPECT_NE(bytes("mine/wave.jpg"), bytes("own/wave.jpg"));
  EXPECT_TRUE(fails_with(run({"styles", "thumbnails", "--photo", "no.png", "-o", "none"}), 66, "no.png"));
  EXPECT_FALSE(exists("none"));
  EXPECT_EQ(run({"styles", "thumbnails", "-o", "photo.png"}).status, 73);
}

TEST_F(GalleryCommand, DrawsTheSamePictureForTheSameSeed) {
  EXPECT_EQ(run({"styles", "draw", "woodcut", "-o", "a.png", "--seed", "5", "--size", "80x64"}).status, 0);
  EXPECT_EQ(run({"styles", "draw", "woodcut", "-o", "b.png", "--seed", "5", "--size", "80x64"}).status, 0);
  EXPECT_EQ(bytes("a.png"), bytes("b.png"));
  EXPECT_EQ(read_image(path("a.png")).width(), 80);
  EXPECT_EQ(read_image(path("a.png")).height(), 64);
  EXPECT_TRUE(fails_with(run({"styles", "draw", "fresco", "-o", "c.png"}), 2, "stained-glass"));
  EXPECT_TRUE(fails_with(run({"styles", "draw", "woodcut", "-o", "c.png", "--size", "big"}), 2, "640x480"));
  EXPECT_TRUE(fails_with(run({"styles", "draw", "woodcut", "-o", "c.png", "--size", "10"}), 2, "64"));
  EXPECT_FALSE(exists("c.png"));
}

TEST_F(GalleryCommand, DrawsAFolderThatTrainingReads) {
  EXPECT_EQ(run({"styles", "draw", "all", "-o", "drawn", "--count", "2", "--size", "64"}).status, 0);
  const std::string manifest = bytes("drawn/manifest.tsv");
  EXPECT_EQ(std::count(manifest.begin(), manifest.end(), '\n'),
            static_cast<std::ptrdiff_t>(1 + 2 * style::media().size()));
  EXPECT_THAT(manifest, testing::StartsWith("file\ttitle\tartist\tyear\tstyle\tsource\tlicence\n"));
  EXPECT_THAT(manifest, HasSubstr("mosaic-2.png\t"));
  for (const style::Medium& medium : style::media()) {
    EXPECT_THAT(manifest, HasSubstr("\tAtelier\t2026\t" + medium.name + "\tdrawn by Atelier"));
    EXPECT_TRUE(exists("drawn/" + medium.name + "-1.png"));
  }
  EXPECT_EQ(std::count(manifest.begin(), manifest.end(), '\t'),
            static_cast<std::ptrdiff_t>(6 * (1 + 2 * style::media().size())));
}

}  // namespace
}  // namespace atelier::test

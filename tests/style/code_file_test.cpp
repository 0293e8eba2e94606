#include "atelier/style/code_file.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "atelier/core/atomic_file.h"
#include "atelier/core/error.h"
#include "support/temp_dir.h"

namespace atelier::style {
namespace {

std::string id_of_reading(const std::string& text) {
  test::TempDir folder;
  write_file_atomically(folder / "code.json", text);
  try {
    read_code_file(folder / "code.json");
    return "";
  } catch (const Error& error) {
    return error.id();
  }
}

TEST(CodeFile, KeepsEveryBitOfEveryFloat) {
  StyleCode code{.space = "s",
                 .values = {0.1f, -0.0f, std::numeric_limits<float>::denorm_min(),
                            std::numeric_limits<float>::max(), std::numeric_limits<float>::lowest()}};
  std::mt19937 random(3);
  std::uniform_int_distribution<std::uint32_t> bits;
  while (code.values.size() < 20'000) {
    const auto value = std::bit_cast<float>(bits(random));
    if (std::isfinite(value)) code.values.push_back(value);
  }
  test::TempDir folder;
  write_code_file(folder / "code.json", code);
  const StyleCode back = read_code_file(folder / "code.json");
  EXPECT_EQ(back, code);
  EXPECT_TRUE(std::signbit(back.values[1]));
}

TEST(CodeFile, LooksAsDocumented) {
  test::TempDir folder;
  write_code_file(folder / "code.json", {.space = "m-1", .values = {0.1f, -2}});
  EXPECT_EQ(read_file(folder / "code.json", 1000),
            "{\n  \"atelier_style_code\": 1,\n  \"space\": \"m-1\",\n  \"values\": [0.1,-2.0]\n}\n");
}

TEST(CodeFile, KeepsTheAttributesThatLetAnotherModelCarryItOver) {
  test::TempDir folder;
  const StyleCode code{.space = "m-1", .values = {1}};
  const std::map<std::string, double> attributes = {{"warmth", 12.3456789}, {"lightness", 50}};
  write_code_file(folder / "code.json", code, attributes);
  const SavedCode saved = read_saved_code(folder / "code.json");
  EXPECT_EQ(saved.code, code);
  EXPECT_EQ(saved.attributes, attributes);
  EXPECT_EQ(
      id_of_reading(R"({"atelier_style_code": 1, "space": "s", "values": [1], "attributes": {"a": "b"}})"),
      "style.code");
  EXPECT_EQ(id_of_reading(R"({"atelier_style_code": 1, "space": "s", "values": [1], "attributes": [1]})"),
            "style.code");
}

TEST(CodeFile, RefusesBrokenFiles) {
  EXPECT_EQ(id_of_reading(R"({"atelier_style_code": 1, "space": "s", "values": [1]})"), "");
  for (const char* text : {"", "[1]", "{}", R"({"atelier_style_code": 2, "space": "s", "values": [1]})",
                           R"({"atelier_style_code": 1e300, "space": "s", "values": [1]})",
                           R"({"atelier_style_code": 1, "space": "s", "values": []})",
                           R"({"atelier_style_code": 1, "space": "s", "values": [1e39]})",
                           R"({"atelier_style_code": 1, "space": "s", "values": [true]})",
                           R"({"atelier_style_code": 1, "space": "a/b", "values": [1]})",
                           R"({"atelier_style_code": 1, "space": "s", "values": [1], "code": 1})",
                           R"({"atelier_style_code": 1, "values": [1]})"}) {
    EXPECT_EQ(id_of_reading(text), "style.code") << text;
  }
}

TEST(CodeFile, RefusesToWriteWhatIsNoCode) {
  test::TempDir folder;
  EXPECT_THROW(write_code_file(folder / "code.json", {.space = "s", .values = {NAN}}), Error);
  EXPECT_FALSE(std::filesystem::exists(folder / "code.json"));
}

}  // namespace
}  // namespace atelier::style

#include <algorithm>

#include "program_test.h"
#include "support/synthetic_photo.h"

namespace atelier::test {
namespace {

class StylesCommand : public ProgramTest {
 protected:
  std::vector<std::string> listed() const {
    std::vector<std::string> names;
    const nlohmann::json gallery = json({"styles", "list"});
    for (const nlohmann::json& style : gallery["styles"]) names.push_back(style["name"]);
    return names;
  }
};

TEST_F(StylesCommand, ListsTheGalleryForPeopleAndMachines) {
  const ProgramResult result = run({"styles", "list"});
  EXPECT_EQ(result.status, 0);
  EXPECT_EQ(std::count(result.out.begin(), result.out.end(), '\n'), 4);
  EXPECT_THAT(result.out, testing::HasSubstr("beta"));
  EXPECT_THAT(listed(), testing::ElementsAre("alpha", "beta", "gamma"));
}

TEST_F(StylesCommand, KeepsOwnStylesUntilTheyAreRemoved) {
  write("a.jpg", synthetic_photo(100, 80, 1));
  write("b.jpg", synthetic_photo(80, 100, 2));
  EXPECT_EQ(run({"styles", "add", "mine", "a.jpg", "b.jpg", "--title", "My own", "--year", "2026"}).status,
            0);
  EXPECT_THAT(listed(), testing::ElementsAre("mine", "alpha", "beta", "gamma"));
  const nlohmann::json shown = json({"styles", "show", "mine"});
  EXPECT_EQ(shown["title"], "My own");
  EXPECT_EQ(shown["own"], true);
  EXPECT_EQ(run({"stylize", "photo.png", "-s", "mine", "-o", "out.png"}).status, 0);
  EXPECT_EQ(run({"styles", "remove", "mine"}).status, 0);
  EXPECT_THAT(listed(), testing::ElementsAre("alpha", "beta", "gamma"));
}

TEST_F(StylesCommand, AddsTheMeanOfSeveralPictures) {
  write("a.png", synthetic_photo(100, 80, 1));
  write("b.png", synthetic_photo(80, 100, 2));
  for (const auto& [name, pictures] : std::vector<std::pair<std::string, std::vector<std::string>>>{
           {"a", {"a.png"}}, {"b", {"b.png"}}, {"both", {"a.png", "b.png"}}}) {
    std::vector<std::string> command = {"styles", "add", name};
    command.insert(command.end(), pictures.begin(), pictures.end());
    ASSERT_EQ(run(command).status, 0);
  }
  const std::vector<float> a = json({"styles", "show", "a"})["code"],
                           b = json({"styles", "show", "b"})["code"],
                           both = json({"styles", "show", "both"})["code"];
  for (std::size_t i = 0; i < both.size(); ++i) EXPECT_NEAR(both[i], (a[i] + b[i]) / 2, 1e-5f);
}

TEST_F(StylesCommand, FindsAStyleNearestToItself) {
  const nlohmann::json nearest = json({"styles", "nearest", "beta", "--count", "2"})["nearest"];
  ASSERT_EQ(nearest.size(), 2u);
  EXPECT_EQ(nearest[0]["name"], "beta");
  EXPECT_EQ(nearest[0]["distance"], 0);
  EXPECT_GT(nearest[1]["distance"], 0);
}

TEST_F(StylesCommand, BlendsByWeight) {
  EXPECT_EQ(run({"styles", "blend", "alpha:0.25", "beta:0.75", "--save", "mixed"}).status, 0);
  const std::vector<float> a = json({"styles", "show", "alpha"})["code"],
                           b = json({"styles", "show", "beta"})["code"],
                           mixed = json({"styles", "show", "mixed"})["code"];
  for (std::size_t i = 0; i < mixed.size(); ++i) EXPECT_NEAR(mixed[i], 0.25f * a[i] + 0.75f * b[i], 1e-5f);
}

TEST_F(StylesCommand, RefusesWhatCannotBe) {
  EXPECT_TRUE(fails_with(run({"styles", "remove", "alpha"}), 2, "alpha"));
  EXPECT_TRUE(fails_with(run({"styles", "remove", "alpah"}), 66, "did you mean 'alpha'"));
  EXPECT_TRUE(fails_with(run({"styles", "show", "alpah"}), 66, "did you mean 'alpha'"));
  EXPECT_TRUE(fails_with(run({"styles", "add", "Bad Name", "photo.png"}), 2, "Bad Name"));
  EXPECT_TRUE(fails_with(run({"styles", "add", "mine", "missing.png"}), 66, "missing.png"));
  EXPECT_TRUE(fails_with(run({"styles", "blend", "alpha", "beta"}), 2, "--save"));
  EXPECT_EQ(run({"styles", "add", "mine", "photo.png"}).status, 0);
  EXPECT_TRUE(fails_with(run({"styles", "add", "mine", "photo.png"}), 2, "mine"));
}

TEST_F(StylesCommand, NeverOverwritesABrokenFileOfOwnStyles) {
  EXPECT_EQ(run({"styles", "add", "mine", "photo.png"}).status, 0);
  const std::filesystem::path file = std::filesystem::directory_iterator(data_folder_.path())->path();
  std::filesystem::resize_file(file, 20);
  EXPECT_EQ(run({"styles", "add", "other", "photo.png"}).status, 65);
  EXPECT_EQ(std::filesystem::file_size(file), 20u);
}

}  // namespace
}  // namespace atelier::test

#include <algorithm>

#include "atelier/image/read_image.h"
#include "program_test.h"
#include "support/synthetic_photo.h"

namespace atelier::test {
namespace {

class StylizeCommand : public ProgramTest {};

TEST_F(StylizeCommand, WritesAPaintingOfThePhotosSizeAndSaysSo) {
  const ProgramResult result = run({"stylize", "photo.png", "--style", "alpha", "-o", "out.png"});
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_THAT(result.out, testing::MatchesRegex("out.png  60x44  [0-9]+ ms\n"));
  EXPECT_EQ(result.err, "");
  const Image painting = read_image(path("out.png"));
  EXPECT_EQ(painting.width(), 60);
  EXPECT_EQ(painting.height(), 44);
  EXPECT_NE(painting, read_image(path("photo.png")));
}

TEST_F(StylizeCommand, ReportsInJson) {
  const nlohmann::json report = json({"stylize", "photo.png", "-s", "alpha", "-o", "out.png"});
  EXPECT_EQ(report["schema"], 1);
  EXPECT_EQ(report["failed"], 0);
  ASSERT_EQ(report["pictures"].size(), 1u);
  const nlohmann::json& picture = report["pictures"][0];
  EXPECT_EQ(picture["input"], "photo.png");
  EXPECT_EQ(picture["output"], "out.png");
  EXPECT_EQ(picture["width"], 60);
  EXPECT_EQ(picture["height"], 44);
  EXPECT_GT(picture["ms"], 0);
}

TEST_F(StylizeCommand, PaintsEverySize) {
  for (const auto& [width, height] : {std::pair(1, 1), std::pair(1, 9), std::pair(17, 1), std::pair(3, 5),
                                      std::pair(61, 43), std::pair(64, 64)}) {
    write("odd.png", synthetic_photo(width, height, 2));
    EXPECT_EQ(run({"stylize", "odd.png", "-s", "alpha", "-o", "odd-out.png"}).status, 0);
    const ImageInfo info = probe_image(path("odd-out.png"));
    EXPECT_EQ(info.width, width);
    EXPECT_EQ(info.height, height);
  }
}

TEST_F(StylizeCommand, KeepsThePixelsAtStrengthZero) {
  EXPECT_EQ(run({"stylize", "photo.png", "-s", "alpha", "--strength", "0", "-o", "out.png"}).status, 0);
  EXPECT_TRUE(std::ranges::equal(read_image(path("out.png")).rgb8(), read_image(path("photo.png")).rgb8()));
}

TEST_F(StylizeCommand, KeepsAlpha) {
  Image photo = synthetic_photo(40, 30, 4);
  photo.add_alpha();
  for (std::size_t i = 0; i < photo.pixels(); ++i) photo.alpha8()[i] = static_cast<std::uint8_t>(i % 256);
  write("alpha.png", photo);
  EXPECT_EQ(run({"stylize", "alpha.png", "-s", "alpha", "-o", "out.png"}).status, 0);
  EXPECT_TRUE(std::ranges::equal(read_image(path("out.png")).alpha8(), photo.alpha8()));
}

TEST_F(StylizeCommand, KeepsSixteenBitsAndConvertsWhenAsked) {
  write("deep.png", synthetic_photo(40, 30, 4).to_depth(Depth::U16));
  EXPECT_EQ(run({"stylize", "deep.png", "-s", "alpha", "-o", "out.png"}).status, 0);
  EXPECT_EQ(probe_image(path("out.png")).depth, Depth::U16);
  EXPECT_EQ(run({"stylize", "deep.png", "-s", "alpha", "-o", "out8.png", "--depth", "8"}).status, 0);
  EXPECT_EQ(probe_image(path("out8.png")).depth, Depth::U8);
  EXPECT_EQ(run({"stylize", "photo.png", "-s", "alpha", "-o", "out16.png", "--depth", "16"}).status, 0);
  EXPECT_EQ(probe_image(path("out16.png")).depth, Depth::U16);
}

TEST_F(StylizeCommand, WritesTheSameBytesAgainAndOnAnyNumberOfThreads) {
  const std::vector<std::string> command = {"stylize", "photo.png", "-s",         "alpha:2",
                                            "-s",      "beta",      "--strength", "0.8"};
  const auto with = [&](std::vector<std::string> more) {
    std::vector<std::string> all = command;
    all.insert(all.end(), more.begin(), more.end());
    EXPECT_EQ(run(all).status, 0);
  };
  with({"-o", "a.png", "--threads", "1"});
  with({"-o", "b.png", "--threads", "1"});
  with({"-o", "c.png", "--threads", "2", "--seed", "7"});
  EXPECT_EQ(bytes("a.png"), bytes("b.png"));
  EXPECT_EQ(bytes("a.png"), bytes("c.png"));
}

TEST_F(StylizeCommand, ReadsStandardInputAndWritesStandardOutput) {
  RunOptions options;
  options.input = bytes("photo.png");
  const ProgramResult result = run({"stylize", "-", "-s", "alpha", "-o", "-"}, options);
  ASSERT_EQ(result.status, 0) << result.err;
  EXPECT_EQ(run({"stylize", "photo.png", "-s", "alpha", "-o", "out.png"}).status, 0);
  EXPECT_EQ(result.out, bytes("out.png"));
  const ProgramResult jpeg = run({"stylize", "-", "-s", "alpha", "-o", "-", "--format", "jpg"}, options);
  EXPECT_EQ(jpeg.out.substr(0, 3), "\xff\xd8\xff");
}

TEST_F(StylizeCommand, PaintsAFolderIntoAFolderKeepingNames) {
  write("in/a.jpg", synthetic_photo(30, 20, 1));
  write("in/b.PNG", synthetic_photo(20, 30, 2));
  write("in/notes.txt", "not a picture");
  const nlohmann::json report = json({"stylize", "in", "-s", "alpha", "-o", "new/out", "--jobs", "2"});
  EXPECT_EQ(report["pictures"].size(), 2u);
  EXPECT_THAT(names("new/out"), testing::ElementsAre("a.jpg", "b.PNG"));
  EXPECT_EQ(probe_image(path("new/out/a.jpg")).format, "JPEG");
  EXPECT_EQ(run({"stylize", "in", "-s", "alpha", "-o", "webp", "--format", "webp"}).status, 0);
  EXPECT_THAT(names("webp"), testing::ElementsAre("a.webp", "b.webp"));
}

TEST_F(StylizeCommand, TakesAPictureAndACodeFileAsStyle) {
  write("style.jpg", synthetic_photo(200, 100, 9));
  EXPECT_EQ(run({"stylize", "photo.png", "-s", "style.jpg", "-o", "a.png"}).status, 0);
  EXPECT_EQ(run({"styles", "blend", "style.jpg", "-o", "code.json"}).status, 0);
  EXPECT_EQ(run({"stylize", "photo.png", "-s", "code.json", "-o", "b.png"}).status, 0);
  EXPECT_EQ(bytes("a.png"), bytes("b.png"));
}

TEST_F(StylizeCommand, BlendsBetweenItsStyles) {
  for (const auto& [name, styles] : std::vector<std::pair<std::string, std::vector<std::string>>>{
           {"a.png", {"-s", "alpha"}},
           {"b.png", {"-s", "beta"}},
           {"ab.png", {"-s", "alpha:3", "-s", "beta:1"}}}) {
    std::vector<std::string> command = {"stylize", "photo.png", "-o", name};
    command.insert(command.end(), styles.begin(), styles.end());
    EXPECT_EQ(run(command).status, 0);
  }
  EXPECT_NE(bytes("ab.png"), bytes("a.png"));
  EXPECT_NE(bytes("ab.png"), bytes("b.png"));
}

TEST_F(StylizeCommand, PaintsTheColoursItIsAskedFor) {
  write("grey.png", Image(50, 40));
  EXPECT_EQ(run({"stylize", "grey.png", "-s", "alpha", "--color", "keep", "-o", "out.png"}).status, 0);
  const Image kept = read_image(path("out.png"));
  for (std::size_t i = 0; i < kept.rgb8().size(); i += 3) EXPECT_NEAR(kept.rgb8()[i], kept.rgb8()[i + 1], 1);
  EXPECT_EQ(run({"stylize", "photo.png", "-s", "alpha", "--color", "grey.png", "-o", "black.png"}).status, 0);
  const Image black = read_image(path("black.png"));
  for (const std::uint8_t value : black.rgb8()) EXPECT_LE(value, 3);
}

TEST_F(StylizeCommand, PaintsSmallerAndInTiles) {
  EXPECT_EQ(
      run({"stylize", "photo.png", "-s", "alpha", "--size", "32", "--keep-size", "-o", "small.png"}).status,
      0);
  EXPECT_EQ(probe_image(path("small.png")).width, 32);
  write("wide.png", synthetic_photo(300, 70, 2));
  EXPECT_EQ(run({"stylize", "wide.png", "-s", "alpha", "--tile", "64", "-o", "tiled.png"}).status, 0);
  EXPECT_EQ(probe_image(path("tiled.png")).width, 300);
}

TEST_F(StylizeCommand, ReportsProgressAsJsonLinesWhenAsked) {
  const ProgramResult result =
      run({"stylize", "photo.png", "-s", "alpha", "-o", "out.png", "--progress", "json"});
  EXPECT_EQ(result.status, 0);
  const nlohmann::json last =
      nlohmann::json::parse(result.err.substr(result.err.rfind('\n', result.err.size() - 2) + 1));
  EXPECT_EQ(last["progress"]["step"], last["progress"]["steps"]);
}

}  // namespace
}  // namespace atelier::test

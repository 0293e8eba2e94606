#include <algorithm>

#include "atelier/image/read_image.h"
#include "program_test.h"
#include "support/synthetic_photo.h"
#include "support/toy_cascade.h"

namespace atelier::test {
namespace {

class StylizeDials : public ProgramTest {
 protected:
  StylizeDials() {
    write("mask.png", half_mask(60, 44));
    write("small.png", half_mask(30, 22));
    write("square.png", half_mask(44, 44));
  }

  // Black on the left, white on the right.
  static Image half_mask(int width, int height) {
    Image mask(width, height);
    for (int i = 0; i < width * height; ++i) {
      for (int c = 0; c < 3; ++c)
        mask.rgb8()[static_cast<std::size_t>(3 * i + c)] = i % width < width / 2 ? 0 : 255;
    }
    return mask;
  }

  ProgramResult paint(std::vector<std::string> dials, const std::string& output = "out.png") const {
    std::vector<std::string> all = {"stylize", "photo.png", "-o", output};
    all.insert(all.end(), dials.begin(), dials.end());
    return run(all);
  }

  std::string painted(std::vector<std::string> dials) const {
    const ProgramResult result = paint(std::move(dials));
    EXPECT_EQ(result.status, 0) << result.err;
    return bytes("out.png");
  }
};

TEST_F(StylizeDials, PaintTwoStylesByAMask) {
  const std::string both = painted({"--mask", "mask.png", "--style-in", "alpha", "--style-out", "beta"});
  EXPECT_NE(both, painted({"-s", "alpha"}));
  EXPECT_NE(both, painted({"-s", "beta"}));
  EXPECT_EQ(both, painted({"--mask", "mask.png", "--style-in", "alpha", "-s", "beta"}));
}

TEST_F(StylizeDials, LeaveThePhotoOutsideOrInsideAMask) {
  const Image photo = read_image(path("photo.png"));
  const auto half_is_photo = [&](bool right) {
    const Image out = read_image(path("out.png"));
    for (int i = 0; i < 60 * 44; ++i) {
      if ((i % 60 >= 30) != right) continue;
      const auto at = static_cast<std::size_t>(3 * i);
      if (!std::equal(out.rgb8().begin() + at, out.rgb8().begin() + at + 3, photo.rgb8().begin() + at))
        return false;
    }
    return true;
  };
  painted({"--mask", "mask.png", "--style-in", "alpha", "--style-out", "photo"});
  EXPECT_TRUE(half_is_photo(false));
  EXPECT_FALSE(half_is_photo(true));
  painted({"--mask", "mask.png", "--style-in", "photo", "-s", "alpha"});
  EXPECT_TRUE(half_is_photo(true));
  EXPECT_FALSE(half_is_photo(false));
}

TEST_F(StylizeDials, ScaleAMaskOfTheSameShapeAndSaySo) {
  const ProgramResult result = paint({"--mask", "small.png", "--style-in", "alpha", "-s", "beta"});
  EXPECT_EQ(result.status, 0);
  EXPECT_THAT(result.err, testing::HasSubstr("small.png"));
  EXPECT_THAT(result.err, testing::HasSubstr("scaled"));
}

TEST_F(StylizeDials, RefuseAMaskOfAnotherShape) {
  EXPECT_TRUE(
      fails_with(paint({"--mask", "square.png", "--style-in", "alpha", "-s", "beta"}), 2, "square.png"));
  EXPECT_TRUE(fails_with(paint({"--detail-mask", "square.png", "-s", "beta"}), 2, "square.png"));
  EXPECT_FALSE(exists("out.png"));
}

TEST_F(StylizeDials, RefuseContradictions) {
  const std::vector<std::vector<std::string>> wrong = {
      {"-s", "alpha", "--mask", "mask.png"},
      {"-s", "alpha", "--style-in", "beta"},
      {"--mask", "mask.png", "--style-in", "alpha"},
      {"-s", "alpha", "--style-out", "beta", "--mask", "mask.png", "--style-in", "gamma"},
      {"-s", "alpha", "--style-out", "beta"},
      {"--mask", "mask.png", "--style-in", "photo", "--style-out", "photo"},
      {"--palette-style", "alpha"},
      {"--texture-style", "alpha"},
      {"-s", "alpha", "--palette-style", "beta", "--texture-style", "gamma"},
      {"-s", "alpha", "--colors", "#102030,#ffffff", "--color", "keep"},
      {"-s", "alpha", "--grain-size", "2"},
      {"-s", "alpha", "--preview", "--strength", "0.5"},
      {"-s", "alpha", "--preview", "--stroke", "2"},
      {"-s", "alpha", "--preview", "--keep-size"},
  };
  for (const std::vector<std::string>& dials : wrong)
    EXPECT_TRUE(fails_with(paint(dials), 2, "--")) << testing::PrintToString(dials);
  EXPECT_FALSE(exists("out.png"));
}

TEST_F(StylizeDials, RefuseBadValues) {
  const auto with = [&](const std::string& dial, const std::string& value) {
    return paint({"-s", "alpha", dial, value});
  };
  EXPECT_TRUE(fails_with(with("--colors", "#12345"), 2, "#12345"));
  EXPECT_TRUE(fails_with(with("--colors", "red,blue"), 2, "red"));
  EXPECT_TRUE(fails_with(with("--colors", "#123456,,#ffffff"), 2, "colour"));
  EXPECT_TRUE(fails_with(with("--protect", "2"), 2, "protect"));
  EXPECT_TRUE(fails_with(with("--grain", "nan"), 2, "grain"));
  EXPECT_TRUE(fails_with(paint({"-s", "alpha", "--grain", "0.5", "--grain-size", "99"}), 2, "grain-size"));
  EXPECT_TRUE(fails_with(with("--detail-mask", "missing.png"), 66, "missing.png"));
  EXPECT_FALSE(exists("out.png"));
}

TEST_F(StylizeDials, EachChangesThePainting) {
  const std::string plain = painted({"-s", "alpha"});
  const std::vector<std::vector<std::string>> dials = {{"--colors", "#1b1b3a,#e8c39e"},
                                                       {"--palette-style", "beta"},
                                                       {"--texture-style", "beta"},
                                                       {"--grain", "0.5"},
                                                       {"--protect", "1"},
                                                       {"--detail-mask", "mask.png"}};
  for (const std::vector<std::string>& dial : dials) {
    std::vector<std::string> all = {"-s", "alpha"};
    all.insert(all.end(), dial.begin(), dial.end());
    EXPECT_NE(painted(all), plain) << dial.front();
  }
  EXPECT_EQ(painted({"--palette-style", "alpha", "--texture-style", "alpha"}), plain);
}

TEST_F(StylizeDials, ProtectTheFacesThatAreFound) {
  write("photo.png", toy_face(60, 44, 10, 6, 32));
  write("cascade.xml", toy_cascade());
  const std::string plain = painted({"-s", "alpha", "--detail", "0"});
  const auto with_cascade = [&](const char* file) {
    return run(
        {"stylize", "photo.png", "-o", "faces.png", "-s", "alpha", "--detail", "0", "--protect-faces", "1"},
        {.environment = {"ATELIER_FACE_CASCADE=" + path(file).string()}});
  };
  EXPECT_EQ(with_cascade("cascade.xml").status, 0);
  EXPECT_NE(bytes("faces.png"), plain);
  std::filesystem::remove(path("faces.png"));
  EXPECT_TRUE(fails_with(with_cascade("nowhere.xml"), 69, "opencv-data"));
  EXPECT_FALSE(exists("faces.png"));
  EXPECT_EQ(run({"stylize", "photo.png", "-o", "none.png", "-s", "alpha", "--protect-faces", "0"},
                {.environment = {"ATELIER_FACE_CASCADE=" + path("nowhere.xml").string()}})
                .status,
            0)
      << "who does not ask for faces needs no cascade";
}

TEST_F(StylizeDials, GrainFollowsTheSeed) {
  const std::string first = painted({"-s", "alpha", "--grain", "0.5", "--seed", "3"});
  EXPECT_EQ(painted({"-s", "alpha", "--grain", "0.5", "--seed", "3"}), first);
  EXPECT_NE(painted({"-s", "alpha", "--grain", "0.5", "--seed", "4"}), first);
}

TEST_F(StylizeDials, StandInTheReport) {
  const nlohmann::json report =
      json({"stylize",  "photo.png",  "-o",     "out.png",    "-s",       "alpha",     "--mask",
            "mask.png", "--style-in", "beta",   "--strength", "0.8",      "--protect", "0.5",
            "--grain",  "0.25",       "--seed", "9",          "--colors", "#fff,#000"});
  const nlohmann::json& dials = report["dials"];
  EXPECT_FLOAT_EQ(dials["strength"], 0.8f);
  EXPECT_EQ(dials["regions"][0]["mask"], "mask.png");
  EXPECT_EQ(dials["regions"][0]["style"], "beta");
  EXPECT_FLOAT_EQ(dials["protect"], 0.5f);
  EXPECT_FLOAT_EQ(dials["grain"]["strength"], 0.25f);
  EXPECT_EQ(dials["grain"]["seed"], 9);
  EXPECT_EQ(dials["colors"], "#fff,#000");
  EXPECT_TRUE(dials["detail"].is_null());
  EXPECT_TRUE(report["pictures"][0]["detail"].is_number());
  EXPECT_FLOAT_EQ(report["pictures"][0]["strength"], 0.8f);
}

TEST_F(StylizeDials, WorkForAWholeFolderAndOneBadFitDoesNotStopIt) {
  write("in/a.png", synthetic_photo(60, 44, 1));
  write("in/b.png", synthetic_photo(44, 60, 2));
  const ProgramResult result = run({"stylize", "in", "-o", "out", "-s", "alpha", "--mask", "mask.png",
                                    "--style-in", "beta", "--grain", "0.2"});
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(names("out"), testing::ElementsAre("a.png"));
}

TEST_F(StylizeDials, PreviewIsASheetOfStrengthsAndStrokes) {
  EXPECT_EQ(paint({"-s", "alpha", "--preview", "--threads", "1"}, "sheet.png").status, 0);
  const ImageInfo sheet = probe_image(path("sheet.png"));
  EXPECT_GT(sheet.width, 4 * 320);
  EXPECT_GT(sheet.height, 4 * 235);
  EXPECT_EQ(paint({"-s", "alpha", "--preview", "--threads", "1", "--colors", "#1b1b3a,#e8c39e"}, "other.png")
                .status,
            0);
  EXPECT_NE(bytes("other.png"), bytes("sheet.png"));
}

TEST_F(StylizeDials, StrengthZeroSaysThatTheOthersHaveNoEffect) {
  const ProgramResult result = paint({"-s", "alpha", "--strength", "0", "--grain", "0.5"});
  EXPECT_EQ(result.status, 0);
  EXPECT_THAT(result.err, testing::HasSubstr("no effect"));
  EXPECT_TRUE(std::ranges::equal(read_image(path("out.png")).rgb8(), read_image(path("photo.png")).rgb8()));
}

}  // namespace
}  // namespace atelier::test

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "atelier/image/read_image.h"
#include "atelier/weights/sha256.h"
#include "program_test.h"
#include "support/synthetic_photo.h"
#include "support/tiny_bundle.h"

namespace atelier::test {
namespace {

class StylizeFaults : public ProgramTest {
 protected:
  ProgramResult paint(const std::string& input, const std::string& style = "alpha",
                      const std::string& output = "out.png") const {
    return run({"stylize", input, "-s", style, "-o", output});
  }
};

TEST_F(StylizeFaults, GoesOnAfterABadFileAndListsIt) {
  write("in/a.png", synthetic_photo(30, 20, 1));
  write("in/b.png", "this is no picture");
  write("in/c.png", synthetic_photo(30, 20, 2));
  const ProgramResult result = run({"stylize", "in", "missing.png", "-s", "alpha", "-o", "out", "--json"});
  EXPECT_EQ(result.status, 1);
  EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 2) << result.err;
  EXPECT_THAT(names("out"), testing::ElementsAre("a.png", "c.png"));
  const nlohmann::json report = nlohmann::json::parse(result.out);
  EXPECT_EQ(report["failed"], 2);
  EXPECT_EQ(report["pictures"][1]["error"]["status"], 65);
  EXPECT_EQ(report["pictures"][3]["error"]["status"], 66);
  EXPECT_NE(report["pictures"][1]["error"]["id"], "");
}

TEST_F(StylizeFaults, RefusesAPdfNamedJpg) {
  write("fake.jpg", "%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n");
  EXPECT_TRUE(fails_with(paint("fake.jpg"), 65, "fake.jpg"));
  EXPECT_FALSE(exists("out.png"));
}

TEST_F(StylizeFaults, RefusesBrokenInputsWithTheirOwnStatus) {
  write("empty.png", "");
  write("cut.png", bytes("photo.png").substr(0, 900));
  std::filesystem::create_directory(path("folder.png"));
  EXPECT_TRUE(fails_with(paint("empty.png"), 65, "empty.png"));
  EXPECT_TRUE(fails_with(paint("cut.png"), 65, "cut.png"));
  EXPECT_TRUE(fails_with(paint("missing.png"), 66, "missing.png"));
  EXPECT_TRUE(fails_with(paint("folder.png", "alpha", "out"), 66, "folder.png"));
  EXPECT_FALSE(exists("out.png"));
}

TEST_F(StylizeFaults, NeverWaitsForAFifo) {
  ASSERT_EQ(::mkfifo(path("pipe.png").c_str(), 0600), 0);
  EXPECT_TRUE(fails_with(paint("pipe.png"), 66, "pipe.png"));
}

TEST_F(StylizeFaults, RefusesBadOptions) {
  const auto with = [&](const std::string& option, const std::string& value) {
    return run({"stylize", "photo.png", "-s", "alpha", "-o", "out.png", option, value});
  };
  EXPECT_TRUE(fails_with(with("--strength", "2"), 2, "strength"));
  EXPECT_TRUE(fails_with(with("--strength", "nan"), 2, "strength"));
  EXPECT_TRUE(fails_with(with("--strength", "much"), 2, "strength"));
  EXPECT_TRUE(fails_with(with("--detail", "1.5"), 2, "detail"));
  EXPECT_TRUE(fails_with(with("--detail", "-0.5"), 2, "detail"));
  EXPECT_TRUE(fails_with(with("--stroke", "9"), 2, "stroke"));
  EXPECT_TRUE(fails_with(with("--size", "-5"), 2, "size"));
  EXPECT_TRUE(fails_with(with("--tile", "big"), 2, "tile"));
  EXPECT_TRUE(fails_with(with("--depth", "12"), 2, "depth"));
  EXPECT_TRUE(fails_with(with("--quality", "0"), 2, "quality"));
  EXPECT_TRUE(fails_with(with("--format", "bmp"), 2, "format"));
  EXPECT_TRUE(fails_with(with("--format", "jpg"), 2, "--format"));
  EXPECT_TRUE(fails_with(with("--device", "tpu"), 2, "tpu"));
  EXPECT_TRUE(fails_with(with("--threads", "-1"), 2, "threads"));
  EXPECT_TRUE(fails_with(with("--style", "alpha:0"), 2, "alpha:0"));
  EXPECT_FALSE(exists("out.png"));
}

TEST_F(StylizeFaults, SuggestsTheStyleThatWasMeant) {
  EXPECT_TRUE(fails_with(paint("photo.png", "gama"), 66, "did you mean 'gamma'"));
}

TEST_F(StylizeFaults, RefusesAStylePictureWithoutRoomForStrokes) {
  write("dot.png", Image(1, 1));
  EXPECT_TRUE(fails_with(paint("photo.png", "dot.png"), 65, "dot.png"));
}

TEST_F(StylizeFaults, WarnsAboutAStyleOfOneColour) {
  write("plain.png", Image(64, 64));
  const ProgramResult result = paint("photo.png", "plain.png");
  EXPECT_EQ(result.status, 0);
  EXPECT_THAT(result.err, testing::HasSubstr("one colour"));
}

TEST_F(StylizeFaults, RefusesToOverwriteAnInput) {
  const std::string before = bytes("photo.png");
  EXPECT_TRUE(fails_with(paint("photo.png", "alpha", "./photo.png"), 2, "overwrite"));
  EXPECT_TRUE(fails_with(run({"stylize", "photo.png", "-s", "alpha", "-o", "."}), 2, "overwrite"));
  std::filesystem::create_symlink("photo.png", path("link.png"));
  EXPECT_TRUE(fails_with(paint("photo.png", "alpha", "link.png"), 2, "overwrite"));
  write("style.png", synthetic_photo(64, 64, 3));
  EXPECT_TRUE(fails_with(paint("photo.png", "style.png", "style.png"), 2, "overwrite"));
  EXPECT_EQ(bytes("photo.png"), before);
}

TEST_F(StylizeFaults, RefusesNamesThatCollideBeforeItPaints) {
  write("a/x.png", Image(20, 20));
  write("b/x.png", Image(20, 20));
  EXPECT_TRUE(fails_with(run({"stylize", "a/x.png", "b/x.png", "-s", "alpha", "-o", "out"}), 2, "a/x.png"));
  EXPECT_FALSE(exists("out"));
}

TEST_F(StylizeFaults, RefusesOutputsThatCannotBe) {
  EXPECT_TRUE(fails_with(paint("photo.png", "alpha", "missing/out.png"), 73, "missing/out.png"));
  EXPECT_TRUE(fails_with(paint("photo.png", "alpha", "/dev/full"), 73, "/dev/full"));
  EXPECT_TRUE(fails_with(paint("photo.png", "alpha", "out.bmp"), 2, "out.bmp"));
  EXPECT_TRUE(
      fails_with(run({"stylize", "photo.png", "photo.png", "-s", "alpha", "-o", "photo.png"}), 2, ""));
  EXPECT_THAT(names(), testing::ElementsAre("photo.png"));
}

TEST_F(StylizeFaults, SaysWhenStandardOutputIsFull) {
  RunOptions options;
  options.output = "/dev/full";
  EXPECT_TRUE(
      fails_with(run({"stylize", "photo.png", "-s", "alpha", "-o", "-"}, options), 74, "standard output"));
  EXPECT_TRUE(fails_with(run({"styles", "list"}, options), 74, "standard output"));
}

TEST_F(StylizeFaults, LeavesNoFileOnAFullDisk) {
  write("large.png", synthetic_photo(400, 300, 1));
  std::filesystem::create_directory(path("disk"));
  const std::string script = "mount -t tmpfs -o size=16k tmpfs " + path("disk").string() +
                             " || exit 99; "
                             "\"$@\"; status=$?; ls -A " +
                             path("disk").string() + "; exit $status";
  RunOptions options;
  options.before = {"unshare", "--mount", "sh", "-c", script, "sh"};
  const ProgramResult result = run({"stylize", "large.png", "-s", "alpha", "-o", "disk/out.png"}, options);
  if (result.status == 99 || result.err.find("unshare") != std::string::npos) {
    GTEST_SKIP() << "a small disk cannot be mounted here: " << result.err;
  }
  EXPECT_TRUE(fails_with(result, 74, "disk/out.png"));
}

TEST_F(StylizeFaults, SaysWhenAFolderCannotBeRead) {
  std::filesystem::create_directory(path("secret"));
  ASSERT_EQ(::chmod(path("secret").c_str(), 0), 0);
  RunOptions options;
  if (::geteuid() == 0) {  // the superuser reads everything
    options.before = {"setpriv", "--reuid=65534", "--clear-groups"};
    ASSERT_EQ(::chmod(folder_.path().c_str(), 0777), 0);
  }
  const ProgramResult result = run({"stylize", "secret", "-s", "alpha", "-o", "out"}, options);
  ASSERT_EQ(::chmod(path("secret").c_str(), 0700), 0);
  if (result.status == 127 || result.status == 126) GTEST_SKIP() << "setpriv is not here: " << result.err;
  EXPECT_TRUE(fails_with(result, 66, "secret"));
}

TEST_F(StylizeFaults, SaysWhenAFolderHoldsNoPictures) {
  std::filesystem::create_directory(path("empty"));
  EXPECT_TRUE(fails_with(run({"stylize", "empty", "-s", "alpha", "-o", "out"}), 66, "empty"));
}

TEST_F(StylizeFaults, RefusesModelsItCannotUse) {
  const auto with_model = [&](const std::filesystem::path& folder) {
    return run({"stylize", "photo.png", "-s", "alpha", "-o", "out.png", "--model", folder.string()});
  };
  EXPECT_TRUE(fails_with(with_model(path("nowhere")), 66, "nowhere"));

  const std::filesystem::path newer = write_tiny_bundle(path("newer"));
  std::string manifest = bytes("newer/manifest.json");
  const std::size_t at = manifest.find("\"format_version\": 1");
  ASSERT_NE(at, std::string::npos);
  manifest.replace(at, 19, "\"format_version\": 9");
  write("newer/manifest.json", manifest);
  EXPECT_TRUE(fails_with(with_model(newer), 65, "manifest.json"));

  const std::filesystem::path flipped = write_tiny_bundle(path("flipped"));
  std::string generator = bytes("flipped/generator.safetensors");
  generator.back() = static_cast<char>(generator.back() ^ 1);
  write("flipped/generator.safetensors", generator);
  EXPECT_TRUE(fails_with(with_model(flipped), 65, "generator.safetensors"));
  EXPECT_FALSE(exists("out.png"));
}

TEST_F(StylizeFaults, RefusesWeightsThatAreNoNumbers) {
  const std::filesystem::path folder = write_tiny_bundle(path("nan"));
  std::string generator = bytes("nan/generator.safetensors");
  const float nan = std::numeric_limits<float>::quiet_NaN();
  std::copy_n(reinterpret_cast<const char*>(&nan), sizeof nan, generator.end() - sizeof nan);
  write("nan/generator.safetensors", generator);
  // With the right checksum, as a training gone wrong would have written it.
  nlohmann::json manifest = nlohmann::json::parse(bytes("nan/manifest.json"));
  manifest["sha256"]["generator.safetensors"] = weights::sha256_hex(generator);
  write("nan/manifest.json", manifest.dump());
  const ProgramResult result =
      run({"stylize", "photo.png", "-s", "alpha", "-o", "out.png", "--model", folder.string()});
  EXPECT_TRUE(fails_with(result, 65, "generator.safetensors"));
}

TEST_F(StylizeFaults, RefusesACodeOfAnotherModel) {
  write("code.json", R"({"atelier_style_code": 1, "space": "elsewhere", "values": [1, 2]})");
  EXPECT_TRUE(fails_with(paint("photo.png", "code.json"), 65, "elsewhere"));
}

TEST_F(StylizeFaults, StopsAtASignalWithoutHalfAFile) {
  write("large.png", synthetic_photo(1200, 900, 1));
  RunOptions options;
  options.interrupt_after_ms = 60;
  const ProgramResult result = run(
      {"stylize", "large.png", "-s", "alpha", "--tile", "64", "--threads", "1", "-o", "out.png"}, options);
  if (result.status == 0) GTEST_SKIP() << "the painting was ready before the signal";
  EXPECT_EQ(result.status, 130) << result.err;
  EXPECT_THAT(names(), testing::ElementsAre("large.png", "photo.png"));
}

}  // namespace
}  // namespace atelier::test

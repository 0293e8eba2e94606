#include <regex>
#include <set>

#include "atelier/style/style_library.h"
#include "program_test.h"

namespace atelier::test {
namespace {

class Conventions : public ProgramTest {
 protected:
  ProgramResult help_of(std::vector<std::string> command) const {
    command.push_back("--help");
    return run(command);
  }
};

TEST_F(Conventions, HelpStandsOnStdoutWithExamplesFirst) {
  for (const std::vector<std::string>& command : std::vector<std::vector<std::string>>{{},
                                                                                       {"stylize"},
                                                                                       {"styles"},
                                                                                       {"styles", "add"},
                                                                                       {"styles", "blend"},
                                                                                       {"taste"},
                                                                                       {"taste", "survey"},
                                                                                       {"taste", "rate"},
                                                                                       {"taste", "choose"},
                                                                                       {"taste", "show"},
                                                                                       {"taste", "explain"},
                                                                                       {"taste", "code"},
                                                                                       {"taste", "group"},
                                                                                       {"taste", "segment"},
                                                                                       {"taste", "undo"},
                                                                                       {"taste", "users"},
                                                                                       {"taste", "export"},
                                                                                       {"taste", "import"},
                                                                                       {"taste", "erase"},
                                                                                       {"taste", "consent"},
                                                                                       {"taste", "retention"},
                                                                                       {"info"},
                                                                                       {"bench"}}) {
    const ProgramResult result = help_of(command);
    EXPECT_EQ(result.status, 0);
    EXPECT_EQ(result.err, "");
    EXPECT_LT(result.out.find("Examples:\n  atelier "), result.out.find("Usage:")) << result.out;
  }
}

TEST_F(Conventions, ExamplesNameStylesOfTheShippedGallery) {
  const style::StyleLibrary gallery =
      style::StyleLibrary::read(std::filesystem::path(ATELIER_SOURCE_DIR) / "models/base/styles.json");
  const std::regex named(
      R"((?:-s|--style|--style-in|--style-out|--first|--second|blend|between) ([a-z][a-z-]+)(?= |:[0-9]))");
  std::set<std::string> seen;
  for (const std::vector<std::string>& command : std::vector<std::vector<std::string>>{
           {}, {"stylize"}, {"styles"}, {"styles", "blend"}, {"styles", "between"}, {"taste", "choose"}}) {
    std::string help = help_of(command).out;
    help.resize(help.find("Usage:"));  // the examples stand before it
    for (std::sregex_iterator found(help.begin(), help.end(), named), none; found != none; ++found) {
      const std::string name = (*found)[1];
      EXPECT_NE(gallery.find(name), nullptr)
          << name << " in the help of " << ::testing::PrintToString(command);
      seen.insert(name);
    }
  }
  EXPECT_GE(seen.size(), 3u);
}

TEST_F(Conventions, HelpOfEveryCommandShowsTheOptionsThatStandEverywhere) {
  for (const char* command : {"stylize", "styles", "taste", "info", "doctor", "bench"}) {
    const std::string help = run({command, "--help"}).out;
    for (const char* option :
         {"--json", "--quiet", "--threads", "--device", "--seed", "--model", "--progress"}) {
      EXPECT_THAT(help, testing::HasSubstr(option)) << command;
    }
  }
}

TEST_F(Conventions, SaysItsVersion) {
  const ProgramResult result = run({"--version"});
  EXPECT_EQ(result.status, 0);
  EXPECT_THAT(result.out, testing::MatchesRegex("atelier [0-9]+\\.[0-9]+\\.[0-9]+\n"));
}

TEST_F(Conventions, SuggestsWhatWasMeant) {
  EXPECT_TRUE(fails_with(run({"styliz"}), 2, "did you mean 'stylize'"));
  EXPECT_TRUE(fails_with(run({"styles", "lits"}), 2, "did you mean 'list'"));
  EXPECT_TRUE(fails_with(run({"stylize", "photo.png", "--stlye", "alpha", "-o", "x.png"}), 2,
                         "did you mean '--style'"));
  EXPECT_TRUE(fails_with(run({"stylize", "photo.png", "-s", "alpha", "-o", "x.png", "--jsn"}), 2,
                         "did you mean '--json'"));
}

TEST_F(Conventions, AsksForWhatIsMissing) {
  EXPECT_TRUE(fails_with(run({}), 2, "command"));
  EXPECT_TRUE(fails_with(run({"styles"}), 2, "command"));
  EXPECT_TRUE(fails_with(run({"stylize"}), 2, "IMAGE"));
  EXPECT_TRUE(fails_with(run({"stylize", "photo.png", "-o", "x.png"}), 2, "--style"));
  EXPECT_TRUE(fails_with(run({"stylize", "photo.png", "-s", "alpha"}), 2, "--output"));
}

TEST_F(Conventions, TakesItsOptionsBeforeAndAfterTheCommand) {
  EXPECT_EQ(run({"--json", "styles", "list"}).out, run({"styles", "list", "--json"}).out);
}

TEST_F(Conventions, DescribesAPicture) {
  const nlohmann::json picture = json({"info", "photo.png"});
  EXPECT_EQ(picture["format"], "PNG");
  EXPECT_EQ(picture["width"], 60);
  EXPECT_EQ(picture["height"], 44);
  EXPECT_EQ(picture["depth"], 8);
  EXPECT_TRUE(fails_with(run({"info", "missing.png"}), 66, "missing.png"));
}

TEST_F(Conventions, DescribesTheProgramAndItsModel) {
  const nlohmann::json facts = json({"info"});
  EXPECT_EQ(facts["model"]["name"], "tiny");
  EXPECT_EQ(facts["model"]["licence"], "CC0");
  EXPECT_EQ(facts["model"]["styles"], 3);
  EXPECT_GT(facts["model"]["parameters"]["generator"], 1000);
  EXPECT_EQ(json({"info", model_.string()})["name"], "tiny");
}

TEST_F(Conventions, DoctorPassesAWorkingInstallation) {
  const nlohmann::json report = json({"doctor"});
  EXPECT_EQ(report["usable"], true);
  EXPECT_GE(report["checks"].size(), 8u);
  for (const nlohmann::json& check : report["checks"]) EXPECT_NE(check["verdict"], "fail") << check;
}

TEST_F(Conventions, DoctorFindsAMissingModel) {
  RunOptions options;
  options.environment = {"ATELIER_MODEL=" + path("nowhere").string()};
  const ProgramResult result = run({"doctor"}, options);
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.out, testing::ContainsRegex("fail +model +.*nowhere"));
}

TEST_F(Conventions, BenchMeasuresTheModel) {
  const nlohmann::json rows = json({"bench", "--network", "model", "--network", "XS", "--size", "64x64",
                                    "--on", "1", "--runs", "1"})["rows"];
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0]["network"], "tiny");
  EXPECT_EQ(rows[0]["ratio"], 1.0);
  for (const nlohmann::json& row : rows) {
    EXPECT_GT(row["ms"], 0);
    EXPECT_GT(row["gflop"], 0);
    EXPECT_GT(row["peak_mb"], 0);
  }
  EXPECT_TRUE(fails_with(run({"bench", "--size", "63x64"}), 2, "63x64"));
}

TEST_F(Conventions, SaysWhatIsMissingForTrainingAndGpus) {
  if (std::filesystem::exists(std::filesystem::path(ATELIER_PROGRAM).parent_path() / "atelier-torch")) {
    EXPECT_EQ(run({"train", "--help"}).status, 0);
    return;
  }
  EXPECT_TRUE(fails_with(run({"train", "base", "--help"}), 69, "atelier-torch"));
  EXPECT_TRUE(fails_with(run({"stylize", "photo.png", "-s", "alpha", "-o", "x.png", "--device", "cuda"}), 69,
                         "atelier-torch"));
}

}  // namespace
}  // namespace atelier::test

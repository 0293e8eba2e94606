#include <sys/stat.h>

#include <fstream>
#include <iterator>

#include "support/synthetic_photo.h"
#include "taste_test.h"

namespace atelier::test {
namespace {

class TasteRecords : public TasteTest {
 protected:
  int total(const std::string& user) const {
    return taste_json({"show", "--user", user})["answers"]["total"];
  }
};

TEST_F(TasteRecords, TakesTheLastAnswerBackOneAfterTheOther) {
  ASSERT_EQ(taste({"rate", "--user", "ana", "style-1", "5", "style-2", "dislike"}).status, 0);
  EXPECT_EQ(taste({"undo", "--user", "ana"}).out, "taken back: you disliked style-2\n");
  EXPECT_EQ(total("ana"), 1);
  EXPECT_EQ(taste_json({"undo", "--user", "ana"})["undone"]["styles"][0], "style-1");
  EXPECT_TRUE(taste_json({"undo", "--user", "ana"})["undone"].is_null());
  EXPECT_EQ(taste({"undo", "--user", "nobody"}).status, 0);
  EXPECT_TRUE(fails_with(taste({"undo", "--user", "ana", "--id", "99"}), 66, "99"));
}

TEST_F(TasteRecords, TakesAnOlderAnswerBackByItsId) {
  const nlohmann::json ids =
      taste_json({"rate", "--user", "ana", "style-1", "5", "style-2", "1"})["recorded"];
  EXPECT_EQ(taste_json({"undo", "--user", "ana", "--id", ids[0].dump()})["undone"]["styles"][0], "style-1");
  EXPECT_EQ(total("ana"), 1);
}

TEST_F(TasteRecords, ExportsForItsOwnerOnlyAndImportsOnce) {
  answer_as_somebody_who_wants("ana", "saturation", 1, 3);
  ASSERT_EQ(taste({"export", "--user", "ana", "-o", "ana.jsonl"}).status, 0);
  struct stat status {};
  ASSERT_EQ(::stat(path("ana.jsonl").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  EXPECT_EQ(taste({"export", "--user", "ana", "-o", "-"}).out, bytes("ana.jsonl"));
  EXPECT_EQ(taste_json({"import", "--user", "ana-2", "ana.jsonl"})["added"], 4);
  EXPECT_EQ(taste_json({"import", "--user", "ana-2", "ana.jsonl"})["added"], 0);
  const auto top = [&](const std::string& user) { return taste_json({"show", "--user", user})["top"]; };
  EXPECT_EQ(top("ana"), top("ana-2"));
  EXPECT_TRUE(fails_with(taste({"export", "--user", "nobody", "-o", "x.jsonl"}), 66, "nobody"));
  EXPECT_FALSE(exists("x.jsonl"));
  EXPECT_TRUE(fails_with(taste({"export", "--user", "ana", "-o", "no/such/x.jsonl"}), 73, "x.jsonl"));
  write("broken.jsonl", bytes("ana.jsonl").substr(0, bytes("ana.jsonl").size() / 2));
  EXPECT_TRUE(fails_with(taste({"import", "--user", "ben", "broken.jsonl"}), 65, "broken.jsonl"));
  EXPECT_EQ(total("ben"), 0);
  EXPECT_TRUE(fails_with(taste({"import", "--user", "ben", "missing.jsonl"}), 66, "missing.jsonl"));
}

TEST_F(TasteRecords, ErasesAndSaysWhatItErased) {
  ASSERT_EQ(taste({"rate", "--user", "ana", "style-1", "5", "style-2", "1"}).status, 0);
  ASSERT_EQ(taste({"rate", "--user", "ben", "style-1", "5"}).status, 0);
  EXPECT_TRUE(fails_with(taste({"erase", "--user", "ana"}), 2, "--yes"));
  EXPECT_EQ(total("ana"), 2);
  const nlohmann::json receipt = taste_json({"erase", "--user", "ana", "--yes"});
  EXPECT_EQ(receipt["answers"], 2);
  EXPECT_EQ(receipt["key_destroyed"], true);
  EXPECT_EQ(taste_json({"users"})["users"], nlohmann::json::array({"ben"}));
  EXPECT_EQ(total("ana"), 0);
  EXPECT_TRUE(fails_with(taste({"erase", "--user", "ana", "--yes"}), 66, "ana"));
}

TEST_F(TasteRecords, SharesNothingUntilConsentIsGivenAndTakesItBack) {
  EXPECT_EQ(taste_json({"consent", "--user", "ana"})["pooled_learning"], false);
  EXPECT_EQ(taste_json({"consent", "--user", "ana", "on"})["pooled_learning"], true);
  EXPECT_EQ(taste_json({"consent", "--user", "ana"})["pooled_learning"], true);
  EXPECT_EQ(taste_json({"consent", "--user", "ana", "off"})["pooled_learning"], false);
  EXPECT_TRUE(fails_with(taste({"consent", "--user", "ana", "maybe"}), 2, "maybe"));
}

TEST_F(TasteRecords, ForgetsWhatIsOlderThanTheOwnerWishes) {
  write("old.json", R"({"schema": 1, "answers": [{"style": "style-1", "answer": 5, "time": 1000000000},
                                                 {"style": "style-2", "answer": 5}]})");
  ASSERT_EQ(taste({"rate", "--user", "ana", "--answers", "old.json"}).status, 0);
  EXPECT_EQ(taste_json({"retention", "--user", "ana"})["retention_days"], 0);
  EXPECT_EQ(taste_json({"retention", "--user", "ana", "--days", "30"})["removed"], 1);
  EXPECT_EQ(total("ana"), 1);
  EXPECT_TRUE(fails_with(taste({"retention", "--user", "ana", "--days", "-1"}), 2, "--days"));
}

TEST_F(TasteRecords, KeepsPeopleAndStoresApart) {
  ASSERT_EQ(taste({"rate", "--user", "ana", "style-1", "5"}).status, 0);
  EXPECT_EQ(total("ben"), 0);
  ASSERT_EQ(
      taste({"rate", "--user", "ana", "style-2", "5", "style-3", "1", "--store", "other.sqlite"}).status, 0);
  EXPECT_EQ(total("ana"), 1);
  EXPECT_EQ(taste_json({"show", "--user", "ana", "--store", "other.sqlite"})["answers"]["total"], 2);
}

TEST_F(TasteRecords, KeepsNothingReadableOnDisk) {
  ASSERT_EQ(taste({"rate", "--user", "zarathustra", "style-1", "5", "--mood", "melancholia"}).status, 0);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(data_folder_.path())) {
    if (!entry.is_regular_file()) continue;
    struct stat status {};
    ASSERT_EQ(::stat(entry.path().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0077, 0u) << entry.path();
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string text(std::istreambuf_iterator<char>(file), {});
    for (const char* secret : {"melancholia", "style-1"})
      EXPECT_EQ(text.find(secret), std::string::npos) << entry.path();
  }
}

TEST_F(TasteRecords, SaysNothingAboutAnybodyInTheLog) {
  const ProgramResult result = taste({"rate", "--user", "zarathustra", "style-1", "5", "-v"});
  EXPECT_EQ(result.err.find("zarathustra"), std::string::npos);
  EXPECT_EQ(result.err.find("style-1"), std::string::npos);
}

}  // namespace
}  // namespace atelier::test

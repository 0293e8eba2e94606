#include "atelier/storage/portable.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "atelier/storage/open_store.h"
#include "storage/answers.h"
#include "support/temp_dir.h"

namespace atelier::storage::test {
namespace {

using testing::HasSubstr;

const std::string kHeader = R"({"atelier":"taste","version":1,"user":"ana"})"
                            "\n";

std::string exported(PreferenceStore& store, const std::string& user) {
  std::ostringstream out;
  export_taste(store, user, out);
  return out.str();
}

ImportResult imported(PreferenceStore& store, const std::string& user, const std::string& text) {
  std::istringstream in(text);
  return import_taste(store, user, in, "answers.jsonl");
}

std::string import_message(PreferenceStore& store, const std::string& text) {
  try {
    imported(store, "ana", text);
  } catch (const Error& error) {
    return error.id() + ": " + error.what();
  }
  return "imported";
}

std::string file_of(const std::string& line) {
  return kHeader + line + "\n" + R"({"end":true,"answers":1})" + "\n";
}

std::string rating_line(const std::string& value, const std::string& more = "") {
  return R"({"kind":"rating","time":5,"token":"t","subjects":[{"style":"monet"}],"value":)" + value + more +
         "}";
}

class Portable : public testing::Test {
 protected:
  void SetUp() override {
    store_ = open_memory_store();
    ASSERT_EQ(import_message(*store_, file_of(rating_line("4"))), "imported")
        << "what the refusals below vary";
    store_ = open_memory_store();
  }
  void expect_refused(const std::string& text, const std::string& part) {
    EXPECT_THAT(import_message(*store_, text), HasSubstr(part));
    EXPECT_FALSE(store_->exists("ana")) << "all or nothing: " << part;
  }

  std::unique_ptr<PreferenceStore> store_;
};

TEST_F(Portable, ExportOfNobodyIsAnEmptyWholeFile) {
  const std::string text = exported(*store_, "nobody");
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2);
  const ImportResult result = imported(*store_, "ana", text);
  EXPECT_EQ(result.added + result.known, 0u);
  EXPECT_FALSE(store_->exists("nobody"));
}

TEST_F(Portable, TenThousandAnswersTravelAndTravelOnce) {
  const atelier::test::TempDir folder;
  store_->together([&] {
    for (int i = 0; i < 10000; ++i) {
      Answer answer = rating("style-" + std::to_string(i % 70), 1 + i % 5, 1'700'000'000 + i);
      if (i % 3 == 0) answer.token = "t" + std::to_string(i);
      store_->record("ana", answer);
    }
    store_->undo("ana", 17);
  });
  const std::string text = exported(*store_, "ana");
  const auto other = open_store((folder / "taste.sqlite").string(), {.key_folder = folder / "keys"});
  EXPECT_EQ(imported(*other, "ana", text).added, 10000u);
  EXPECT_EQ(imported(*other, "ana", text).known, 10000u);
  EXPECT_EQ(exported(*other, "ana"), text) << "not a bit was lost on the way";
}

TEST_F(Portable, ConsentDoesNotTravel) {
  store_->put_settings("ana", {true, 7});
  const std::string text = exported(*store_, "ana");
  EXPECT_THAT(text, HasSubstr(R"("pooled_learning":true)"));
  imported(*store_, "ben", text);
  EXPECT_EQ(store_->settings("ben"), Settings{});
}

TEST_F(Portable, RefusesValuesNamingLineAndField) {
  for (const char* value : {"0", "6", "-1", "1e308", "\"5\"", "null", "true", "[4]"}) {
    expect_refused(file_of(rating_line(value)), "answers.jsonl, line 2: the answer's value");
  }
  for (const char* value : {"NaN", "Infinity", "1e999", "4,", ""}) {
    expect_refused(file_of(rating_line(value)), "line 2: is not JSON");
  }
}

TEST_F(Portable, RefusesFieldsThatAreNotTheirs) {
  expect_refused(file_of(rating_line("4", R"(,"stars":3)")), "unknown field 'stars'");
  expect_refused(file_of(rating_line("4", R"(,"value":5)")), "the field 'value' twice");
  expect_refused(file_of(rating_line("4", R"(,"mood":3)")), "mood must be text");
  expect_refused(file_of(rating_line("4", R"(,"uid":"xyz")")), "uid must be 32 hex digits");
  expect_refused(file_of(rating_line("4", R"(,"undone":1)")), "undone must be true or false");
  expect_refused(file_of(rating_line("4", R"(,"mood":"\ud800")")), "is not JSON");
  expect_refused(file_of(rating_line("4", R"(,"mood":"a\nb")")), "mood is not plain");
  expect_refused(file_of(R"({"kind":"rating","time":5.5,"token":"t","subjects":[{"style":"a"}],"value":3})"),
                 "time");
  expect_refused(file_of(R"({"kind":"opinion","time":5,"token":"t"})"), "'opinion' is unknown");
  expect_refused(file_of(R"({"kind":"like","token":"t","subjects":[{"style":"a"}]})"), "time is missing");
  expect_refused(file_of(R"({"kind":"like","time":5,"subjects":[{"style":"a"}]})"),
                 "neither a token nor a uid");
  expect_refused(
      file_of(R"({"kind":"like","time":5,"token":"t","subjects":[{"code":{"space":"s","values":[1e39]}}]})"),
      "number too large");
  expect_refused(file_of("[1]"), "not a JSON object");
  expect_refused(file_of(std::string(100000, '[')), "is not JSON");
}

TEST_F(Portable, RefusesFilesThatAreNotWhole) {
  store_ = open_memory_store();
  for (int i = 0; i < 3; ++i) store_->record("source", rating("monet", 3));
  const std::string text = exported(*store_, "source");
  for (std::size_t size = 0; size + 1 < text.size(); size += 7) {
    EXPECT_THAT(import_message(*store_, text.substr(0, size)), HasSubstr("taste.import")) << size;
    ASSERT_FALSE(store_->exists("ana")) << size;
  }
  expect_refused(text + "{}\n", "comes after the end");
  const std::string without_one =
      text.substr(0, text.find('\n') + 1) + text.substr(text.find('\n', text.find('\n') + 1) + 1);
  expect_refused(without_one, "does not count the answers");
  expect_refused("", "not the beginning");
  expect_refused("{}\n", "not the beginning");
  expect_refused(R"({"atelier":"taste","version":2})", "taste.version");
}

TEST_F(Portable, RefusesALineWithoutEndInBoundedMemory) {
  expect_refused(kHeader + std::string((1 << 20) + 1, ' '), "longer than 1 MiB");
}

TEST_F(Portable, SaysWhenTheExportCannotBeWritten) {
  std::ostringstream out;
  out.setstate(std::ios::badbit);
  EXPECT_EQ(error_of([&] { export_taste(*store_, "ana", out); }), "taste.write");
}

}  // namespace
}  // namespace atelier::storage::test

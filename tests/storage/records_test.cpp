#include "atelier/storage/records.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>

#include "atelier/storage/detail/answer_json.h"
#include "atelier/storage/user_name.h"
#include "storage/answers.h"

namespace atelier::storage::test {
namespace {

using testing::HasSubstr;

std::string refusal(const Answer& answer) {
  try {
    validate(answer);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::BadData);
    EXPECT_EQ(error.id(), "taste.answer");
    return error.what();
  }
  return "";
}

Answer changed(const std::function<void(Answer&)>& change) {
  Answer answer = rating("monet", 3);
  change(answer);
  return answer;
}

TEST(Records, TakesOneOfEveryKind) {
  for (const Answer& answer : every_kind()) {
    EXPECT_EQ(refusal(answer), "");
    EXPECT_EQ(parse_answer_kind(to_string(answer.kind)), answer.kind);
  }
  EXPECT_THROW(parse_answer_kind("Rating"), Error);
}

TEST(Records, NamesTheFieldThatIsWrong) {
  const double inf = std::numeric_limits<double>::infinity();
  const std::vector<std::pair<Answer, std::string>> cases = {
      {changed([](Answer& a) { a.value = 0.5; }), "value"},
      {changed([](Answer& a) { a.value = std::nan(""); }), "value"},
      {changed([](Answer& a) { a.kind = AnswerKind::Like; }), "value"},
      {changed([](Answer& a) { a.subjects.clear(); }), "subjects"},
      {changed([](Answer& a) { a.subjects.push_back(a.subjects[0]); }), "subjects"},
      {changed([](Answer& a) { a.subjects[0] = {}; }), "subjects[0] names nothing"},
      {changed([](Answer& a) { a.subjects[0].style = "a\nb"; }), "subjects[0].style"},
      {changed([](Answer& a) { a.subjects[0].style.assign(65, 'x'); }), "subjects[0].style"},
      {changed([](Answer& a) { a.subjects[0].code.space = "../x"; }), "subjects[0].code.space"},
      {changed([](Answer& a) { a.subjects[0].code.space = ""; }), "subjects[0].code.space"},
      {changed([](Answer& a) { a.subjects[0].code.values[0] = INFINITY; }), "subjects[0].code.values"},
      {changed([](Answer& a) { a.subjects[0].code.values.resize(4097); }), "subjects[0].code.values"},
      {changed([&](Answer& a) { a.subjects[0].attributes["warmth"] = inf; }),
       "subjects[0].attributes.warmth"},
      {changed([](Answer& a) { a.subjects[0].attributes["\x1b"] = 1; }), "subjects[0].attributes"},
      {changed([](Answer& a) { a.question = "warm-cool"; }), "question"},
      {changed([](Answer& a) { a.mood.assign(65, 'x'); }), "mood"},
      {changed([](Answer& a) { a.mood = "\xff"; }), "mood"},
      {changed([](Answer& a) { a.context.assign(1025, 'x'); }), "context"},
      {changed([](Answer& a) { a.token = std::string("a\0", 2); }), "token"},
      {changed([](Answer& a) { a.time = -1; }), "time"},
      {changed([](Answer& a) { a.time = std::int64_t{1} << 60; }), "time"},
  };
  for (const auto& [answer, field] : cases) EXPECT_THAT(refusal(answer), HasSubstr(field));
  Answer undecided = choice("a", "b", 0.7);
  EXPECT_THAT(refusal(undecided), HasSubstr("0.5 (a tie)"));
}

TEST(Records, PacksExactly) {
  for (const Answer& answer : every_kind()) {
    const StoredAnswer stored{answer, false, answer.token.empty() ? std::string(32, '0') : ""};
    EXPECT_EQ(detail::unpack(detail::pack(stored)), stored);
  }
}

TEST(Records, WritesShortDecimalsThatReadBackExactly) {
  Answer answer = rating("monet", 3);
  answer.subjects[0].code.values = {0.1F, 1e-45F, 3.4028235e38F, -0.0F, 16777217.0F};
  const nlohmann::json json = detail::to_json({answer, false, ""}, detail::Digits::Short);
  EXPECT_THAT(json.dump(), HasSubstr("[0.1,"));
  EXPECT_EQ(detail::from_json(nlohmann::json::parse(json.dump())).answer, answer);
}

TEST(Records, RefusesPackedGarbage) {
  const std::string packed = detail::pack({rating("monet", 3), false, ""});
  for (std::size_t size = 0; size < packed.size(); ++size) {
    EXPECT_THROW(detail::unpack(packed.substr(0, size)), Error) << size;
  }
  EXPECT_EQ(error_of([&] { detail::unpack("\x7f" + packed.substr(1)); }), "store.corrupt");
}

TEST(UserName, KnowsUtf8) {
  for (const char* good : {"", "a", "\x7f", "é", "€", "👩‍🎨", "\xf4\x8f\xbf\xbf"})
    EXPECT_TRUE(is_utf8(good)) << good;
  for (const char* bad : {"\x80", "\xc0\x80", "\xc1\xbf", "\xe0\x80\x80", "\xed\xbf\xbf", "\xf0\x80\x80\x80",
                          "\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80", "\xe2\x82", "a\xc3"}) {
    EXPECT_FALSE(is_utf8(bad));
  }
}

}  // namespace
}  // namespace atelier::storage::test

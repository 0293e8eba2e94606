#include "storage/answers.h"

namespace atelier::storage::test {

Subject subject(const std::string& style, float first) {
  return {style, {"space-1", {first, -1.5F, 0.1F}}, {{"contrast", 0.1}, {"warmth", -0.25}}};
}

Answer rating(const std::string& style, double value, std::int64_t time) {
  Answer answer;
  answer.kind = AnswerKind::Rating;
  answer.subjects = {subject(style)};
  answer.value = value;
  answer.time = time;
  return answer;
}

Answer choice(const std::string& first, const std::string& second, double value) {
  Answer answer = rating(first, value);
  answer.kind = AnswerKind::Choice;
  answer.subjects.push_back(subject(second, 3e-38F));
  return answer;
}

std::vector<Answer> every_kind() {
  std::vector<Answer> answers = {rating("monet", 4.5), choice("monet", "klimt", 0.5)};
  for (const AnswerKind kind : {AnswerKind::Like, AnswerKind::Dislike, AnswerKind::Save, AnswerKind::Skip}) {
    answers.push_back(rating("munch", 0));
    answers.back().kind = kind;
  }
  Answer survey;
  survey.kind = AnswerKind::Survey;
  survey.question = "warm-cool";
  survey.value = -0.3;
  survey.time = 1'700'000'001;
  answers.push_back(survey);
  answers[0].mood = "melancholy évening";
  answers[1].context = "photo of a café.jpg";
  answers[2].token = "ask-17";
  answers[3].subjects[0] = {"only-a-name", {}, {}};
  answers[4].subjects[0] = {"", {}, {{"warmth", 1e-300}}};
  return answers;
}

Answer without_id(Answer answer) {
  answer.id = 0;
  return answer;
}

std::vector<std::string> styles_of(const std::vector<Answer>& answers) {
  std::vector<std::string> styles;
  for (const Answer& answer : answers) styles.push_back(answer.subjects.at(0).style);
  return styles;
}

}  // namespace atelier::storage::test

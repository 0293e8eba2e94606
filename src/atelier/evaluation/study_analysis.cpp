#include "atelier/evaluation/study_analysis.h"

#include <spdlog/fmt/fmt.h>

#include <nlohmann/json.hpp>
#include <set>

#include "atelier/core/error.h"
#include "atelier/evaluation/pictures/two_way_bootstrap.h"

namespace atelier::evaluation {
namespace {

using nlohmann::json;

[[noreturn]] void refuse(const std::string& name, const std::string& why) {
  throw Error(ErrorCode::BadData, "study.answers", printable(name) + ": " + why);
}

bool index_below(const json& object, const char* key, std::size_t limit) {
  const auto found = object.find(key);
  return found != object.end() && found->is_number_integer() && *found >= 0 && *found < limit;
}

bool is_check(const json& pair) {
  return pair.value("check", false);
}

json interval_json(const Interval& interval) {
  return {{"rate", interval.mean}, {"low", interval.low}, {"high", interval.high}};
}

}  // namespace

StudyAnswers read_answers(const json& key, const json& answers, const std::string& name) {
  const bool readable = answers.is_object() && answers.contains("study") && answers.contains("answers") &&
                        answers["answers"].is_array() && answers.contains("person") &&
                        answers["person"].is_string();
  if (!readable) refuse(name, "is no file of answers; take the one that the study's page saved");
  if (answers["study"] != key.at("study")) {
    throw Error(ErrorCode::BadData, "study.other",
                printable(name) +
                    ": answers another study than the key; give the key that was written with its page");
  }
  StudyAnswers person{.person = answers["person"].get<std::string>(), .votes = {}};
  const json& pairs = key.at("pairs");
  std::set<std::size_t> answered;
  std::vector<double> seconds;
  for (const json& answer : answers["answers"]) {
    const bool whole = answer.is_object() && index_below(answer, "pair", pairs.size()) &&
                       index_below(answer, "left", 2) && answer.contains("picked");
    if (!whole) {
      refuse(name,
             "holds an answer that is not finished or to a pair that the study does not have; end the study "
             "before saving");
    }
    const auto index = answer["pair"].get<std::size_t>();
    const json& picked = answer["picked"];
    if (!picked.is_null() && !index_below(answer, "picked", 2))
      refuse(name, "holds a choice that is neither picture");
    if (!answered.insert(index).second) refuse(name, "answers one pair twice");
    if (answer.contains("seconds") && answer["seconds"].is_number())
      seconds.push_back(answer["seconds"].get<double>());
    if (is_check(pairs[index])) {
      ++person.checks;
      if (!picked.is_null()) ++person.checks_failed;
      continue;
    }
    StudyAnswers::Vote vote{.pair = index, .identical = picked.is_null()};
    if (!vote.identical) {
      vote.for_a = picked.get<int>() == pairs[index].at("a").get<int>();
      vote.picked_left = picked == answer["left"];
    }
    person.votes.push_back(vote);
  }
  person.median_seconds = median_of(seconds);
  return person;
}

StudyResult analyse_study(const json& key, const std::vector<StudyAnswers>& people,
                          const StudyAnalysisOptions& options) {
  StudyResult result;
  result.label_a = key.value("label_a", "A");
  result.label_b = key.value("label_b", "B");
  const json& pairs = key.at("pairs");
  for (const json& pair : pairs) {
    if (!is_check(pair)) result.pairs.push_back({.name = pair.at("name").get<std::string>()});
  }
  std::vector<Cell> preferences,
      sides;  // a person's vote on a pair of pictures: two samples, of people and of pictures
  std::set<std::string> seen;
  for (const StudyAnswers& person : people) {
    const std::string who = printable(person.person);
    if (!seen.insert(person.person).second) {
      result.excluded.push_back(who + " answered more than once; the first answers count");
      continue;
    }
    if (person.checks > 0 && person.checks_failed > options.failed_checks * person.checks) {
      result.excluded.push_back(fmt::format("{} preferred one of two identical pictures in {} of {} checks",
                                            who, person.checks_failed, person.checks));
      continue;
    }
    if (person.votes.empty()) {
      result.excluded.push_back(who + " answered no pair");
      continue;
    }
    const auto index = static_cast<std::size_t>(result.people++);
    for (const StudyAnswers::Vote& vote : person.votes) {
      // Checks stand behind the real pairs in the key, so that real pairs keep their index.
      StudyResult::Pair& pair = result.pairs.at(vote.pair);
      ++result.votes;
      if (vote.identical) {
        ++result.identical;
        ++pair.identical;
        continue;
      }
      ++(vote.for_a ? result.a_wins : result.b_wins);
      ++(vote.for_a ? pair.a_wins : pair.b_wins);
      preferences.push_back({index, vote.pair, vote.for_a ? 1.0 : 0.0});
      sides.push_back({index, vote.pair, vote.picked_left ? 1.0 : 0.0});
    }
  }
  if (preferences.empty()) {
    throw Error(ErrorCode::BadData, "study.nobody",
                "nobody who passed the attention checks preferred anything" +
                    (result.excluded.empty() ? std::string() : ": " + result.excluded.front()));
  }
  result.a_rate = two_way_bootstrap(preferences, options.bootstrap);
  result.left_rate = two_way_bootstrap(sides, options.bootstrap);
  return result;
}

std::string StudyResult::verdict() const {
  const auto share = [](double rate) { return fmt::format("{:.0f} %", rate * 100); };
  if (a_rate.low > 0.5 || a_rate.high < 0.5) {
    const bool a = a_rate.low > 0.5;
    return fmt::format("{} is preferred in {} of the votes ({} to {})", a ? label_a : label_b,
                       share(a ? a_rate.mean : 1 - a_rate.mean), share(a ? a_rate.low : 1 - a_rate.high),
                       share(a ? a_rate.high : 1 - a_rate.low));
  }
  return fmt::format("no preference can be told: {} wins {} of the votes ({} to {})", label_a,
                     share(a_rate.mean), share(a_rate.low), share(a_rate.high));
}

json StudyResult::to_json() const {
  json by_pair = json::array();
  for (const Pair& pair : pairs) {
    by_pair.push_back(
        {{"name", pair.name}, {"a", pair.a_wins}, {"b", pair.b_wins}, {"identical", pair.identical}});
  }
  return {{"schema", 1},
          {"label_a", label_a},
          {"label_b", label_b},
          {"people", people},
          {"excluded", excluded},
          {"votes", votes},
          {"a_wins", a_wins},
          {"b_wins", b_wins},
          {"identical", identical},
          {"a", interval_json(a_rate)},
          {"left", interval_json(left_rate)},
          {"verdict", verdict()},
          {"pairs", by_pair}};
}

}  // namespace atelier::evaluation

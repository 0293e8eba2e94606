#include "atelier/evaluation/taste_report.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "atelier/core/error.h"

namespace atelier::evaluation {
namespace {

constexpr const char* kModel = "taste model";
constexpr const char* kPopularity = "item mean";
constexpr const char* kTwelve = "12";

struct FieldName {
  const char* key;
  double PersonScore::*field;
};
constexpr FieldName kFields[] = {{"spearman", &PersonScore::spearman},
                                 {"pair_accuracy", &PersonScore::pair_accuracy},
                                 {"rmse", &PersonScore::rmse},
                                 {"nll", &PersonScore::nll},
                                 {"covered_90", &PersonScore::covered}};

std::string fixed(double value, int digits) {
  if (std::isnan(value)) return "-";
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", digits, value);
  return text;
}

std::string per_cent(double share) {
  return std::isnan(share) ? "-" : fixed(100 * share, 1) + " %";
}

std::string shown(const Interval& interval) {
  return fixed(interval.mean, 3) + " [" + fixed(interval.low, 3) + ", " + fixed(interval.high, 3) + "]";
}

// The mean where at least one person has a value, else not-a-number.
Interval summary(const std::vector<double>& values, std::uint64_t seed) {
  if (values.empty()) return {std::nan(""), std::nan(""), std::nan("")};
  return bootstrap_mean(values, {.seed = seed});
}

nlohmann::json number(double value) {
  return std::isnan(value) ? nlohmann::json() : nlohmann::json(value);
}

nlohmann::json to_json(const Interval& interval) {
  return {{"mean", number(interval.mean)}, {"low", number(interval.low)}, {"high", number(interval.high)}};
}

nlohmann::json to_json(const RealPeopleResult& result) {
  nlohmann::json curves = nlohmann::json::array();
  const LearningCurve* popularity = result.curve(kPopularity);
  for (const LearningCurve& curve : result.curves) {
    nlohmann::json points = nlohmann::json::array();
    for (std::size_t p = 0; p < result.points.size(); ++p) {
      nlohmann::json point = {{"answers", result.points[p]}};
      for (const auto& [key, field] : kFields) {
        point[key] = to_json(summary(defined(curve.scores[p], field), result.seed));
      }
      if (popularity != nullptr && &curve != popularity) {
        for (const auto& [key, field] : {kFields[0], kFields[1]}) {
          point[std::string(key) + "_above_item_mean"] =
              to_json(summary(differences(curve.scores[p], popularity->scores[p], field), result.seed));
        }
      }
      points.push_back(std::move(point));
    }
    curves.push_back({{"own_questions", curve.own_questions},
                      {"predictor", curve.predictor},
                      {"formula", curve.formula},
                      {"points", std::move(points)}});
  }
  nlohmann::json json = {{"set", result.set},          {"what", result.what},
                         {"people", result.people},    {"scored", result.scored},
                         {"items", result.items},      {"ratings", result.ratings},
                         {"folds", result.folds},      {"rounds", result.rounds},
                         {"seed", result.seed},        {"attributes", result.attributes},
                         {"curves", std::move(curves)}};
  if (!result.ceiling.empty()) {
    std::vector<double> own;
    std::copy_if(result.ceiling.begin(), result.ceiling.end(), std::back_inserter(own),
                 [](double value) { return !std::isnan(value); });
    json["own_consistency"] = to_json(summary(own, result.seed));
  }
  return json;
}

nlohmann::json to_json(const AskingCurve& curve) {
  nlohmann::json means = nlohmann::json::array(), medians = nlohmann::json::array();
  for (int k = 0; k < static_cast<int>(curve.percentiles.size()); ++k) {
    means.push_back(curve.percentile(k));
    medians.push_back(curve.median_percentile(k));
  }
  return {{"label", curve.label},
          {"asking", to_string(curve.asking)},
          {"prior", curve.learned_prior ? "learned" : "program's"},
          {"people", curve.people()},
          {"percentile", std::move(means)},
          {"median_percentile", std::move(medians)},
          {"regret", curve.regret()},
          {"not_believed", curve.not_believed}};
}

nlohmann::json to_json(const std::vector<AskingCurve>& curves) {
  nlohmann::json json = nlohmann::json::array();
  for (const AskingCurve& curve : curves) json.push_back(to_json(curve));
  return json;
}

std::vector<std::string> percentile_row(const AskingCurve& curve, const std::vector<int>& answers) {
  std::vector<std::string> row = {curve.label, to_string(curve.asking),
                                  curve.learned_prior ? "learned" : "program's"};
  for (const int n : answers)
    row.push_back(per_cent(curve.percentile(n)) + " (" + per_cent(curve.median_percentile(n)) + ")");
  row.push_back(std::to_string(curve.not_believed) + " of " + std::to_string(curve.people()));
  return row;
}

std::string own_questions_note(std::size_t people) {
  return "* The taste model choosing each question itself among the person's rated items, for the same " +
         std::to_string(people) + " people: a difference, not a level.";
}

std::string markdown_row(const std::vector<std::string>& cells) {
  std::string line = "|";
  for (const std::string& cell : cells) line += " " + cell + " |";
  return line + "\n";
}

std::string markdown(const ReportTable& table) {
  std::string text = "## " + table.title + "\n\n";
  for (const std::string& note : table.notes) text += note + "\n";
  if (!table.notes.empty()) text += "\n";
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    text += markdown_row(table.rows[i]);
    if (i == 0) text += markdown_row(std::vector<std::string>(table.rows[0].size(), "---"));
  }
  return text + "\n";
}

}  // namespace

double Bar::short_by() const {
  if (reached()) return 0;
  return std::abs(measured - wanted);
}

void TasteReport::add_bar(const std::string& what, bool at_least, double wanted, double measured,
                          const std::string& unit) {
  bars_.push_back({what, at_least, wanted, measured, unit});
}

void TasteReport::add_note(const std::string& note) {
  notes_.push_back(note);
}

void TasteReport::add_curves(const RealPeopleResult& result, const std::string& title,
                             double PersonScore::*field) {
  ReportTable table{
      .title = result.set + ": " + title + " against the number of answers", .notes = {}, .rows = {}};
  table.rows.push_back({"PREDICTOR"});
  for (const std::string& point : result.points) table.rows.front().push_back(point);
  for (const LearningCurve& curve : result.curves) {
    if (curve.own_questions) continue;
    std::vector<std::string> row = {curve.predictor};
    for (const auto& scores : curve.scores) {
      const std::vector<double> values = defined(scores, field);
      row.push_back(values.empty() ? "-" : fixed(mean_of(values), 3));
    }
    table.rows.push_back(std::move(row));
  }
  if (const LearningCurve* model = result.curve(kModel), *popularity = result.curve(kPopularity);
      model != nullptr && popularity != nullptr) {
    std::vector<std::string> row = {std::string(kModel) + " - " + kPopularity};
    for (std::size_t p = 0; p < result.points.size(); ++p) {
      row.push_back(shown(summary(differences(model->scores[p], popularity->scores[p], field), result.seed)));
    }
    table.rows.push_back(std::move(row));
  }
  if (const LearningCurve* model = result.curve(kModel), *asked = result.curve(kModel, true);
      model != nullptr && asked != nullptr) {
    std::vector<std::string> row = {"own questions - random ones*"};
    for (std::size_t p = 0; p < result.points.size(); ++p) {
      const std::vector<double> gains = differences(asked->scores[p], model->scores[p], field);
      row.push_back(gains.empty() ? "-" : shown(summary(gains, result.seed)));
      if (p == 0) table.notes = {own_questions_note(gains.size())};
    }
    table.rows.push_back(std::move(row));
  }
  tables_.push_back(std::move(table));
}

void TasteReport::add_real_bars(const RealPeopleResult& result) {
  const LearningCurve *model = result.curve(kModel), *popularity = result.curve(kPopularity);
  const int twelve = result.point(kTwelve);
  if (model == nullptr || popularity == nullptr || twelve < 0) return;
  const auto point = static_cast<std::size_t>(twelve);
  for (const auto& [name, field] : {std::pair("Spearman", &PersonScore::spearman),
                                    std::pair("pair accuracy", &PersonScore::pair_accuracy)}) {
    const Interval gain =
        summary(differences(model->scores[point], popularity->scores[point], field), result.seed);
    add_bar(result.set + ": " + name + " above item mean after 12 answers, low end of its 95 % interval",
            true, 0, gain.low);
  }
  const double wanted = result.set == "art91" ? 0.53 : 0.67;
  add_bar(result.set + ": Spearman after all but 20 %", true, wanted,
          mean_of(defined(model->scores.back(), &PersonScore::spearman)));
}

void TasteReport::add_ceiling(const RealPeopleResult& result) {
  std::vector<double> own;
  std::copy_if(result.ceiling.begin(), result.ceiling.end(), std::back_inserter(own),
               [](double value) { return !std::isnan(value); });
  const double ceiling = mean_of(own);
  ReportTable table{
      .title = result.set + ": share of each person's own consistency",
      .notes = {"People rated the same held-out pictures a second time; their own first ratings predict "
                "the second ones with a Spearman of " +
                shown(summary(own, result.seed)) +
                ": at 100 % a predictor knows a person as well as the person does."},
      .rows = {{"PREDICTOR"}}};
  for (const std::string& point : result.points) table.rows.front().push_back(point);
  for (const LearningCurve& curve : result.curves) {
    if (curve.own_questions) continue;
    std::vector<std::string> row = {curve.predictor};
    for (const auto& scores : curve.scores) {
      const std::vector<double> values = defined(scores, &PersonScore::spearman);
      row.push_back(values.empty() ? "-" : fixed(100 * mean_of(values) / ceiling, 0) + " %");
    }
    table.rows.push_back(std::move(row));
  }
  tables_.push_back(std::move(table));
}

void TasteReport::add(const RealPeopleResult& result) {
  real_.push_back(evaluation::to_json(result));
  add_curves(result, "within-person Spearman", &PersonScore::spearman);
  tables_.back().notes.insert(
      tables_.back().notes.begin(),
      result.what + ": " + std::to_string(result.people) + " people, " + std::to_string(result.items) +
          " items, " + std::to_string(result.ratings) + " ratings; " + std::to_string(result.attributes) +
          " attributes an item; " + std::to_string(result.scored) +
          " people scored, each by predictors trained on the other " + std::to_string(result.folds - 1) +
          " of " + std::to_string(result.folds) + " folds of people; split by seed " +
          std::to_string(result.seed) + ". In brackets: 95 % bootstrap interval over people.");
  add_curves(result, "pair accuracy", &PersonScore::pair_accuracy);

  ReportTable calibration{
      .title = result.set + ": error and calibration",
      .notes = {"RMSE on the rating scale; NLL: mean negative log likelihood in nats; covered: "
                "held-out ratings inside their 90 % interval (90 % is right)."},
      .rows = {
          {"PREDICTOR", "RMSE 0", "RMSE 12", "RMSE all", "NLL 12", "NLL all", "COVERED 12", "COVERED all"}}};
  const int zero = result.point("0"), twelve = result.point(kTwelve),
            all = static_cast<int>(result.points.size()) - 1;
  for (const LearningCurve& curve : result.curves) {
    if (curve.own_questions) continue;
    const auto value = [&](int point, double PersonScore::*field) {
      if (point < 0) return std::nan("");
      const std::vector<double> values = defined(curve.scores[static_cast<std::size_t>(point)], field);
      return values.empty() ? std::nan("") : mean_of(values);
    };
    calibration.rows.push_back(
        {curve.predictor, fixed(value(zero, &PersonScore::rmse), 3),
         fixed(value(twelve, &PersonScore::rmse), 3), fixed(value(all, &PersonScore::rmse), 3),
         fixed(value(twelve, &PersonScore::nll), 3), fixed(value(all, &PersonScore::nll), 3),
         per_cent(value(twelve, &PersonScore::covered)), per_cent(value(all, &PersonScore::covered))});
  }
  tables_.push_back(std::move(calibration));
  if (!result.ceiling.empty()) add_ceiling(result);
  if (result.set == "art91" || result.set == "oasis") add_real_bars(result);
}

void TasteReport::add(const SimulatedPeopleResult& result) {
  simulated_ = {{"styles", result.styles},
                {"features", result.features},
                {"users_per_family", result.users},
                {"training_users", result.training_users},
                {"training_answers", result.training_answers},
                {"seed", result.seed},
                {"prior", result.prior},
                {"families", evaluation::to_json(result.families)},
                {"asking", evaluation::to_json(result.all)},
                {"noises", evaluation::to_json(result.noises)},
                {"surveyed", evaluation::to_json(result.surveyed)},
                {"calibration",
                 {{"answers", result.calibration.answers},
                  {"ratings_covered_90", result.calibration.ratings_covered},
                  {"utilities_covered_90", result.calibration.utilities_covered}}},
                {"moods",
                 {{"answers", result.moods.answers},
                  {"with_mood", result.moods.with_mood},
                  {"general_only", result.moods.general_only},
                  {"without_general", result.moods.without_general}}},
                {"direction",
                 {{"right", result.direction.right},
                  {"moved_right", result.direction.moved_right},
                  {"shift_sd", evaluation::to_json(result.direction.shift)},
                  {"people", result.direction.people}}}};

  ReportTable tops{
      .title = "simulated people: share of the gallery they like better than the top pick",
      .notes = {"Simulated people with a hidden taste over the " + std::to_string(result.styles) +
                " styles of the gallery, " + std::to_string(result.users) +
                " of each family; means over people and, in brackets, medians; 0 % is a person's best style. "
                "The learned prior comes "
                "from " +
                std::to_string(result.training_users) + " other simulated people with " +
                std::to_string(result.training_answers) + " random ratings; the program's prior (" +
                result.prior +
                ") is what it starts from here. Careless people "
                "answer at random; "
                "\"all families\" leaves them out. Not believed: the model fell back to the prior."},
      .rows = {{"PEOPLE", "ASKED", "PRIOR"}}};
  for (const int n : result.answers) tops.rows.front().push_back(std::to_string(n));
  tops.rows.front().push_back("NOT BELIEVED");
  for (const auto* curves : {&result.families, &result.noises, &result.all, &result.surveyed}) {
    for (const AskingCurve& curve : *curves) tops.rows.push_back(percentile_row(curve, result.answers));
  }
  tables_.push_back(std::move(tops));

  ReportTable asking{
      .title = "simulated people: answers needed for the same regret",
      .notes = {"Regret: utility lost by the top pick, in sd of a person's utilities; means over people. "
                "Active needs: after so many active answers the regret of random asking is reached."},
      .rows = {{"KIND", "PRIOR", "RANDOM ANSWERS", "REGRET", "ACTIVE NEEDS", "SHARE"}}};
  nlohmann::json needs = nlohmann::json::array();
  double share_at_20 = std::nan("");
  const auto compare = [&](Asking active, Asking random, bool learned, const char* kind) {
    const AskingCurve *a = result.find(active, learned), *r = result.find(random, learned);
    if (a == nullptr || r == nullptr) return;
    const std::vector<double> active_regret = a->regret(), random_regret = r->regret();
    for (const int n : {8, 12, 20, 40}) {
      if (static_cast<std::size_t>(n) >= random_regret.size()) continue;
      const double level = random_regret[static_cast<std::size_t>(n)];
      const double needed = answers_needed(active_regret, level);
      const bool never = needed >= static_cast<double>(active_regret.size());
      if (n == 20 && learned && active == Asking::ActiveRatings) share_at_20 = needed / n;
      asking.rows.push_back({kind, learned ? "learned" : "program's", std::to_string(n), fixed(level, 3),
                             never ? "> " + std::to_string(active_regret.size() - 1) : fixed(needed, 1),
                             never ? "-" : per_cent(needed / n)});
      needs.push_back({{"kind", kind},
                       {"prior", learned ? "learned" : "program's"},
                       {"random_answers", n},
                       {"regret", level},
                       {"active_answers", never ? nlohmann::json() : nlohmann::json(needed)}});
    }
  };
  compare(Asking::ActiveRatings, Asking::RandomRatings, true, "ratings");
  compare(Asking::ActiveRatings, Asking::RandomRatings, false, "ratings");
  compare(Asking::ActiveChoices, Asking::RandomChoices, true, "choices");
  simulated_["active_against_random"] = std::move(needs);
  tables_.push_back(std::move(asking));

  const MoodResult& moods = result.moods;
  ReportTable mood{
      .title = "simulated people: a mood beside the general taste",
      .notes = {"After 12"
                " general answers, random ratings in a mood whose taste is half the general one: share of "
                "the gallery liked better, in that mood, than the top pick."},
      .rows = {{"TOP PICK OF"}}};
  for (const int n : moods.answers) mood.rows.front().push_back(std::to_string(n));
  for (const auto& [name, values] : {std::pair("the mood, general answers at half weight", &moods.with_mood),
                                     std::pair("the general taste", &moods.general_only),
                                     std::pair("the mood's answers alone", &moods.without_general)}) {
    std::vector<std::string> row = {name};
    for (const double value : *values) row.push_back(per_cent(value));
    mood.rows.push_back(std::move(row));
  }
  tables_.push_back(std::move(mood));

  tables_.push_back(
      {.title = "simulated people: intervals and direction",
       .notes = {},
       .rows = {
           {"WHAT", "MEASURED", "RIGHT WOULD BE"},
           {"new ratings inside their 90 % interval, after 12 answers",
            per_cent(result.calibration.ratings_covered), "90 %"},
           {"true utilities inside their 90 % interval, after 12 answers",
            per_cent(result.calibration.utilities_covered), "90 %"},
           {"survey and 8 choices: pick on the liked side of the attribute that matters most",
            per_cent(result.direction.right), "as high as possible; 50 % is chance"},
           {"the same: pick moved to the liked side (or was there)", per_cent(result.direction.moved_right),
            "as high as possible"},
           {"mean move in the liked direction, sd of the attribute", shown(result.direction.shift), "> 0"}}});

  const AskingCurve* learned = result.find(Asking::ActiveRatings, true);
  const AskingCurve* choices = result.find(Asking::ActiveChoices, true);
  const AskingCurve* mixed = result.find(Asking::Mixed, true);
  const AskingCurve* standard = result.find(Asking::ActiveRatings, false);
  const AskingCurve* inside = result.families.empty() ? nullptr : &result.families.back();
  for (const auto& [curve, who] :
       {std::pair(learned, "all families, learned prior, ratings"),
        std::pair(choices, "all families, learned prior, choices"),
        std::pair(mixed, "all families, learned prior, five choices, then mixed"),
        std::pair(inside, "families the model can express, learned prior, ratings"),
        std::pair(standard, "all families, the program's prior, ratings")}) {
    for (const auto& [answers, wanted] : {std::pair(5, 0.07), std::pair(12, 0.03)}) {
      if (curve == nullptr || curve->percentiles.size() <= static_cast<std::size_t>(answers)) continue;
      add_bar("simulated people, " + std::string(who) + ": top pick among the best after " +
                  std::to_string(answers) + " active answers, mean share",
              false, wanted, curve->percentile(answers));
    }
  }
  add_bar("simulated people: active answers needed for the regret of 20 random ones, share", false, 0.5,
          share_at_20);
  add_bar(
      "simulated people: pick moves in the asked direction after survey and 8 choices, low end of the mean "
      "shift's 95 % interval in sd",
      true, 0, result.direction.shift.low);

  for (const MapperResult& mapper : result.mapper) {
    ReportTable table{
        .title = "simulated people: style mapper against the best gallery style",
        .notes = {"True utility (sd of a person's utilities over the gallery) of the mapper's style and of "
                  "the gallery style with the highest predicted utility, after the same active answers."},
        .rows = {{"ANSWERS", "MAPPER", "GALLERY", "DIFFERENCE", "MAPPER BEATEN BY", "GALLERY BEATEN BY"}}};
    for (std::size_t i = 0; i < mapper.answers.size(); ++i) {
      const double gain = mapper.mapper_utility[i] - mapper.gallery_utility[i];
      table.rows.push_back({std::to_string(mapper.answers[i]), fixed(mapper.mapper_utility[i], 3),
                            fixed(mapper.gallery_utility[i], 3),
                            shown({gain, mapper.difference_low[i], mapper.difference_high[i]}),
                            per_cent(mapper.mapper_percentile[i]), per_cent(mapper.gallery_percentile[i])});
      if (mapper.answers[i] == 12) {
        add_bar(
            "simulated people: mapper above the best gallery style after 12 answers, low end of its 95 % "
            "interval",
            true, 0, mapper.difference_low[i]);
      }
    }
    tables_.push_back(std::move(table));
    simulated_["mapper"] = {{"answers", mapper.answers},
                            {"mapper_utility", mapper.mapper_utility},
                            {"gallery_utility", mapper.gallery_utility},
                            {"mapper_percentile", mapper.mapper_percentile},
                            {"gallery_percentile", mapper.gallery_percentile},
                            {"difference_low", mapper.difference_low},
                            {"difference_high", mapper.difference_high}};
  }
}

void TasteReport::add(const std::vector<LatencyRow>& rows, bool has_mapper) {
  ReportTable table{
      .title = "latency on one thread",
      .notes = {"Medians. The step after an answer: refit, then the next rating and the next choice. "
                "These numbers belong to the machine and vary from run to run."},
      .rows = {{"WHAT", "ANSWERS", "PROCESSOR MS", "WALL MS"}}};
  for (const LatencyRow& row : rows) {
    table.rows.push_back({row.what, std::to_string(row.answers), fixed(row.processor_milliseconds, 2),
                          fixed(row.milliseconds, 2)});
    latency_.push_back({{"what", row.what},
                        {"answers", row.answers},
                        {"ms", row.milliseconds},
                        {"processor_ms", row.processor_milliseconds}});
  }
  tables_.push_back(std::move(table));
  add_bar("refit + next question at 500 answers, processor time", false, 50, step_milliseconds(rows, 500),
          "ms");
  if (!has_mapper) return;
  for (const LatencyRow& row : rows) {
    if (row.what == "mapper" && row.answers == 12)
      add_bar("mapper after 12 answers", false, 5, row.milliseconds, "ms");
  }
}

ReportTable TasteReport::bar_table() const {
  ReportTable table{
      .title = "What was promised", .notes = {}, .rows = {{"WHAT", "WANTED", "MEASURED", "RESULT"}}};
  for (const Bar& bar : bars_) {
    const int digits = bar.unit.empty() ? 3 : 1;
    const std::string unit = bar.unit.empty() ? "" : " " + bar.unit;
    table.rows.push_back({bar.what, (bar.at_least ? ">= " : "<= ") + fixed(bar.wanted, digits) + unit,
                          fixed(bar.measured, digits) + unit,
                          bar.reached() ? "PASS" : "short by " + fixed(bar.short_by(), digits) + unit});
  }
  return table;
}

bool TasteReport::all_reached() const {
  return std::all_of(bars_.begin(), bars_.end(), [](const Bar& bar) { return bar.reached(); });
}

nlohmann::json TasteReport::to_json() const {
  nlohmann::json bars = nlohmann::json::array();
  for (const Bar& bar : bars_) {
    bars.push_back({{"what", bar.what},
                    {"comparison", bar.at_least ? ">=" : "<="},
                    {"wanted", bar.wanted},
                    {"measured", number(bar.measured)},
                    {"unit", bar.unit},
                    {"reached", bar.reached()},
                    {"short_by", number(bar.short_by())}});
  }
  return {{"schema", 1},          {"seed", seed_},
          {"notes", notes_},      {"bars", std::move(bars)},
          {"real_people", real_}, {"simulated_people", simulated_},
          {"latency", latency_},  {"all_reached", all_reached()}};
}

std::string TasteReport::to_markdown() const {
  std::string text = "# Taste: what was measured\n\nWritten by `atelier evaluate taste`, seed " +
                     std::to_string(seed_) +
                     ". Real people and simulated people are reported apart; simulated numbers say nothing "
                     "about people.\n\n";
  for (const std::string& note : notes_) text += "- " + note + "\n";
  if (!notes_.empty()) text += "\n";
  text += markdown(bar_table());
  for (const ReportTable& table : tables_) text += markdown(table);
  text += "## Predictors\n\n";
  if (!real_.empty()) {
    for (const auto& curve : real_.front()["curves"]) {
      text += "- **" + curve["predictor"].get<std::string>() + "**: " + curve["formula"].get<std::string>() +
              "\n";
    }
  }
  return text;
}

}  // namespace atelier::evaluation

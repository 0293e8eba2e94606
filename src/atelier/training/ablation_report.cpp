#include "atelier/training/ablation_report.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "atelier/image/read_image.h"
#include "atelier/report/bar_chart.h"
#include "atelier/report/html_page.h"
#include "atelier/report/line_chart.h"
#include "atelier/training/training_report.h"

namespace atelier::training {
namespace {

using nlohmann::json;

std::string compared(double value, double with) {
  return with > 0 ? fmt::format("{:.3f} ({:+.0f} %)", value, 100 * (value - with) / with)
                  : fmt::format("{:.3f}", value);
}

std::string compared(const std::optional<double>& value, const std::optional<double>& with) {
  return value ? compared(*value, with.value_or(0)) : "-";
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

std::filesystem::path last_sheet(const std::filesystem::path& run) {
  std::filesystem::path newest;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(run, ignored)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with("sheet-") && name > newest.filename().string()) newest = entry.path();
  }
  return newest;
}

}  // namespace

void to_json(json& j, const AblationRow& row) {
  j = {{"name", row.name},
       {"changes", json::parse(row.changes)},
       {"steps", row.steps},
       {"minutes", row.minutes}};
  if (!row.failure.empty()) {
    j["failure"] = row.failure;
    return;
  }
  j.update({{"content", row.content},
            {"style", row.style},
            {"grid", row.grid},
            {"luma_correlation", row.luma_correlation},
            {"across_styles", row.across_styles},
            {"verdicts", row.verdicts}});
  if (row.judge_content) j["judge_content"] = *row.judge_content;
  if (row.judge_style) j["judge_style"] = *row.judge_style;
  if (row.discriminator_accuracy) j["discriminator_accuracy"] = *row.discriminator_accuracy;
}

void from_json(const json& j, AblationRow& row) {
  row.name = j.at("name");
  row.changes = j.at("changes").dump();
  row.steps = j.at("steps");
  row.minutes = j.at("minutes");
  row.failure = j.value("failure", "");
  if (!row.failure.empty()) return;
  row.content = j.at("content");
  row.style = j.at("style");
  row.grid = j.at("grid");
  row.luma_correlation = j.at("luma_correlation");
  row.across_styles = j.at("across_styles");
  row.verdicts = j.at("verdicts").get<std::vector<std::string>>();
  const auto optional = [&](const char* key) {
    return j.contains(key) ? std::optional<double>(j[key].get<double>()) : std::nullopt;
  };
  row.judge_content = optional("judge_content");
  row.judge_style = optional("judge_style");
  row.discriminator_accuracy = optional("discriminator_accuracy");
}

std::vector<std::vector<std::string>> AblationReport::table() const {
  std::vector<std::vector<std::string>> lines = {{"VARIATION", "STEPS", "CONTENT", "STYLE", "JUDGE CONTENT",
                                                  "JUDGE STYLE", "GRID", "LUMA", "D ACCURACY", "DOCTOR"}};
  const AblationRow none;
  const AblationRow& first = rows.empty() || !rows.front().failure.empty() ? none : rows.front();
  for (const AblationRow& row : rows) {
    if (!row.failure.empty()) {
      lines.push_back({row.name, std::to_string(row.steps), "-", "-", "-", "-", "-", "-", "-", row.failure});
      continue;
    }
    const bool own = &row == &rows.front();  // compared with itself it would say +0 %
    lines.push_back({row.name, std::to_string(row.steps), compared(row.content, own ? 0 : first.content),
                     compared(row.style, own ? 0 : first.style),
                     compared(row.judge_content, own ? std::nullopt : first.judge_content),
                     compared(row.judge_style, own ? std::nullopt : first.judge_style),
                     fmt::format("{:.4f}", row.grid), fmt::format("{:.3f}", row.luma_correlation),
                     row.discriminator_accuracy ? fmt::format("{:.2f}", *row.discriminator_accuracy) : "-",
                     row.verdicts.empty() ? "no complaint" : joined(row.verdicts)});
  }
  return lines;
}

json AblationReport::to_json() const {
  return {{"schema", 1},      {"run", run.string()},
          {"length", length}, {"judge", judge.empty() ? json() : json(judge)},
          {"pairs", pairs},   {"finished", finished},
          {"rows", rows}};
}

std::string AblationReport::to_html() const {
  report::HtmlPage page("Ablation " + run.filename().string());
  page.paragraph(
      fmt::format("{}, one seed, judged on {} pairs of held-out photos and styles. Content and style are "
                  "losses in our own perceptual network, "
                  "lower is nearer{}. Grid is the share of fine structure that repeats every 2, 4 or 8 "
                  "pixels; luma the correlation of light "
                  "and dark with the photo. One training each: differences of a few percent may be chance.",
                  length, pairs, judge.empty() ? "" : "; \"judge\" is " + judge + ", which no loss uses"));
  if (!finished) page.note("Not finished: start the same command again and it goes on.");
  auto lines = table();
  const std::vector<std::string> headers = lines.front();
  lines.erase(lines.begin());
  page.table(headers, lines);

  std::vector<std::string> names;
  std::vector<double> content, style, grid;
  for (const AblationRow& row : rows) {
    if (!row.failure.empty()) continue;
    names.push_back(row.name);
    content.push_back(row.judge_content.value_or(row.content));
    style.push_back(row.judge_style.value_or(row.style));
    grid.push_back(row.grid);
  }
  const std::string seen_by = judge.empty() ? "our perceptual network" : judge;
  page.heading(2, "Held-out losses");
  page.svg(report::BarChart({.title = "Losses in " + seen_by}, names)
               .add({"content", content, {}})
               .add({"style", style, {}})
               .svg());
  page.svg(report::BarChart({.title = "Grid"}, names).add({"", grid, {}}).svg());

  page.heading(2, "Trainings side by side");
  for (const auto& [title, key] :
       {std::pair("Style (training)", "style"), std::pair("Content (training)", "content")}) {
    report::LineChart chart({.title = title, .x_label = "minutes"});
    for (const AblationRow& row : rows) {
      if (!row.failure.empty()) continue;
      report::LineChart::Series series{.name = row.name, .x = {}, .y = {}};
      const json curve = training_curve(run / row.name);
      for (const json& point : curve["curve"]) {
        series.x.push_back(point["minutes"]);
        series.y.push_back(point[key]);
      }
      chart.add(std::move(series));
    }
    page.svg(chart.svg());
  }
  page.heading(2, "Last sheets");
  for (const AblationRow& row : rows) {
    const auto sheet = last_sheet(run / row.name);
    if (!sheet.empty())
      page.figure(report::picture_data_uri(read_image(sheet), 1280, 80), row.name + " " + row.changes);
  }
  return page.str();
}

}  // namespace atelier::training

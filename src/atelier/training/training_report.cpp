#include "atelier/training/training_report.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "atelier/core/atomic_file.h"
#include "atelier/core/error.h"
#include "atelier/image/read_image.h"
#include "atelier/report/html_page.h"
#include "atelier/report/line_chart.h"
#include "atelier/training/detail/run_log.h"

namespace atelier::training {
namespace {

using nlohmann::json;
using report::HtmlPage;
using report::LineChart;

constexpr std::size_t kChartPoints = 80, kCurvePoints = 40, kSheets = 6;

/// Means over stretches of equal length, at most `limit` of them, so that a curve of thousands of noisy steps
/// can be read.
std::pair<std::vector<double>, std::vector<double>> thinned(
    const std::pair<std::vector<double>, std::vector<double>>& points, std::size_t limit) {
  const auto& [x, y] = points;
  const std::size_t stretch = std::max<std::size_t>(1, (x.size() + limit - 1) / limit);
  std::pair<std::vector<double>, std::vector<double>> means;
  for (std::size_t i = 0; i < x.size(); i += stretch) {
    const std::size_t end = std::min(x.size(), i + stretch);
    double sum = 0;
    for (std::size_t k = i; k < end; ++k) sum += y[k];
    means.first.push_back(x[end - 1]);
    means.second.push_back(sum / static_cast<double>(end - i));
  }
  return means;
}

struct Curve {
  std::string name, pointer;
};

/// A chart of those curves that the log holds; empty when it holds none.
std::string chart(const std::string& title, const std::vector<json>& lines, const std::vector<Curve>& curves,
                  bool logarithmic) {
  LineChart chart({.title = title, .x_label = "minutes", .width = 680, .height = 300});
  bool any = false;
  for (const Curve& curve : curves) {
    auto [x, y] = thinned(RunLog::curve(lines, curve.pointer.c_str()), kChartPoints);
    if (x.empty()) continue;
    any = true;
    chart.add({.name = curve.name, .x = std::move(x), .y = std::move(y)});
  }
  if (logarithmic) chart.logarithmic();
  return any ? chart.svg() : "";
}

void add_chart(HtmlPage& page, const std::string& svg, const std::string& caption) {
  if (!svg.empty()) page.svg(svg, caption);
}

double last(const std::vector<json>& lines, const char* pointer) {
  const auto points = thinned(RunLog::curve(lines, pointer), 20);
  return points.second.empty() ? 0 : points.second.back();
}

void add_verdicts(HtmlPage& page, const RunLog& log) {
  page.heading(2, "What the doctor said");
  if (log.sheets.empty()) {
    page.paragraph("This training was not watched (no doctor.jsonl).");
    return;
  }
  if (log.verdicts.empty()) {
    page.note("Nothing: no sign of a fault was found.", HtmlPage::Tone::Good);
    return;
  }
  std::map<std::string, json> newest;
  for (const json& line : log.verdicts) newest[line["verdict"].value("id", "")] = line;
  for (const auto& [id, line] : newest) {
    const json& verdict = line["verdict"];
    page.note(fmt::format("{}, step {}: {}. What to do: {}.", id, line["step"].get<std::int64_t>(),
                          verdict.value("finding", ""), verdict.value("advice", "")),
              verdict.value("grave", false) ? HtmlPage::Tone::Bad : HtmlPage::Tone::Plain);
  }
  std::vector<std::vector<std::string>> rows;
  for (const json& line : log.verdicts) {
    rows.push_back({std::to_string(line["step"].get<std::int64_t>()),
                    fmt::format("{:.1f}", line["minutes"].get<double>()), line["verdict"].value("id", ""),
                    line["verdict"].value("grave", false) ? "grave" : "",
                    line["verdict"].value("finding", "")});
  }
  page.table({"step", "minutes", "verdict", "", "finding"}, rows);
}

void add_losses(HtmlPage& page, const RunLog& log) {
  page.heading(2, "Losses");
  std::set<std::string> terms;
  for (const json& line : log.metrics) {
    if (!line.contains("terms")) continue;
    for (const auto& term : line["terms"].items()) terms.insert(term.key());
  }
  const std::set<std::string> main = {"content", "moments", "gram"};
  std::vector<Curve> large, small;
  for (const std::string& term : terms) {
    const bool is_main = main.count(term.substr(0, term.find('.'))) > 0;
    (is_main ? large : small).push_back({term, "/terms/" + term});
  }
  add_chart(page, chart("Content and style", log.metrics, large, false),
            "Unweighted terms, means over stretches of steps.");
  add_chart(page, chart("Every other term", log.metrics, small, true), "Unweighted, powers of ten.");
  add_chart(page, chart("Sum of the weighted terms", log.metrics, {{"total", "/total"}}, false),
            "It rises where a term is switched on: not a measure of quality.");
}

void add_game(HtmlPage& page, const RunLog& log) {
  const std::string accuracy =
      chart("The discriminator's accuracy", log.metrics, {{"accuracy", "/discriminator/accuracy"}}, false);
  if (accuracy.empty()) return;
  page.heading(2, "The game");
  add_chart(page, accuracy, "Share of patches judged rightly: 0.5 is chance, above 0.9 it wins.");
  add_chart(page, chart("L_GAN", log.metrics, {{"value", "/discriminator/game_value"}}, false),
            "-1.386 is chance, 0 means the discriminator wins.");
}

void add_health(HtmlPage& page, const RunLog& log) {
  page.heading(2, "Signs of health");
  add_chart(page, chart("Gradient norm", log.metrics, {{"norm before clipping", "/gradient_norm"}}, true),
            "");
  add_chart(
      page,
      chart("Style : content, gradients at the painting", log.metrics, {{"ratio", "/gradient_ratio"}}, true),
      "Healthy is 0.5 to 3.");
  add_chart(
      page,
      chart("Grid", log.sheets,
            {{"2 pixels", "/sheet/grid/2"}, {"4 pixels", "/sheet/grid/4"}, {"8 pixels", "/sheet/grid/8"}},
            false),
      "Share of the paintings' fine structure that repeats with this period; above 0.03 the eye finds it.");
  add_chart(
      page,
      chart("Paintings differ", log.sheets,
            {{"across styles", "/sheet/across_styles"}, {"across photos", "/sheet/across_contents"}}, false),
      "Mean absolute differences; near 0 is collapse.");
  add_chart(
      page,
      chart("Light and dark", log.sheets, {{"correlation with the photo", "/sheet/luma_correlation"}}, false),
      "");
  add_chart(
      page,
      chart("Border and blobs", log.sheets, {{"frame", "/sheet/frame"}, {"blobs", "/sheet/blobs"}}, false),
      "");
  add_chart(page,
            chart("Style loss", log.sheets,
                  {{"trained styles", "/sheet/trained_style"}, {"held-out styles", "/sheet/held_out_style"}},
                  false),
            "Held-out styles rising while trained ones fall is learning by heart.");
}

void add_sheets(HtmlPage& page, const RunLog& log) {
  if (log.pictures.empty()) return;
  page.heading(2, "Sheets over time");
  const std::size_t count = std::min(kSheets, log.pictures.size());
  for (std::size_t i = 0; i < count; ++i) {
    // The newest and evenly spread ones before it.
    const std::size_t index =
        count == 1 ? log.pictures.size() - 1 : i * (log.pictures.size() - 1) / (count - 1);
    const auto& [step, file] = log.pictures[index];
    page.figure(report::picture_data_uri(read_image(file), 1280, 80), fmt::format("step {}", step));
  }
}

}  // namespace

std::string training_report(const std::filesystem::path& run) {
  const RunLog log = RunLog::read(run);
  HtmlPage page("Training of " + printable(run.filename().string()));
  if (log.metrics.empty()) {
    page.note("Nothing was logged yet.");
  } else {
    const json& end = log.metrics.back();
    page.paragraph(fmt::format(
        "{} steps in {:.1f} minutes; at the end content {:.3f}, style {:.3f} (means and Gram matrices in our "
        "own "
        "perceptual network); {} steps dropped.",
        end["step"].get<std::int64_t>(), end["minutes"].get<double>(), last(log.metrics, "/terms/content"),
        last(log.metrics, "/terms/moments") + last(log.metrics, "/terms/gram"), end.value("dropped", 0)));
  }
  add_verdicts(page, log);
  add_losses(page, log);
  add_game(page, log);
  add_health(page, log);
  add_sheets(page, log);
  page.heading(2, "Configuration");
  page.markup("<pre class=\"scroll\">" + report::escape_html(log.config.dump(1)) + "</pre>\n");
  return page.str();
}

void write_training_report(const std::filesystem::path& run) {
  write_file_atomically(run / "report.html", training_report(run));
}

json training_curve(const std::filesystem::path& run) {
  const RunLog log = RunLog::read(run);
  std::vector<json> lines;
  for (const json& line : log.metrics) {
    if (line.contains("terms") && line["terms"].contains("content") && line["terms"].contains("moments"))
      lines.push_back(line);
  }
  if (lines.size() < 2) {
    throw Error(ErrorCode::BadData, "run.short",
                printable(run.string()) + ": logged fewer than two steps, no curve can be made of it");
  }
  json curve = json::array();
  const std::size_t points = std::min(kCurvePoints, lines.size());
  for (std::size_t i = 0; i < points; ++i) {
    const std::size_t from = i * lines.size() / points, to = (i + 1) * lines.size() / points;
    double content = 0, style = 0;
    for (std::size_t k = from; k < to; ++k) {
      const json& terms = lines[k]["terms"];
      content += terms.value("content", 0.0) / static_cast<double>(to - from);
      style += (terms.value("moments", 0.0) + terms.value("gram", 0.0)) / static_cast<double>(to - from);
    }
    curve.push_back({{"minutes", lines[to - 1]["minutes"]},
                     {"steps", lines[to - 1]["step"]},
                     {"content", content},
                     {"style", style}});
    const double begin = i == 0 ? 0 : curve[i - 1]["minutes"].get<double>(),
                 end = curve[i]["minutes"].get<double>();
    for (const json& sheet : log.sheets) {
      const double at = sheet["minutes"].get<double>();
      const bool here = at > begin && at <= end && sheet["sheet"].contains("held_out_style");
      if (here) curve[i]["held_out_style"] = sheet["sheet"]["held_out_style"];
    }
  }
  return {{"schema", 1},
          {"megabytes", lines.back().value("megabytes", 0.0)},
          {"generator", log.config.value("generator_size", "")},
          {"minutes", lines.back()["minutes"]},
          {"steps", lines.back()["step"]},
          {"curve", curve}};
}

}  // namespace atelier::training

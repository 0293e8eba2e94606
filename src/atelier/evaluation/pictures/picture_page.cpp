#include "atelier/evaluation/pictures/picture_page.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <set>

#include "atelier/evaluation/pictures/contact_sheet.h"
#include "atelier/evaluation/pictures/metric_catalogue.h"
#include "atelier/evaluation/pictures/run_comparison.h"
#include "atelier/report/chart.h"
#include "atelier/report/html_page.h"

namespace atelier::evaluation {
namespace {

using Painting = PictureEvaluation::Painting;
using Picture = std::optional<Image>;

constexpr int kCell = 150, kLargeCell = 230, kGap = 4;
constexpr std::size_t kSheetPhotos = 6, kSheetStyles = 8, kShownPairs = 4;

std::string number(double value, int digits) {
  char text[48];
  std::snprintf(text, sizeof text, "%.*f", digits, value);
  return text;
}

class Page {
 public:
  Page(const PictureEvaluation& evaluation, const PictureSummary& summary, const PagePictures& pictures)
      : evaluation_(evaluation), summary_(summary), pictures_(pictures), page_("Style transfer, measured") {}

  std::string str() {
    introduction();
    table("Results", true);
    differences();
    trade_off();
    sheets();
    extremes();
    per_style();
    table("Every number", false);
    definitions();
    how_it_was_run();
    return page_.str();
  }

 private:
  // The loss the report sorts and draws by: of the independent judge, else of the model's own network.
  std::string axis(const char* judge, const char* own) const {
    for (const auto& system : summary_.systems) {
      if (system.metrics.contains(judge)) return judge;
    }
    return own;
  }
  std::string style_axis() const { return axis("style", "phi_style"); }
  std::string content_axis() const { return axis("content", "phi_content"); }

  std::vector<std::size_t> competitors() const {
    std::vector<std::size_t> indices;
    for (std::size_t i = 0; i < evaluation_.systems.size(); ++i) {
      if (!evaluation_.systems[i].control && !evaluation_.systems[i].swept_strength) indices.push_back(i);
    }
    return indices;
  }

  void introduction() {
    page_.paragraph(
        std::to_string(summary_.contents) + " photos in " + std::to_string(summary_.styles) +
        " styles. Means over all paintings; in brackets 95 % intervals, found by drawing photos and styles "
        "anew. Arrows in the column names say which way is better.");
    page_.note(
        "IDENTITY is the photo unchanged, TARGET-COPY the style picture unchanged. Each is perfect in one "
        "half of the "
        "task and useless: a system is good when it is far from both, and a metric that one of them wins "
        "does not "
        "measure style transfer.");
    for (const std::string& absent : summary_.not_measured)
      page_.note("Not measured: " + absent, report::HtmlPage::Tone::Bad);
    if (!summary_.notes.empty()) page_.list(summary_.notes);
    if (!summary_.warnings.empty()) {
      page_.heading(3, "What was left out");
      std::vector<std::string> some(
          summary_.warnings.begin(),
          summary_.warnings.begin() +
              static_cast<std::ptrdiff_t>(std::min<std::size_t>(20, summary_.warnings.size())));
      if (some.size() < summary_.warnings.size())
        some.push_back("and " + std::to_string(summary_.warnings.size() - some.size()) +
                       " more, see summary.json");
      page_.list(some);
    }
  }

  std::vector<const Metric*> measured(bool headlines_only) const {
    std::vector<const Metric*> metrics;
    for (const auto* list : {&pair_metrics(), &set_metrics()}) {
      for (const Metric& metric : *list) {
        const bool any = std::any_of(summary_.systems.begin(), summary_.systems.end(),
                                     [&](const auto& system) { return system.metrics.contains(metric.key); });
        if (any && (metric.headline || !headlines_only)) metrics.push_back(&metric);
      }
    }
    return metrics;
  }

  static std::string column_name(const Metric& metric) {
    return metric.key + (metric.higher_is_better ? " ↑" : " ↓");
  }

  void table(const char* title, bool headlines_only) {
    page_.heading(2, title);
    const std::vector<const Metric*> metrics = measured(headlines_only);
    if (headlines_only) {
      std::vector<std::string> header = {"system", "paintings"};
      for (const Metric* metric : metrics) header.push_back(column_name(*metric));
      std::vector<std::vector<std::string>> rows;
      for (const auto& system : summary_.systems) {
        if (system.swept_strength) continue;
        std::vector<std::string> row = {system.name, std::to_string(system.paintings)};
        for (const Metric* metric : metrics) row.push_back(cell(system.metrics, *metric));
        rows.push_back(std::move(row));
      }
      page_.table(header, rows);
      std::vector<std::string> names;
      for (const auto& system : summary_.systems) {
        if (!system.swept_strength) names.push_back(system.name + ": " + system.about);
      }
      page_.list(names);
      return;
    }
    // Metrics as rows: there are more of them than systems.
    std::vector<std::string> header = {"metric", "what"};
    for (const auto& system : summary_.systems) {
      if (!system.swept_strength) header.push_back(system.name);
    }
    std::vector<std::vector<std::string>> rows;
    for (const Metric* metric : metrics) {
      std::vector<std::string> row = {column_name(*metric), metric->title};
      for (const auto& system : summary_.systems) {
        if (!system.swept_strength) row.push_back(cell(system.metrics, *metric));
      }
      rows.push_back(std::move(row));
    }
    page_.table(header, rows);
  }

  static std::string cell(const std::map<std::string, Interval>& metrics, const Metric& metric) {
    const auto value = metrics.find(metric.key);
    return value == metrics.end() ? "–" : shown(value->second, metric.digits);
  }

  void differences() {
    if (competitors().size() < 2) return;
    const std::string& first = summary_.systems.front().name;
    page_.heading(3, "Beside " + first + ", pair by pair");
    page_.paragraph("Each number is the system's less " + first +
                    "'s on the same photo and style. An interval that holds 0 is no difference.");
    std::vector<const Metric*> metrics;
    for (const Metric* metric : measured(true)) {
      if (std::any_of(pair_metrics().begin(), pair_metrics().end(),
                      [&](const Metric& m) { return m.key == metric->key; }))
        metrics.push_back(metric);
    }
    std::vector<std::string> header = {"system"};
    for (const Metric* metric : metrics) header.push_back(column_name(*metric));
    std::vector<std::vector<std::string>> rows;
    for (const std::size_t i : competitors()) {
      if (summary_.systems[i].differences.empty()) continue;
      std::vector<std::string> row = {summary_.systems[i].name};
      for (const Metric* metric : metrics) row.push_back(cell(summary_.systems[i].differences, *metric));
      rows.push_back(std::move(row));
    }
    page_.table(header, rows);
  }

  void trade_off() {
    const bool swept = !evaluation_.sweep.empty();
    page_.heading(2, "Photo against style");
    page_.paragraph(
        "Down is nearer to the style, left is nearer to the photo. " +
        std::string(
            swept
                ? "The curve is this model at several strengths; every system here is measured on the same " +
                      std::to_string(evaluation_.sweep.size()) + " pairs. "
                : "") +
        "A system is better when its point lies below and left of another's, at any strength.");
    for (const std::string& across : {content_axis(), std::string("lpips_alex")}) {
      if (!std::any_of(summary_.systems.begin(), summary_.systems.end(),
                       [&](const auto& system) { return system.metrics.contains(across); }))
        continue;
      draw_trade_off(across, swept, false);
      if (near_limit()) draw_trade_off(across, swept, true);
    }
  }

  // Half of IDENTITY's style loss; nothing without it.
  std::optional<double> near_limit() const {
    for (const auto& system : summary_.systems) {
      const auto style = system.metrics.find(style_axis());
      if (system.control && system.name == "IDENTITY" && style != system.metrics.end())
        return style->second.mean / 2;
    }
    return std::nullopt;
  }

  // `close_up` leaves out what is far from every style, and the controls: they would press the rest together.
  void draw_trade_off(const std::string& across, bool swept, bool close_up) {
    const Metric &x = *find_metric(across), &y = *find_metric(style_axis());
    report::ScatterChart chart({.title = y.title + " against " + x.title + (close_up ? ", close up" : ""),
                                .x_label = x.title,
                                .y_label = y.title,
                                .width = 760,
                                .height = 440});
    report::ScatterChart::Group curve{
        .name = summary_.systems.front().name + " over strength", .points = {}, .joined = true};
    std::vector<std::pair<double, report::ScatterChart::Point>> along;
    for (std::size_t i = 0; i < summary_.systems.size(); ++i) {
      const auto& system = summary_.systems[i];
      const auto& numbers = swept ? system.on_sweep : system.metrics;
      const auto at_x = numbers.find(x.key), at_y = numbers.find(y.key);
      if (at_x == numbers.end() || at_y == numbers.end()) continue;
      if (close_up && (system.control || at_y->second.mean > *near_limit())) continue;
      report::ScatterChart::Point point{.x = at_x->second.mean,
                                        .y = at_y->second.mean,
                                        .label = system.name,
                                        .x_interval = std::pair(at_x->second.low, at_x->second.high),
                                        .y_interval = std::pair(at_y->second.low, at_y->second.high)};
      if (system.swept_strength || (i == 0 && swept)) {
        const double strength = system.swept_strength.value_or(1);
        point.label = number(strength, 2);
        along.emplace_back(strength, point);
      } else {
        chart.add({.name = system.name, .points = {point}});
      }
    }
    std::sort(along.begin(), along.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    for (const auto& [strength, point] : along) curve.points.push_back(point);
    if (!curve.points.empty()) chart.add(std::move(curve));
    page_.svg(chart.svg());
  }

  std::size_t evenly(std::size_t i, std::size_t shown, std::size_t all) const {
    return i * all / std::max<std::size_t>(1, shown);
  }

  void sheets() {
    page_.heading(2, "Contact sheets");
    const std::size_t photos = std::min(kSheetPhotos, evaluation_.contents.size());
    const std::size_t styles = std::min(kSheetStyles, evaluation_.styles.size());
    page_.paragraph("Photos down the left, styles along the top; the same ones for every system.");
    for (const std::size_t system : competitors()) {
      std::vector<std::vector<Picture>> rows(1);
      rows.front().push_back(std::nullopt);
      for (std::size_t s = 0; s < styles; ++s)
        rows.front().push_back(pictures_.style(evenly(s, styles, evaluation_.styles.size())));
      for (std::size_t c = 0; c < photos; ++c) {
        const std::size_t content = evenly(c, photos, evaluation_.contents.size());
        std::vector<Picture> row = {pictures_.photo(content)};
        for (std::size_t s = 0; s < styles; ++s)
          row.push_back(pictures_.painting(system, content, evenly(s, styles, evaluation_.styles.size())));
        rows.push_back(std::move(row));
      }
      const Image sheet = contact_sheet(rows, kCell, kGap);
      page_.figure(report::picture_data_uri(sheet, std::max(sheet.width(), sheet.height())),
                   evaluation_.systems[system].name);
    }
  }

  // Both losses of a painting in one number for sorting; nothing when one is absent.
  std::optional<double> badness(const Painting& painting) const {
    const auto style = painting.values.find(style_axis()), content = painting.values.find(content_axis());
    if (style == painting.values.end() || content == painting.values.end()) return std::nullopt;
    return (1 + style->second) * (1 + content->second);
  }

  void extremes() {
    std::vector<std::pair<double, const Painting*>> sorted;
    for (const Painting& painting : evaluation_.paintings) {
      if (painting.system != 0) continue;
      if (const auto value = badness(painting)) sorted.emplace_back(*value, &painting);
    }
    if (evaluation_.systems.front().control || sorted.empty()) return;
    std::stable_sort(sorted.begin(), sorted.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    page_.heading(2, "Best and worst pairs of " + evaluation_.systems.front().name);
    page_.paragraph("Sorted by (1 + " + style_axis() + ")(1 + " + content_axis() +
                    "); at most one pair a photo and a style. From left: photo, style, then each system.");
    page_.heading(3, "Best");
    show_pairs(sorted);
    std::reverse(sorted.begin(), sorted.end());
    page_.heading(3, "Worst");
    show_pairs(sorted);
  }

  void show_pairs(const std::vector<std::pair<double, const Painting*>>& sorted) {
    std::set<std::size_t> contents, styles;
    for (const auto& [value, painting] : sorted) {
      if (contents.size() == kShownPairs) return;
      if (contents.contains(painting->content) || styles.contains(painting->style)) continue;
      contents.insert(painting->content);
      styles.insert(painting->style);
      std::vector<report::Figure> row = {
          {report::picture_data_uri(pictures_.photo(painting->content), kLargeCell),
           evaluation_.contents[painting->content].name},
          {report::picture_data_uri(pictures_.style(painting->style), kLargeCell),
           evaluation_.styles[painting->style].name}};
      for (const std::size_t system : competitors()) {
        const Picture picture = pictures_.painting(system, painting->content, painting->style);
        if (!picture) continue;
        row.push_back(
            {report::picture_data_uri(*picture, kLargeCell),
             evaluation_.systems[system].name + numbers_of(system, painting->content, painting->style)});
      }
      page_.figures(row);
    }
  }

  std::string numbers_of(std::size_t system, std::size_t content, std::size_t style) const {
    for (const Painting& painting : evaluation_.paintings) {
      if (painting.system != system || painting.content != content || painting.style != style) continue;
      std::string text;
      for (const std::string& key : {content_axis(), style_axis()}) {
        const auto value = painting.values.find(key);
        if (value != painting.values.end()) text += ", " + key + " " + number(value->second, 2);
      }
      return text;
    }
    return {};
  }

  void per_style() {
    page_.heading(2, "Style by style");
    bars(style_axis(), true);
    page_.heading(2, "Photo by photo");
    bars(content_axis(), false);
  }

  void bars(const std::string& key, bool by_style) {
    const auto& categories = by_style ? evaluation_.styles : evaluation_.contents;
    const auto mean = [&](std::size_t system, std::size_t category) {
      double sum = 0;
      int count = 0;
      for (const Painting& painting : evaluation_.paintings) {
        if (painting.system != system || (by_style ? painting.style : painting.content) != category) continue;
        const auto value = painting.values.find(key);
        if (value == painting.values.end()) continue;
        sum += value->second;
        ++count;
      }
      return count == 0 ? std::numeric_limits<double>::quiet_NaN() : sum / count;
    };
    std::vector<std::size_t> order(categories.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return mean(0, a) < mean(0, b); });
    std::vector<std::string> names;
    for (const std::size_t i : order) names.push_back(categories[i].name);
    report::BarChart chart(
        {.title = find_metric(key)->title + ", best of " + evaluation_.systems.front().name + " first",
         .x_label = key,
         .y_label = {},
         .width = 820},
        names);
    for (const std::size_t system : competitors()) {
      report::BarChart::Series series{.name = evaluation_.systems[system].name, .values = {}};
      for (const std::size_t i : order) series.values.push_back(mean(system, i));
      chart.add(std::move(series));
    }
    page_.svg(chart.svg());
  }

  void definitions() {
    page_.heading(2, "What the numbers mean");
    page_.paragraph(
        "y: the painting, c: the photo, s: the style picture; all on the 8-bit paintings, in their middle "
        "squares.");
    std::vector<std::vector<std::string>> rows;
    for (const Metric* metric : measured(false))
      rows.push_back({column_name(*metric), metric->title, metric->formula});
    page_.table({"metric", "name", "how it is measured"}, rows);
  }

  void how_it_was_run() {
    page_.heading(2, "How it was run");
    std::vector<std::vector<std::string>> rows;
    for (const auto& [key, value] : summary_.facts.items()) {
      rows.push_back({key, value.is_string() ? value.get<std::string>() : value.dump()});
    }
    rows.push_back({"pictures_id", summary_.pictures_id});
    page_.table({"fact", "value"}, rows);
    for (const bool photos : {true, false}) {
      page_.heading(3, photos ? "Photos" : "Styles");
      std::vector<std::vector<std::string>> pictures;
      for (const auto& picture : photos ? evaluation_.contents : evaluation_.styles) {
        pictures.push_back({picture.name,
                            std::to_string(picture.width) + " x " + std::to_string(picture.height),
                            picture.sha256.substr(0, 16)});
      }
      page_.table({"name", "pixels", "SHA-256 begins"}, pictures);
    }
  }

  const PictureEvaluation& evaluation_;
  const PictureSummary& summary_;
  const PagePictures& pictures_;
  report::HtmlPage page_;
};

}  // namespace

std::string picture_page(const PictureEvaluation& evaluation, const PictureSummary& summary,
                         const PagePictures& pictures) {
  return Page(evaluation, summary, pictures).str();
}

}  // namespace atelier::evaluation

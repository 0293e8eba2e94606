#include "atelier/evaluation/pictures/picture_summary.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "atelier/core/error.h"
#include "atelier/evaluation/pictures/feature_distances.h"
#include "atelier/evaluation/pictures/metric_catalogue.h"
#include "atelier/evaluation/pictures/two_way_bootstrap.h"

namespace atelier::evaluation {
namespace {

using Painting = PictureEvaluation::Painting;
using Pair = std::pair<std::size_t, std::size_t>;

std::vector<Cell> cells_of(const std::vector<const Painting*>& paintings, const std::string& key) {
  std::vector<Cell> cells;
  for (const Painting* painting : paintings) {
    const auto value = painting->values.find(key);
    if (value != painting->values.end()) cells.push_back({painting->content, painting->style, value->second});
  }
  return cells;
}

std::map<std::string, Interval> intervals_of(const std::vector<const Painting*>& paintings,
                                             const BootstrapOptions& options) {
  std::map<std::string, Interval> intervals;
  for (const Metric& metric : pair_metrics()) {
    const std::vector<Cell> cells = cells_of(paintings, metric.key);
    if (!cells.empty()) intervals[metric.key] = two_way_bootstrap(cells, options);
  }
  return intervals;
}

std::map<std::string, double> medians_of(const std::vector<const Painting*>& paintings) {
  std::map<std::string, double> medians;
  for (const Metric& metric : pair_metrics()) {
    std::vector<double> values;
    for (const Cell& cell : cells_of(paintings, metric.key)) values.push_back(cell.value);
    if (!values.empty()) medians[metric.key] = median_of(values);
  }
  return medians;
}

// The first system's number on the same pair taken away.
std::map<std::string, Interval> differences_of(const std::vector<const Painting*>& paintings,
                                               const std::vector<const Painting*>& first,
                                               const BootstrapOptions& options) {
  std::map<std::string, Interval> differences;
  for (const Metric& metric : pair_metrics()) {
    std::map<Pair, double> base;
    for (const Cell& cell : cells_of(first, metric.key)) base[{cell.content, cell.style}] = cell.value;
    std::vector<Cell> cells;
    for (Cell cell : cells_of(paintings, metric.key)) {
      const auto found = base.find({cell.content, cell.style});
      if (found == base.end()) continue;
      cell.value -= found->second;
      cells.push_back(cell);
    }
    if (!cells.empty()) differences[metric.key] = two_way_bootstrap(cells, options);
  }
  return differences;
}

FeatureMatrix matrix_of(const std::vector<const std::vector<float>*>& rows) {
  FeatureMatrix matrix(static_cast<Eigen::Index>(rows.size()),
                       rows.empty() ? 0 : static_cast<Eigen::Index>(rows.front()->size()));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (std::size_t j = 0; j < rows[i]->size(); ++j)
      matrix(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j)) = (*rows[i])[j];
  }
  return matrix;
}

void add_set_metrics(const std::vector<const Painting*>& paintings, const PictureEvaluation& evaluation,
                     std::uint64_t seed, PictureSummary::System& system) {
  std::vector<const std::vector<float>*> painted, styles;
  for (const Painting* painting : paintings) {
    if (!painting->features.empty()) painted.push_back(&painting->features);
  }
  for (const std::vector<float>& features : evaluation.style_features) {
    if (!features.empty()) styles.push_back(&features);
  }
  if (painted.size() < 2 || styles.size() < 2) return;
  const FeatureMatrix a = matrix_of(painted), b = matrix_of(styles);
  KernelDistance kernel;
  kernel.seed = seed;
  if (const auto kid = kernel(a, b)) {
    system.metrics["kid"] = {kid->value, kid->value, kid->value};
    system.kid_spread = kid->spread;
  }
  const auto fid = FrechetDistance()(a, b);
  if (!fid) return;
  system.metrics["fid"] = {*fid, *fid, *fid};
  const auto lpips = system.metrics.find("lpips_alex");
  if (lpips == system.metrics.end()) return;
  const double product = (1 + lpips->second.mean) * (1 + *fid);
  system.metrics["artfid"] = {product, product, product};
}

// FNV-1a: names lists of hashes, guards nothing.
std::string id_of(const PictureEvaluation& evaluation) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  const auto add = [&](const std::string& text) {
    for (const char c : text + "\n") hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  };
  for (const auto* pictures : {&evaluation.contents, &evaluation.styles}) {
    for (const auto& picture : *pictures) add(picture.name + " " + picture.sha256);
    add("");
  }
  static const char* digits = "0123456789abcdef";
  std::string id;
  for (int shift = 60; shift >= 0; shift -= 4) id += digits[(hash >> shift) & 15];
  return id;
}

nlohmann::json to_json(const std::map<std::string, Interval>& intervals) {
  nlohmann::json json = nlohmann::json::object();
  for (const auto& [key, interval] : intervals)
    json[key] = {{"mean", interval.mean}, {"low", interval.low}, {"high", interval.high}};
  return json;
}

std::map<std::string, Interval> intervals_from(const nlohmann::json& json) {
  std::map<std::string, Interval> intervals;
  for (const auto& [key, value] : json.items())
    intervals[key] = {value.at("mean").get<double>(), value.at("low").get<double>(),
                      value.at("high").get<double>()};
  return intervals;
}

}  // namespace

PictureSummary summarise(const PictureEvaluation& evaluation, const BootstrapOptions& options) {
  PictureSummary summary;
  summary.not_measured = evaluation.not_measured;
  summary.notes = evaluation.notes;
  summary.warnings = evaluation.warnings;
  summary.facts = evaluation.facts;
  summary.pictures_id = id_of(evaluation);
  summary.contents = evaluation.contents.size();
  summary.styles = evaluation.styles.size();
  const std::set<Pair> sweep(evaluation.sweep.begin(), evaluation.sweep.end());

  std::vector<std::vector<const Painting*>> of_system(evaluation.systems.size()),
      on_sweep(evaluation.systems.size());
  for (const Painting& painting : evaluation.paintings) {
    of_system[painting.system].push_back(&painting);
    if (sweep.contains({painting.content, painting.style})) on_sweep[painting.system].push_back(&painting);
  }
  for (std::size_t i = 0; i < evaluation.systems.size(); ++i) {
    const PictureEvaluation::System& about = evaluation.systems[i];
    PictureSummary::System system{.name = about.name,
                                  .about = about.about,
                                  .control = about.control,
                                  .swept_strength = about.swept_strength,
                                  .paintings = of_system[i].size(),
                                  .metrics = intervals_of(of_system[i], options),
                                  .medians = medians_of(of_system[i]),
                                  .differences = {},
                                  .on_sweep = intervals_of(on_sweep[i], options)};
    if (!about.swept_strength) {
      add_set_metrics(of_system[i], evaluation, options.seed, system);
      if (i > 0) system.differences = differences_of(of_system[i], of_system.front(), options);
    }
    summary.systems.push_back(std::move(system));
  }
  return summary;
}

const PictureSummary::System* PictureSummary::find(const std::string& name) const {
  const auto found =
      std::find_if(systems.begin(), systems.end(), [&](const System& s) { return s.name == name; });
  return found == systems.end() ? nullptr : &*found;
}

nlohmann::json PictureSummary::to_json() const {
  nlohmann::json list = nlohmann::json::array();
  for (const System& system : systems) {
    nlohmann::json item = {{"name", system.name},
                           {"about", system.about},
                           {"control", system.control},
                           {"paintings", system.paintings},
                           {"metrics", evaluation::to_json(system.metrics)},
                           {"medians", system.medians},
                           {"less_first", evaluation::to_json(system.differences)},
                           {"on_sweep", evaluation::to_json(system.on_sweep)},
                           {"kid_spread", system.kid_spread}};
    if (system.swept_strength) item["swept_strength"] = *system.swept_strength;
    list.push_back(std::move(item));
  }
  return {{"schema", 1},
          {"kind", "picture-evaluation"},
          {"pictures_id", pictures_id},
          {"contents", contents},
          {"styles", styles},
          {"systems", std::move(list)},
          {"not_measured", not_measured},
          {"notes", notes},
          {"warnings", warnings},
          {"facts", facts}};
}

PictureSummary PictureSummary::parse(const std::string& text, const std::string& name) {
  try {
    const nlohmann::json json = nlohmann::json::parse(text);
    if (json.at("kind") != "picture-evaluation" || json.at("schema") != 1)
      throw Error(ErrorCode::BadData, "evaluation.summary",
                  printable(name) + ": is no summary of this program's 'evaluate pictures'");
    PictureSummary summary;
    summary.pictures_id = json.at("pictures_id");
    summary.contents = json.at("contents");
    summary.styles = json.at("styles");
    summary.not_measured = json.at("not_measured").get<std::vector<std::string>>();
    summary.notes = json.at("notes").get<std::vector<std::string>>();
    summary.warnings = json.at("warnings").get<std::vector<std::string>>();
    summary.facts = json.at("facts");
    for (const nlohmann::json& item : json.at("systems")) {
      System system{.name = item.at("name"),
                    .about = item.at("about"),
                    .control = item.at("control"),
                    .swept_strength = std::nullopt,
                    .paintings = item.at("paintings"),
                    .metrics = intervals_from(item.at("metrics")),
                    .medians = item.at("medians"),
                    .differences = intervals_from(item.at("less_first")),
                    .on_sweep = intervals_from(item.at("on_sweep")),
                    .kid_spread = item.at("kid_spread")};
      if (item.contains("swept_strength")) system.swept_strength = item.at("swept_strength").get<double>();
      summary.systems.push_back(std::move(system));
    }
    return summary;
  } catch (const nlohmann::json::exception&) {
    throw Error(ErrorCode::BadData, "evaluation.summary",
                printable(name) + ": is no summary of 'evaluate pictures' (summary.json), or a broken one");
  }
}

}  // namespace atelier::evaluation

#include "atelier/evaluation/pictures/run_comparison.h"

#include <cstdio>

#include "atelier/core/error.h"
#include "atelier/core/options_json.h"
#include "atelier/evaluation/pictures/metric_catalogue.h"

namespace atelier::evaluation {
namespace {

std::string fixed(double value, int digits) {
  char text[48];
  std::snprintf(text, sizeof text, "%.*f", digits, value);
  return text;
}

std::vector<const Metric*> chosen_metrics(const std::vector<NamedRun>& runs,
                                          const std::vector<std::string>& keys) {
  std::vector<const Metric*> chosen;
  for (const std::string& key : keys) {
    const Metric* metric = find_metric(key);
    if (metric == nullptr) {
      const std::string near = nearest_word(key, metric_keys());
      throw Error(ErrorCode::Usage, "evaluate.metric",
                  "there is no metric '" + printable(key) + "'" +
                      (near.empty() ? "; see docs/evaluating.md" : ", did you mean '" + near + "'?"));
    }
    chosen.push_back(metric);
  }
  if (!chosen.empty()) return chosen;
  const auto measured = [&](const Metric& metric) {
    for (const NamedRun& run : runs) {
      for (const auto& system : run.summary.systems) {
        if (system.metrics.contains(metric.key)) return true;
      }
    }
    return false;
  };
  for (const auto* metrics : {&pair_metrics(), &set_metrics()}) {
    for (const Metric& metric : *metrics) {
      if (metric.headline && measured(metric)) chosen.push_back(&metric);
    }
  }
  return chosen;
}

}  // namespace

std::string shown(const Interval& interval, int digits) {
  const std::string mean = fixed(interval.mean, digits);
  if (interval.low == interval.high) return mean;
  return mean + " [" + fixed(interval.low, digits) + ", " + fixed(interval.high, digits) + "]";
}

RunComparison RunComparison::of(const std::vector<NamedRun>& runs, const std::vector<std::string>& keys) {
  RunComparison comparison;
  const std::vector<const Metric*> metrics = chosen_metrics(runs, keys);
  comparison.header = {"RUN", "SYSTEM", "PAINTINGS"};
  for (const Metric* metric : metrics) comparison.header.push_back(metric->key);
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const PictureSummary& summary = runs[i].summary;
    const bool same_pictures = summary.pictures_id == runs.front().summary.pictures_id;
    if (!same_pictures) {
      comparison.notes.push_back(runs[i].name + " was measured on other pictures than " + runs.front().name +
                                 ": its numbers do not compare");
    }
    for (const char* setting : {"size", "detail", "stroke"}) {
      const auto& first = runs.front().summary.facts;
      if (summary.facts.value(setting, nlohmann::json()) != first.value(setting, nlohmann::json()))
        comparison.notes.push_back(runs[i].name + " has another " + setting + " than " + runs.front().name);
    }
    for (const auto& system : summary.systems) {
      if (system.control && i > 0 && same_pictures) continue;
      std::vector<std::string> row = {runs[i].name, system.name, std::to_string(system.paintings)};
      for (const Metric* metric : metrics) {
        const auto value = system.metrics.find(metric->key);
        row.push_back(value == system.metrics.end() ? "-" : shown(value->second, metric->digits));
      }
      comparison.rows.push_back(std::move(row));
    }
  }
  return comparison;
}

}  // namespace atelier::evaluation

#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "atelier/evaluation/pictures/picture_evaluation.h"
#include "atelier/evaluation/statistics.h"

namespace atelier::evaluation {

/// What a run says in short: per system means with intervals over contents and styles.
struct PictureSummary {
  struct System {
    std::string name, about;
    bool control = false;
    std::optional<double> swept_strength;
    std::size_t paintings = 0;
    std::map<std::string, Interval> metrics;  ///< set metrics have no interval: low = high = mean
    std::map<std::string, double> medians;    ///< of pair metrics
    /// This system less the first one, on the pairs both painted; none for the first and for swept ones.
    std::map<std::string, Interval> differences;
    /// Means over the sweep's pairs only, so that all systems of the trade-off curve saw the same pictures.
    std::map<std::string, Interval> on_sweep;
    double kid_spread = 0;
  };

  std::vector<System> systems;
  std::vector<std::string> not_measured, notes, warnings;
  nlohmann::json facts;
  std::string pictures_id;  ///< hash of the picture lists: runs compare only when it is equal
  std::size_t contents = 0, styles = 0;

  const System* find(const std::string& name) const;

  nlohmann::json to_json() const;
  /// Error BadData "evaluation.summary" when it is not one; `name` stands for the file in messages.
  static PictureSummary parse(const std::string& text, const std::string& name);
};

/// The same evaluation and seed give the same summary.
PictureSummary summarise(const PictureEvaluation& evaluation, const BootstrapOptions& options);

}  // namespace atelier::evaluation

#pragma once

#include <string>
#include <vector>

#include "atelier/evaluation/pictures/picture_summary.h"

namespace atelier::evaluation {

/// A finished run beside others.
struct NamedRun {
  std::string name;  ///< for people: the file's folder
  PictureSummary summary;
};

/// Runs beside each other, system by system.
struct RunComparison {
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;  ///< mean [low, high] a cell; controls of later runs left out
  std::vector<std::string> notes;              ///< what makes the runs hard to compare

  /// `metrics`: keys; empty: the headline metrics that any run measured. Error Usage "evaluate.metric" for an
  /// unknown key.
  static RunComparison of(const std::vector<NamedRun>& runs, const std::vector<std::string>& metrics = {});
};

/// "0.312 [0.281, 0.344]", or the mean alone where the interval has no width.
std::string shown(const Interval& interval, int digits);

}  // namespace atelier::evaluation

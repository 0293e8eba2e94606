#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace atelier::cli {

/// How a training went, as `atelier train report --curve` recorded it.
struct RecordedTraining {
  struct Point {
    double minutes = 0, steps = 0, content = 0, style = 0;
  };
  std::string generator;  ///< size of the network
  double megabytes = 0;   ///< peak memory; 0: not recorded
  std::vector<Point> curve;

  /// The file's contents, or nothing when it is not there. Error BadData "curve.broken" naming the file when
  /// it is no curve.
  static std::optional<RecordedTraining> read(const std::filesystem::path& file);

  /// Losses after so many minutes, between the recorded points; nothing before the first or beyond the last.
  std::optional<Point> after(double minutes) const;
};

/// What the recording says of a budget in minutes (0: none given), as sentences. Only what was recorded is
/// said.
std::vector<std::string> training_outlook(const RecordedTraining& recorded, double minutes);

}  // namespace atelier::cli

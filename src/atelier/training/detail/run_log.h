#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

namespace atelier::training {

/// What a training wrote down while it ran.
struct RunLog {
  nlohmann::json config;                 ///< config.json
  std::vector<nlohmann::json> metrics;   ///< lines of metrics.jsonl, steps rising
  std::vector<nlohmann::json> sheets;    ///< lines of doctor.jsonl that hold a sheet's signs, steps rising
  std::vector<nlohmann::json> verdicts;  ///< lines of doctor.jsonl that hold a verdict, steps rising
  std::vector<std::pair<std::int64_t, std::filesystem::path>> pictures;  ///< sample sheets, steps rising

  /// Error NoInput "run.none" when the folder holds no metrics.jsonl. Lines that a killed training left
  /// half-written are skipped; steps that a resumed one repeated count once, as they were in the end.
  static RunLog read(const std::filesystem::path& run);

  /// Points (minutes, value) of a number in `lines` by JSON pointer, lines without it left out.
  static std::pair<std::vector<double>, std::vector<double>> curve(const std::vector<nlohmann::json>& lines,
                                                                   const char* pointer);
};

}  // namespace atelier::training

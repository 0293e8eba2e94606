#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

namespace atelier::training {

/// How one variation did on the held-out pictures.
struct AblationRow {
  std::string name, changes;  ///< changes as JSON text
  std::int64_t steps = 0;
  double minutes = 0;
  std::string failure;                               ///< why it has no numbers; empty: it has
  double content = 0, style = 0;                     ///< losses in our own perceptual network
  std::optional<double> judge_content, judge_style;  ///< the same in a network that no loss uses
  double grid = 0;                                   ///< worst period, see PictureSigns
  double luma_correlation = 0;
  double across_styles = 0;
  std::optional<double> discriminator_accuracy;  ///< at the end; absent without a game
  std::vector<std::string> verdicts;             ///< what the doctor said at the end
};
void to_json(nlohmann::json& json, const AblationRow& row);
void from_json(const nlohmann::json& json, AblationRow& row);

/// The rows of an ablation and how they were made.
struct AblationReport {
  std::filesystem::path run;
  std::string length;  ///< "10 minutes each" or "500 steps each"
  std::string judge;   ///< kind of the judging network, or empty
  int pairs = 0;       ///< photos times styles
  bool finished = false;
  std::vector<AblationRow> rows;

  /// Heading row first; losses with their difference from the first variation.
  std::vector<std::vector<std::string>> table() const;
  nlohmann::json to_json() const;
  /// Table, bars, curves of all trainings on one time axis, each one's last sheet.
  std::string to_html() const;
};

}  // namespace atelier::training

#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace atelier::mapping {

/// How one real person uses a rating scale, carried over to simulated people: rating = offset + scale (u +
/// noise e) on the five-step scale, u of deviation 1 over items, e standard normal.
struct AnsweringStyle {
  double offset = 3, scale = 1, noise = 0.6;
};

/// What was learned from real raters. Their items are not our styles, so nothing about taste is taken from
/// them.
struct AnsweringStyles {
  struct Source {
    std::string name;
    std::size_t people = 0, ratings = 0;
    double repeat_correlation =
        0;  ///< of one person's two ratings of an item, mean over people; 0: no repeats
  };
  std::vector<AnsweringStyle> people;
  std::vector<Source> sources;

  /// Every folder below `folder` with a table "*_public.tsv": tab-separated, a header line, columns user,
  /// item, value. Values are brought to 1..5 by the table's own range. Noise is known only where people rated
  /// items twice: with r their correlation, sqrt(1 / r - 1); elsewhere the mean of these, or 0.6 when no
  /// table has repeats. Error NoInput "ratings.missing" when there is no such folder or table, BadData
  /// "ratings.table" naming the line that is broken.
  static AnsweringStyles read(const std::filesystem::path& folder);
  nlohmann::json to_json() const;
};

}  // namespace atelier::mapping

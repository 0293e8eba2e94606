#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace atelier::evaluation {

/// 1 for the smallest; equal values share the mean of their ranks.
std::vector<double> ranks(std::span<const double> values);

/// Spearman's rank correlation: Pearson's correlation of the ranks (ties: mean ranks). Nothing when `truth`
/// is constant or shorter than 2; 0 when only `predicted` is constant. Error Internal "evaluation.sizes" for
/// different lengths.
std::optional<double> spearman(std::span<const double> truth, std::span<const double> predicted);

/// Share of the pairs with different truth that `predicted` orders the same way; an equal prediction counts
/// half. Nothing when there is no such pair. Errors as spearman().
std::optional<double> pair_accuracy(std::span<const double> truth, std::span<const double> predicted);

double mean_of(std::span<const double> values);  ///< 0 for none
double median_of(
    std::span<const double> values);  ///< of the sorted values; mean of the middle two; 0 for none

/// A mean and how far it may be off.
struct Interval {
  double mean = 0, low = 0, high = 0;
};

struct BootstrapOptions {
  int resamples = 2000;
  double confidence = 0.95;
  std::uint64_t seed = 1;
};

/// Percentile bootstrap of the mean: `values` (one a person) are drawn with replacement. All zero for none.
Interval bootstrap_mean(std::span<const double> values, const BootstrapOptions& options = {});

}  // namespace atelier::evaluation

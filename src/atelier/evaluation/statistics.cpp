#include "atelier/evaluation/statistics.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

#include "atelier/core/error.h"

namespace atelier::evaluation {
namespace {

void require_equal_sizes(std::span<const double> truth, std::span<const double> predicted) {
  if (truth.size() == predicted.size()) return;
  throw Error(ErrorCode::Internal, "evaluation.sizes",
              std::to_string(truth.size()) + " true values cannot be compared with " +
                  std::to_string(predicted.size()) + " predictions");
}

// At position `share` of the way through sorted values, between neighbours in proportion.
double quantile(const std::vector<double>& sorted, double share) {
  const double position = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(position);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (position - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

}  // namespace

std::vector<double> ranks(std::span<const double> values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  std::vector<double> result(values.size());
  for (std::size_t begin = 0, end; begin < order.size(); begin = end) {
    for (end = begin; end < order.size() && values[order[end]] == values[order[begin]];) ++end;
    const double shared = (static_cast<double>(begin + 1) + static_cast<double>(end)) / 2;
    for (std::size_t i = begin; i < end; ++i) result[order[i]] = shared;
  }
  return result;
}

std::optional<double> spearman(std::span<const double> truth, std::span<const double> predicted) {
  require_equal_sizes(truth, predicted);
  const std::vector<double> a = ranks(truth), b = ranks(predicted);
  const double middle = (static_cast<double>(a.size()) + 1) / 2;
  double ab = 0, aa = 0, bb = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    ab += (a[i] - middle) * (b[i] - middle);
    aa += (a[i] - middle) * (a[i] - middle);
    bb += (b[i] - middle) * (b[i] - middle);
  }
  if (aa == 0) return std::nullopt;
  return bb == 0 ? 0 : ab / std::sqrt(aa * bb);
}

std::optional<double> pair_accuracy(std::span<const double> truth, std::span<const double> predicted) {
  require_equal_sizes(truth, predicted);
  double right = 0, pairs = 0;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (truth[i] == truth[j]) continue;
      ++pairs;
      if (predicted[i] == predicted[j]) {
        right += 0.5;
      } else if ((truth[i] < truth[j]) == (predicted[i] < predicted[j])) {
        ++right;
      }
    }
  }
  if (pairs == 0) return std::nullopt;
  return right / pairs;
}

double mean_of(std::span<const double> values) {
  if (values.empty()) return 0;
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double median_of(std::span<const double> values) {
  if (values.empty()) return 0;
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  return quantile(sorted, 0.5);
}

Interval bootstrap_mean(std::span<const double> values, const BootstrapOptions& options) {
  if (values.empty()) return {};
  std::mt19937_64 random(options.seed);
  std::vector<double> means(static_cast<std::size_t>(std::max(1, options.resamples)));
  for (double& mean : means) {
    double sum = 0;
    for (std::size_t i = 0; i < values.size(); ++i) sum += values[random() % values.size()];
    mean = sum / static_cast<double>(values.size());
  }
  std::sort(means.begin(), means.end());
  const double outside = (1 - options.confidence) / 2;
  return {mean_of(values), quantile(means, outside), quantile(means, 1 - outside)};
}

}  // namespace atelier::evaluation

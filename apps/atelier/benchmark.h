#pragma once

#include <functional>
#include <string>
#include <vector>

namespace atelier::cli {

/// One line of `atelier bench`.
struct BenchRow {
  std::string network;
  int width = 0, height = 0, threads = 1;
  double milliseconds = 0;  ///< median
  double gflop = 0;         ///< direct convolutions, counted as papers do; 0: not known
  double megabytes = 0;     ///< peak beside the weights; 0: not known
};

/// What to measure.
struct BenchPlan {
  struct Size {
    int width = 0, height = 0;
  };
  std::vector<Size> sizes;  ///< pixels, multiples of 8
  std::vector<int> threads;
  int runs = 5;
};

/// Milliseconds of one call of `work`: the median of `runs` after one that warms up. Throws Interrupted.
double median_milliseconds(int runs, const std::function<void()>& work);

}  // namespace atelier::cli

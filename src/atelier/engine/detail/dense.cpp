#include "atelier/engine/detail/dense.h"

#include <cmath>

namespace atelier::engine::detail {

Dense::Dense(const weights::SafetensorsFile& file, const std::string& name, int in, int out)
    : weight_(file.floats(name + ".weight", {out, in})), bias_(file.floats(name + ".bias", {out})) {}

std::vector<float> Dense::operator()(std::span<const float> x) const {
  // Eight sums side by side: the compiler may not reorder a single one, and 0.7 million products wait for
  // each other.
  constexpr std::size_t kLanes = 8;
  std::vector<float> y = bias_;
  const float* row = weight_.data();
  for (float& value : y) {
    float sums[kLanes] = {};
    std::size_t i = 0;
    for (; i + kLanes <= x.size(); i += kLanes) {
      for (std::size_t lane = 0; lane < kLanes; ++lane) sums[lane] += row[i + lane] * x[i + lane];
    }
    for (; i < x.size(); ++i) sums[0] += row[i] * x[i];
    for (const float sum : sums) value += sum;
    row += x.size();
  }
  return y;
}

void silu(std::vector<float>& x) {
  for (float& value : x) value /= 1 + std::exp(-value);
}

}  // namespace atelier::engine::detail

#include "atelier/evaluation/pictures/clipping_meter.h"

#include <algorithm>
#include <limits>

namespace atelier::evaluation {
namespace {

template <typename Samples>
double clipped_share(const Samples& samples) {
  using Sample = typename Samples::value_type;
  const auto count = std::count_if(samples.begin(), samples.end(), [](Sample v) {
    return v == 0 || v == std::numeric_limits<Sample>::max();
  });
  return static_cast<double>(count) / static_cast<double>(samples.size());
}

}  // namespace

double ClippingMeter::operator()(const Image& picture) const {
  return picture.depth() == Depth::U8 ? clipped_share(picture.rgb8()) : clipped_share(picture.rgb16());
}

}  // namespace atelier::evaluation

#include "atelier/inference/brush.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace atelier::inference {

void settle_overlaps(std::vector<Brush>& brushes) {
  if (brushes.size() < 3) return;
  for (std::size_t i = 0; i < brushes[1].share.size(); ++i) {
    int total = 0;
    for (std::size_t b = 1; b < brushes.size(); ++b) total += brushes[b].share[i];
    if (total <= 255) continue;
    for (std::size_t b = 1; b < brushes.size(); ++b)
      brushes[b].share[i] = static_cast<std::uint8_t>(brushes[b].share[i] * 255 / total);
  }
}

void raise_detail(std::vector<Brush>& brushes, const MaskPlane& where) {
  MaskPlane left(where.size(), 255);  // of the first brush
  for (std::size_t b = 1; b < brushes.size(); ++b) {
    for (std::size_t i = 0; i < left.size(); ++i)
      left[i] = static_cast<std::uint8_t>(left[i] - brushes[b].share[i]);
  }
  for (std::size_t b = 0, count = brushes.size(); b < count; ++b) {
    if (brushes[b].detail == 1) continue;
    Brush fine = brushes[b];
    fine.detail = 1;
    MaskPlane& own = b == 0 ? left : brushes[b].share;
    fine.share.resize(where.size());
    for (std::size_t i = 0; i < where.size(); ++i) {
      fine.share[i] = static_cast<std::uint8_t>(own[i] * where[i] / 255);
      own[i] = static_cast<std::uint8_t>(own[i] - fine.share[i]);
    }
    brushes.push_back(std::move(fine));
  }
}

MaskPlane kept_lines(const std::vector<Brush>& brushes, std::size_t pixels, const MaskPlane& least) {
  MaskPlane lines(pixels);
  for (std::size_t i = 0; i < pixels; ++i) {
    int left = 255;
    float kept = 0;
    for (std::size_t b = 1; b < brushes.size(); ++b) {
      kept += static_cast<float>(brushes[b].share[i]) * brushes[b].detail;
      left -= brushes[b].share[i];
    }
    kept += static_cast<float>(left) * brushes.front().detail;
    lines[i] = static_cast<std::uint8_t>(kept + 0.5f);
    if (!least.empty()) lines[i] = std::max(lines[i], least[i]);
  }
  return lines;
}

}  // namespace atelier::inference

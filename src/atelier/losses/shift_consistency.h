#pragma once

#include <ATen/core/Tensor.h>

#include <utility>

namespace atelier::losses {

/// Shift consistency: painting a moved photo must give the moved painting; the flow is exact and free.
///   mean (T_d G(c) - G(T_d c))^2 over the overlap, `margin` pixels inside.
class ShiftConsistencyLoss {
 public:
  explicit ShiftConsistencyLoss(int margin = 12) : margin_(margin) {}

  /// The photo moved by (dx, dy) pixels, edges repeated.
  static at::Tensor shifted(const at::Tensor& content, int dx, int dy);

  /// `painting` of the photo and `painting_of_shifted` of shifted(photo, dx, dy).
  at::Tensor operator()(const at::Tensor& painting, const at::Tensor& painting_of_shifted, int dx,
                        int dy) const;

 private:
  int margin_;
};

}  // namespace atelier::losses

#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "atelier/style/style_library.h"

namespace atelier::training {

/// What teacher and student both paint in one step; rows are paintings.
struct DistillationBatch {
  at::Tensor photos;       ///< [B, 3, c, c]
  at::Tensor codes;        ///< [B, code_dim]
  at::Tensor stroke_log2;  ///< [B]
  at::Tensor detail;       ///< [B] in [0,1]
};

/// Codes [styles, code_dim] of a gallery, in its order.
at::Tensor codes_of(const style::StyleLibrary& gallery);

/// Draws batches: crops of photos; codes of the gallery, every second one between two styles, all moved by
/// noise that has the gallery's covariance; strokes and detail as the base training draws them.
class DistillationPlanner {
 public:
  /// photos: [3, H, W] uint8, at least one. gallery: codes_of, at least one row.
  DistillationPlanner(std::vector<at::Tensor> photos, at::Tensor gallery, std::uint64_t seed);
  /// A function of (seed, step, crop, batch) alone.
  DistillationBatch batch(std::int64_t step, int crop, int batch) const;

 private:
  std::vector<at::Tensor> photos_;
  at::Tensor gallery_;
  at::Tensor spread_;  ///< [styles, code_dim]; unit normal numbers times it have the gallery's covariance
  std::uint64_t seed_;
};

}  // namespace atelier::training

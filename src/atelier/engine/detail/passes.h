#pragma once

#include <cstddef>

#include "atelier/engine/detail/brush_shares.h"
#include "atelier/engine/detail/feature_map.h"
#include "atelier/engine/detail/kernels.h"

namespace atelier::engine::detail {

/// Whole-map passes between the convolutions, on several threads.

/// x = max(0, x * scale + shift).
void affine_relu(const Kernels& kernels, const FeatureMap& x, ReadAffine affine, int threads);

/// x += y * scale + shift.
void add_affine(const Kernels& kernels, const FeatureMap& x, const FeatureMap& y, ReadAffine affine,
                int threads);

/// x = max(0, x * scale + shift + y * y_scale); y_scale may be null, then y is not read.
void merge_relu(const Kernels& kernels, const FeatureMap& x, const FeatureMap& y, ReadAffine affine,
                const float* y_scale, int threads);

/// The same three where every pixel mixes several brushes; `shares` are of the map's size. Blocks hold scale
/// and shift, for merge_relu also y_scale, each of x.channels numbers.
void affine_relu(const Kernels& kernels, const FeatureMap& x, const BrushBlocks& blocks,
                 const BrushShares& shares, int threads);
void add_affine(const Kernels& kernels, const FeatureMap& x, const FeatureMap& y, const BrushBlocks& blocks,
                const BrushShares& shares, int threads);
void merge_relu(const Kernels& kernels, const FeatureMap& x, const FeatureMap& y, const BrushBlocks& blocks,
                const BrushShares& shares, int threads);

/// [1 3 3 1]^2 / 64 of `from` (read through `affine`), stride 2, reflect padding 1. `from` has even sides,
/// `to` half of them. scratch: one row of `from` a thread, in floats.
void blur_pool(const Kernels& kernels, const FeatureMap& from, ReadAffine affine, const FeatureMap& to,
               float* scratch, int threads);

}  // namespace atelier::engine::detail

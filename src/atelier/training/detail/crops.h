#pragma once

#include <ATen/core/Tensor.h>

#include <random>

namespace atelier::training {

using Random = std::mt19937_64;

/// A generator of its own for every (seed, step, purpose): a step's randomness never depends on what ran
/// before, so a resumed training repeats an uninterrupted one exactly.
Random random_for(std::uint64_t seed, std::int64_t step, std::uint64_t purpose);

/// A square window of random place and size (side .. side * max_zoom, as far as the picture reaches), shrunk
/// with antialiasing to side x side, flipped half of the time. bytes: [3, H, W] uint8 -> [3, side, side]
/// float in [0,1].
at::Tensor random_crop(const at::Tensor& bytes, int side, double max_zoom, Random& random);

/// [3, H, W] float, resized with antialiasing.
at::Tensor resize_antialiased(const at::Tensor& picture, std::int64_t height, std::int64_t width);

/// The Lab mean and covariance of `picture` made those of `palette` by the linear Monge-Kantorovich map
/// (Pitie & Kokaram 2007). Both [3, H, W] float RGB in [0,1].
at::Tensor recolour(const at::Tensor& picture, const at::Tensor& palette);

}  // namespace atelier::training

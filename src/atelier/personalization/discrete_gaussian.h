#pragma once

#include <cstdint>
#include <functional>
#include <span>

namespace atelier::personalization {

/// Gives uniform 64-bit words.
using RandomWords = std::function<std::uint64_t()>;

/// The operating system's cryptographic generator (libsodium). Noise that protects people comes from here:
/// whoever can predict the noise can subtract it. One object per thread.
RandomWords secure_random_words();

/// Exact sampler of the discrete Gaussian on the whole numbers, P(k) proportional to exp(-k^2 / (2 sigma^2)):
/// Canonne, Kamath, Steinke, The Discrete Gaussian for Differential Privacy, NeurIPS 2020, algorithms 1 to 3.
/// Whole-number arithmetic only: there are no floating-point bits through which a sum could show behind its
/// noise.
class DiscreteGaussian {
 public:
  static constexpr std::int64_t kMaxSigma = std::int64_t{1} << 26;

  /// Error Usage "privacy.sigma" for sigma outside 1..kMaxSigma.
  explicit DiscreteGaussian(std::int64_t sigma);

  std::int64_t sigma() const { return sigma_; }
  std::int64_t draw(const RandomWords& random) const;
  /// Adds an independent draw to every number.
  void add_to(std::span<std::int64_t> values, const RandomWords& random) const;

  /// Total variation between `count` draws and as many Gaussian numbers of the same sigma rounded to the
  /// nearest whole number is at most this: count / (24 sigma^2), twice the leading term of the mid-point
  /// rule. It is what allows calibrations made for the continuous Gaussian.
  double distance_from_rounded(std::size_t count) const;

 private:
  std::int64_t sigma_;
};

}  // namespace atelier::personalization

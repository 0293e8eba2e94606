#pragma once

#include <cstdint>
#include <vector>

namespace atelier::personalization {

/// Gaussian noise of `noise` times the sensitivity is (epsilon, delta)-differentially private for exactly
///   delta = Phi(1/(2 noise) - epsilon noise) - exp(epsilon) Phi(-1/(2 noise) - epsilon noise)
/// (Balle and Wang, Improving the Gaussian Mechanism for Differential Privacy, ICML 2018, theorem 8).
/// Several releases compose to one with 1/noise^2 = sum of 1/noise_i^2.
/// All three: Error Usage "privacy.parameter" unless epsilon is in [0, 100], delta in (0, 1), noise > 0.
double gaussian_delta(double epsilon, double noise);
double gaussian_epsilon(double delta, double noise);  ///< smallest epsilon; 0 when none is needed
double gaussian_noise(double epsilon, double delta);  ///< smallest noise, rounded up; epsilon > 0

/// Adds up what releases cost together, in Renyi differential privacy at orders 2..256 (Mironov 2017), with
/// the conversion of Canonne, Kamath and Steinke 2020:
///   epsilon = min over a of  rho(a) + ln(1 - 1/a) - ln(delta a) / (a - 1).
/// Adjacency: one person's data there or not.
class PrivacyAccountant {
 public:
  PrivacyAccountant();

  /// A release of a sum with Gaussian noise, `times` times. Error Usage "privacy.parameter" for noise <= 0 or
  /// times < 0.
  void add_gaussian(double noise, std::int64_t times = 1);
  /// Steps that each see a random part of the people, everyone with probability `rate` on their own (Poisson
  /// sampling): Mironov, Talwar, Zhang 2019, equation 3 at whole orders. Error also for rate outside [0, 1].
  void add_subsampled_gaussian(double rate, double noise, std::int64_t steps);

  /// Smallest epsilon at this delta; 0 when nothing was added. Error Usage "privacy.parameter" for delta
  /// outside (0, 1).
  double epsilon(double delta) const;

 private:
  std::vector<double> rho_;  ///< at orders 2, 3, ...
};

}  // namespace atelier::personalization

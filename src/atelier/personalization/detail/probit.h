#pragma once

namespace atelier::personalization::detail {

double normal_density(double x);
double normal_cdf(double x);      ///< Phi, no cancellation in the lower tail
double log_normal_cdf(double x);  ///< log Phi, finite for every finite x

/// log P of an answer at the (noise-scaled) difference d and its first two derivatives in d; second <= 0.
struct LogLikelihood {
  double value = 0;
  double first = 0;
  double second = 0;
};

/// log Phi(d - width): "the first is better by more than a tie".
LogLikelihood log_win(double d, double width);
/// log(Phi(d + width) - Phi(d - width)): "about the same".
LogLikelihood log_tie(double d, double width);

}  // namespace atelier::personalization::detail

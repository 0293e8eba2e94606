#pragma once

#include <cstdint>

namespace atelier::personalization::detail {

/// I_x(a, b), the distribution function of Beta(a, b); x in [0, 1], a and b > 0.
double beta_cdf(double x, double a, double b);
/// Its inverse; probability in [0, 1].
double beta_quantile(double probability, double a, double b);

/// Bounds on a probability after `hits` of `trials`, each wrong at most with probability `miss` (Clopper,
/// Pearson 1934).
double binomial_lower(std::int64_t hits, std::int64_t trials, double miss);
double binomial_upper(std::int64_t hits, std::int64_t trials, double miss);

}  // namespace atelier::personalization::detail

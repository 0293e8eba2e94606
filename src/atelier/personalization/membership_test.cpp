#include "atelier/personalization/membership_test.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <random>
#include <vector>

#include "atelier/core/error.h"
#include "atelier/personalization/detail/binomial_interval.h"

namespace atelier::personalization {
namespace {

/// Scores of releases; higher should mean "the target is in".
struct Scores {
  std::vector<double> in, out;
};

struct Normal {
  double mean = 0, sd = 1;

  static Normal fit(std::span<const double> values) {
    Normal out;
    for (const double value : values) out.mean += value / static_cast<double>(values.size());
    double square = 0;
    for (const double value : values) square += (value - out.mean) * (value - out.mean);
    // Without noise all are equal: a tiny width keeps the ratio finite.
    out.sd =
        std::max(std::sqrt(square / static_cast<double>(values.size())), 1e-9 * (1 + std::abs(out.mean)));
    return out;
  }
  double log_density(double value) const {
    const double z = (value - mean) / sd;
    return -0.5 * z * z - std::log(sd);
  }
};

std::int64_t count_at_least(const std::vector<double>& sorted, double threshold) {
  return sorted.end() - std::lower_bound(sorted.begin(), sorted.end(), threshold);
}

double area_under_curve(const Scores& sorted) {
  double wins = 0;
  for (const double value : sorted.in) {
    const auto range = std::equal_range(sorted.out.begin(), sorted.out.end(), value);
    wins += static_cast<double>(range.first - sorted.out.begin()) +
            0.5 * static_cast<double>(range.second - range.first);
  }
  return wins / (static_cast<double>(sorted.in.size()) * static_cast<double>(sorted.out.size()));
}

double hits_at(const Scores& sorted, double false_alarms) {
  const auto allowed = static_cast<std::size_t>(false_alarms * static_cast<double>(sorted.out.size()));
  const double threshold = sorted.out[sorted.out.size() - 1 - allowed];
  const auto above = sorted.in.end() - std::upper_bound(sorted.in.begin(), sorted.in.end(), threshold);
  return static_cast<double>(above) / static_cast<double>(sorted.in.size());
}

// ln((P - delta) / Q) for the bounds of P (hits of trials) and Q (alarms of trials).
double epsilon_bound(std::int64_t hits, std::int64_t alarms, std::int64_t trials, double delta, double miss) {
  const double sure = detail::binomial_lower(hits, trials, miss) - delta;
  return sure <= 0 ? 0 : std::max(0.0, std::log(sure / detail::binomial_upper(alarms, trials, miss)));
}

AttackResult judge(const Scores& raw, double delta, double confidence) {
  const std::size_t half = raw.in.size() / 2;
  const auto in = Normal::fit(std::span(raw.in).first(half));
  const auto out = Normal::fit(std::span(raw.out).first(half));
  const auto ratios = [&](std::span<const double> values) {
    std::vector<double> result;
    for (const double value : values) result.push_back(in.log_density(value) - out.log_density(value));
    std::sort(result.begin(), result.end());
    return result;
  };
  const Scores tuning{ratios(std::span(raw.in).first(half)), ratios(std::span(raw.out).first(half))};
  const Scores judged{ratios(std::span(raw.in).subspan(half)), ratios(std::span(raw.out).subspan(half))};

  AttackResult result;
  result.auc = area_under_curve(judged);
  result.hits_at_1_percent = hits_at(judged, 0.01);
  result.hits_at_01_percent = hits_at(judged, 0.001);

  // Two bounds hold together: each may miss with half of what is left to chance.
  const double miss = (1 - confidence) / 2;
  const auto bound = [&](const Scores& scores, double threshold, bool members) {
    const auto trials = static_cast<std::int64_t>(scores.in.size());
    const auto in_above = count_at_least(scores.in, threshold);
    const auto out_above = count_at_least(scores.out, threshold);
    return members ? epsilon_bound(in_above, out_above, trials, delta, miss)
                   : epsilon_bound(static_cast<std::int64_t>(scores.out.size()) - out_above,
                                   trials - in_above, trials, delta, miss);
  };
  double best = -1, threshold = 0;
  bool members = true;
  for (std::size_t step = 1; step < 100; ++step) {
    for (const auto* side : {&tuning.in, &tuning.out}) {
      const double candidate = (*side)[step * (side->size() - 1) / 100];
      for (const bool about_members : {true, false}) {
        const double value = bound(tuning, candidate, about_members);
        if (value > best) {
          best = value;
          threshold = candidate;
          members = about_members;
        }
      }
    }
  }
  result.epsilon_lower_bound = bound(judged, threshold, members);
  return result;
}

std::string line_of(const char* who, const AttackResult& attack) {
  char text[200];
  std::snprintf(
      text, sizeof text,
      "%s: AUC %.3f; recognised at 1 %% false alarms %.2f %%, at 0.1 %% %.2f %%; epsilon at least %.2f\n",
      who, attack.auc, 100 * attack.hits_at_1_percent, 100 * attack.hits_at_01_percent,
      attack.epsilon_lower_bound);
  return text;
}

}  // namespace

bool MembershipReport::holds() const {
  return std::max(prior.epsilon_lower_bound, sums.epsilon_lower_bound) <= epsilon;
}

std::string MembershipReport::to_text() const {
  char head[200];
  std::snprintf(
      head, sizeof head,
      "membership test: %zu people, claimed epsilon %g at delta %.2g, %zu releases with the target and as "
      "many without\n",
      people, epsilon, delta, shadows);
  return head + line_of("from the prior", prior) + line_of("from the noisy sums", sums) +
         (holds() ? "the claim holds\n" : "THE CLAIM DOES NOT HOLD: do not publish\n");
}

MembershipReport test_membership(const ContributionScheme& scheme, std::span<const Contribution> others,
                                 const Contribution& target, const ReleaseOptions& release,
                                 const MembershipOptions& options) {
  if (options.shadows < 100 || options.shadows % 2 != 0 ||
      !(options.confidence >= 0.5 && options.confidence < 1)) {
    throw Error(
        ErrorCode::Usage, "privacy.parameter",
        "a membership test needs an even number of at least 100 shadows and a confidence of 0.5 to 1");
  }
  std::vector<Contribution> everybody(others.begin(), others.end());
  everybody.push_back(target);
  const auto with = scheme.sum(everybody);
  const auto without = scheme.sum(others);
  const ReleaseNoise noise = release_noise(scheme, everybody.size(), release);
  const auto people = static_cast<std::int64_t>(everybody.size());
  const double sigma = options.noise ? static_cast<double>(noise.sigma) : 0;
  const DiscreteGaussian sampler(noise.sigma);
  const RandomWords random = [generator = std::mt19937_64(options.seed)]() mutable { return generator(); };

  Eigen::VectorXd direction(static_cast<Eigen::Index>(scheme.size()));
  for (Eigen::Index i = 0; i < direction.size(); ++i) {
    direction(i) =
        static_cast<double>(target.statistic()[static_cast<std::size_t>(i)]) * ContributionScheme::kUnit;
  }

  Scores prior, sums;
  const auto shadow = [&](const std::vector<std::int64_t>& sum, std::vector<double>& prior_scores,
                          std::vector<double>& sum_scores) {
    auto noisy = sum;
    if (options.noise) sampler.add_to(noisy, random);
    double projected = 0;
    for (std::size_t i = 0; i < noisy.size(); ++i) {
      projected += static_cast<double>(noisy[i] - without[i]) * ContributionScheme::kUnit *
                   direction(static_cast<Eigen::Index>(i));
    }
    sum_scores.push_back(projected);
    prior_scores.push_back(
        direction.dot(scheme.statistic_of(scheme.prior_of(noisy, people, sigma, release.floor))));
  };
  for (std::size_t i = 0; i < options.shadows; ++i) {
    shadow(with, prior.in, sums.in);
    shadow(without, prior.out, sums.out);
  }

  MembershipReport report;
  report.prior = judge(prior, noise.delta, options.confidence);
  report.sums = judge(sums, noise.delta, options.confidence);
  report.epsilon = release.epsilon;
  report.delta = noise.delta;
  report.people = everybody.size();
  report.shadows = options.shadows;
  return report;
}

}  // namespace atelier::personalization

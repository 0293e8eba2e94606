#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "atelier/personalization/population_release.h"

namespace atelier::personalization {

/// How well an attacker tells releases with somebody's answers from releases without.
struct AttackResult {
  double auc = 0.5;                ///< 0.5: guessing, 1: always right
  double hits_at_1_percent = 0;    ///< members recognised when 1 % of the others are wrongly accused
  double hits_at_01_percent = 0;   ///< the same at 0.1 %; guessing would give 0.001
  double epsilon_lower_bound = 0;  ///< with the test's confidence epsilon is not below this
};

struct MembershipReport {
  AttackResult prior;  ///< an attacker who sees the released prior
  AttackResult sums;   ///< one who also sees the noisy sums it was made from: everything there is
  double epsilon = 0;  ///< claimed
  double delta = 0;
  std::size_t people = 0;
  std::size_t shadows = 0;  ///< releases with and as many without

  /// False when an attack proved more than was claimed.
  bool holds() const;
  std::string to_text() const;  ///< a few lines for people
};

struct MembershipOptions {
  std::size_t shadows = 4000;  ///< with and as many without; >= 100, even
  double confidence = 0.95;    ///< of the lower bound, in [0.5, 1)
  std::uint64_t seed = 1;
  bool noise = true;  ///< false: what would leak without any; a test of the test
};

/// Membership inference against a release (Shokri et al. 2017; likelihood ratios as in Carlini et al.,
/// Membership Inference Attacks From First Principles, 2022). The attacker is the strongest differential
/// privacy speaks of: they know the target's contribution and everybody else's, and only not whether the
/// target's answers are in. Shadow releases with and without are drawn, projected on what the target would
/// change, and a normal distribution is fitted to each kind on one half; the other half is judged by the
/// likelihood ratio. The bound on epsilon is
///   ln((hits - delta) / false alarms)
/// for members and for non-members, at a threshold chosen on the first half, with Clopper-Pearson bounds
/// (Jagielski et al. 2020). Nothing is written to a ledger: the shadows' noise comes from `seed` and they are
/// thrown away. Error Usage "privacy.parameter" for options out of range; those of ContributionScheme::sum
/// and release_noise.
MembershipReport test_membership(const ContributionScheme& scheme, std::span<const Contribution> others,
                                 const Contribution& target, const ReleaseOptions& release,
                                 const MembershipOptions& options = {});

}  // namespace atelier::personalization

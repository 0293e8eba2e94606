#include "atelier/personalization/taste_group.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "atelier/core/error.h"
#include "atelier/personalization/detail/slopes.h"

namespace atelier::personalization {
namespace {

void require_good(std::span<const GroupMember> members, std::span<const Candidate> candidates,
                  const GroupOptions& options) {
  const auto refuse = [](const std::string& cause) { throw Error(ErrorCode::Usage, "taste.group", cause); };
  if (members.size() < 2) refuse("a group has at least two members; name more people");
  if (candidates.size() < 2) refuse("a group needs at least two styles to choose from");
  std::set<std::string> names;
  for (const GroupMember& member : members) {
    if (member.model == nullptr) refuse("'" + printable(member.name) + "' has no taste to look at");
    if (!names.insert(member.name).second) refuse("'" + printable(member.name) + "' is named twice");
  }
  if (!(options.disagreement_weight >= 0) || !(options.uncertainty_weight >= 0)) {
    refuse("the weights of disagreement and uncertainty must be 0 or more");
  }
}

/// [candidates][members]: utilities with mean 0 and sd 1 for each member, and their uncertainty in the same
/// unit.
struct Opinions {
  Eigen::MatrixXd utility, doubt;
};

Opinions opinions(std::span<const GroupMember> members, const Eigen::MatrixXd& gallery) {
  const auto count = static_cast<Eigen::Index>(members.size());
  Opinions found{Eigen::MatrixXd::Zero(gallery.rows(), count), Eigen::MatrixXd::Zero(gallery.rows(), count)};
  for (Eigen::Index m = 0; m < count; ++m) {
    // How high somebody rates in general is no opinion: utilities count from their own mean.
    JointBelief known = members[static_cast<std::size_t>(m)].model->joint(gallery);
    known.mean.array() -= known.mean.mean();
    known.covariance.rowwise() -= known.covariance.colwise().mean().eval();
    known.covariance.colwise() -= known.covariance.rowwise().mean().eval();
    const double sd = std::sqrt(known.mean.squaredNorm() / static_cast<double>(gallery.rows()));
    // Somebody without an opinion stays at 0 for every style.
    const double unit = sd > 1e-9 ? sd : 1;
    for (Eigen::Index i = 0; i < gallery.rows(); ++i) {
      found.utility(i, m) = known.mean(i) / unit;
      found.doubt(i, m) = std::sqrt(std::max(0.0, known.covariance(i, i))) / unit;
    }
  }
  return found;
}

struct Stance {
  double strength = 0, low = 0, high = 0;
};

std::string names_of(const std::vector<std::size_t>& who, std::span<const GroupMember> members) {
  std::string text;
  for (std::size_t i = 0; i < who.size(); ++i) {
    text += (i == 0 ? "" : i + 1 == who.size() ? " and " : ", ") + members[who[i]].name;
  }
  return text + (who.size() == 1 ? " favours " : " favour ");
}

}  // namespace

GroupTaste group_taste(std::span<const GroupMember> members, const TasteFeatures& features,
                       std::span<const Candidate> candidates, std::span<const style::Attribute> words,
                       const GroupOptions& options) {
  require_good(members, candidates, options);
  const Eigen::MatrixXd gallery = detail::rows_of(candidates);
  const Opinions heard = opinions(members, gallery);

  GroupTaste taste;
  for (Eigen::Index i = 0; i < gallery.rows(); ++i) {
    const Eigen::RowVectorXd utility = heard.utility.row(i);
    GroupPick pick;
    pick.index = static_cast<std::size_t>(i);
    pick.mean = utility.mean();
    pick.spread = std::sqrt((utility.array() - pick.mean).square().mean());
    pick.score = pick.mean - options.disagreement_weight * pick.spread -
                 options.uncertainty_weight * heard.doubt.row(i).mean();
    Eigen::Index least = 0;
    pick.least_happy_utility = utility.minCoeff(&least);
    pick.least_happy = static_cast<std::size_t>(least);
    pick.utilities.assign(utility.data(), utility.data() + utility.size());
    taste.picks.push_back(std::move(pick));
  }
  std::stable_sort(taste.picks.begin(), taste.picks.end(),
                   [](const GroupPick& a, const GroupPick& b) { return a.score > b.score; });

  const Eigen::MatrixXd slopes = detail::slope_directions(gallery, features);
  for (const style::Attribute& attribute : words) {
    const int index = features.index_of(attribute.key);
    if (index < 0) continue;
    const Eigen::VectorXd direction = slopes.row(index - features.coordinates()).transpose();
    std::vector<Stance> stances;
    std::vector<std::size_t> for_high, for_low;
    for (std::size_t m = 0; m < members.size(); ++m) {
      const Prediction slope = members[m].model->slope(direction);
      const double half = detail::kNinetyPercent * slope.sd;
      stances.push_back({slope.mean, slope.mean - half, slope.mean + half});
      if (!members[m].model->learned()) continue;
      if (stances.back().low > 0) for_high.push_back(m);
      if (stances.back().high < 0) for_low.push_back(m);
    }
    if (for_high.size() == members.size()) taste.shared.push_back("all favour " + attribute.high_phrase);
    if (for_low.size() == members.size()) taste.shared.push_back("all favour " + attribute.low_phrase);
    if (for_high.empty() || for_low.empty()) continue;
    const auto stronger = [&](std::size_t a, std::size_t b) {
      return stances[a].strength < stances[b].strength;
    };
    GroupConflict conflict;
    conflict.key = attribute.key;
    conflict.for_high = *std::max_element(for_high.begin(), for_high.end(), stronger);
    conflict.for_low = *std::min_element(for_low.begin(), for_low.end(), stronger);
    conflict.gap = stances[conflict.for_high].strength - stances[conflict.for_low].strength;
    conflict.sentence = names_of(for_high, members) + attribute.high_phrase + ", " +
                        names_of(for_low, members) + attribute.low_phrase;
    taste.conflicts.push_back(std::move(conflict));
  }
  std::stable_sort(taste.conflicts.begin(), taste.conflicts.end(),
                   [](const GroupConflict& a, const GroupConflict& b) { return a.gap > b.gap; });
  return taste;
}

}  // namespace atelier::personalization

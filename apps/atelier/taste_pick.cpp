#include "taste_pick.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "atelier/style/blend.h"

namespace atelier::cli {
namespace {

using personalization::Candidate;
using personalization::PreferenceModel;

constexpr std::size_t kBlended = 6;  // the best styles that are tried in pairs
constexpr double kSameShare = 0.35;  // nearer than this share of the usual distance is the same style again
constexpr double kSpreadWeight = 1;  // what being different is worth, in standard deviations of utility

struct Option {
  std::vector<std::pair<std::string, double>> shares;
  StyleCode code;
  Eigen::VectorXd psi;
  double score = 0;
};

Option gallery_option(const TasteGallery& gallery, const Candidate& candidate) {
  return {{{candidate.key, 1.0}}, gallery.gallery().require(candidate.key).code, candidate.psi, 0};
}

// A blend's attributes were never measured: its features are what the space knows of them.
Option blend_option(const TasteGallery& gallery, const Option& a, const Option& b) {
  const std::pair<StyleCode, double> parts[] = {{a.code, 0.5}, {b.code, 0.5}};
  Option blended{{{a.shares.front().first, 0.5}, {b.shares.front().first, 0.5}}, style::blend(parts), {}, 0};
  blended.psi = gallery.features().psi({.style = {}, .code = blended.code, .attributes = {}});
  return blended;
}

/// Scores the options from `first` on: the expected utility at explore 0, a draw from what it may be at 1.
/// The same seed is the same draw, whatever options are scored.
void score(std::vector<Option>& options, std::size_t first, const PreferenceModel& model,
           const TastePickOptions& wanted) {
  if (first == options.size()) return;
  Eigen::MatrixXd rows(static_cast<Eigen::Index>(options.size() - first), model.dim());
  for (std::size_t i = first; i < options.size(); ++i)
    rows.row(static_cast<Eigen::Index>(i - first)) = options[i].psi.transpose();
  std::mt19937_64 random(wanted.seed);
  const Eigen::VectorXd utility = model.drawn(rows, wanted.explore, random);
  for (std::size_t i = first; i < options.size(); ++i)
    options[i].score = utility[static_cast<Eigen::Index>(i - first)];
}

double median_distance(const std::vector<Option>& options) {
  std::vector<double> distances;
  for (std::size_t i = 0; i < options.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) distances.push_back((options[i].psi - options[j].psi).norm());
  }
  if (distances.empty()) return 0;
  const auto middle = distances.begin() + static_cast<std::ptrdiff_t>(distances.size() / 2);
  std::nth_element(distances.begin(), middle, distances.end());
  return *middle;
}

double spread_of_scores(const std::vector<Option>& options) {
  double sum = 0, squares = 0;
  for (const Option& option : options) sum += option.score, squares += option.score * option.score;
  const double count = static_cast<double>(options.size()), mean = sum / count;
  return std::sqrt(std::max(0.0, squares / count - mean * mean));
}

bool shares_a_style(const Option& a, const Option& b) {
  return std::ranges::any_of(a.shares, [&](const auto& share) {
    return std::ranges::any_of(b.shares, [&](const auto& other) { return other.first == share.first; });
  });
}

// Each next one is the best of those that differ from what was taken, being different counting too.
std::vector<Option> take_different(std::vector<Option> options, int count, double usual, double spread) {
  std::vector<Option> taken;
  while (!options.empty() && taken.size() < static_cast<std::size_t>(count)) {
    const auto worth = [&](const Option& option) {
      double nearest = 1;
      for (const Option& before : taken)
        nearest = std::min(nearest, (option.psi - before.psi).norm() / usual);
      return taken.empty() ? option.score : option.score + kSpreadWeight * spread * nearest;
    };
    const auto best = std::ranges::max_element(options, {}, worth);
    taken.push_back(*best);
    const Option last = taken.back();
    std::erase_if(options, [&](const Option& option) {
      return shares_a_style(option, last) || (option.psi - last.psi).norm() <= kSameShare * usual;
    });
  }
  return taken;
}

std::optional<float> detail_of(const TasteGallery& gallery,
                               const std::vector<std::pair<std::string, double>>& shares) {
  double detail = 0;
  bool known = false;
  for (const auto& [name, share] : shares) {
    const style::NamedStyle* style = gallery.gallery().find(name);
    const bool has_own = style != nullptr && style->detail >= 0;
    known = known || has_own;
    detail +=
        share * static_cast<double>(has_own ? style->detail : gallery.bundle().manifest().default_detail);
  }
  return known ? std::optional(static_cast<float>(detail)) : std::nullopt;
}

std::vector<TastePick> mapped_styles(const TasteSession& session, const personalization::StyleMapper& mapper,
                                     const TastePickOptions& wanted) {
  std::vector<TastePick> picks;
  for (personalization::StyleMapper::Proposal& proposal : mapper.map(session.model(), session.observations(),
                                                                     {.variants = wanted.variants,
                                                                     .explore = wanted.explore,
                                                                     .seed = wanted.seed,
                                                                     .mood = session.mood()})) {
    TastePick pick;
    pick.code = std::move(proposal.code);
    pick.detail = detail_of(session.gallery(), proposal.anchors);
    pick.utility = proposal.utility;
    pick.how = "made by the style mapper";
    pick.shares = std::move(proposal.anchors);
    picks.push_back(std::move(pick));
  }
  return picks;
}

}  // namespace

std::string TastePick::name() const {
  if (shares.size() == 1) return shares.front().first;
  std::string text;
  for (const auto& [style, share] : shares) {
    if (share >= 0.05) text += (text.empty() ? "" : " ") + fmt::format("{}:{:.2g}", style, share);
  }
  return text;
}

std::vector<TastePick> pick_styles(const TasteSession& session, const TastePickOptions& wanted) {
  const TasteGallery& gallery = session.gallery();
  // Before the first answer it has nothing to go by, and picks worse than what people in general like.
  if (gallery.mapper() && !session.observations().empty())
    return mapped_styles(session, *gallery.mapper(), wanted);
  std::vector<Option> options;
  for (const Candidate& candidate : gallery.candidates())
    options.push_back(gallery_option(gallery, candidate));
  score(options, 0, session.model(), wanted);
  std::ranges::stable_sort(options, std::ranges::greater(), &Option::score);
  const double usual = median_distance(options), spread = spread_of_scores(options);

  const std::size_t known = options.size(), best = std::min(kBlended, known);
  for (std::size_t i = 0; i < best; ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      options.push_back(blend_option(gallery, options[j], options[i]));
    }
  }
  score(options, known, session.model(), wanted);
  std::vector<TastePick> picks;
  for (Option& option : take_different(std::move(options), wanted.variants, usual, spread)) {
    TastePick pick;
    pick.code = std::move(option.code);
    pick.detail = detail_of(gallery, option.shares);
    pick.utility = session.model().utility(option.psi);
    pick.how = option.shares.size() == 1 ? "chosen from the gallery" : "a blend of the gallery's best";
    pick.shares = std::move(option.shares);
    picks.push_back(std::move(pick));
  }
  return picks;
}

}  // namespace atelier::cli

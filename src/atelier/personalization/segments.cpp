#include "atelier/personalization/segments.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>
#include <random>
#include <set>

#include "atelier/core/error.h"
#include "atelier/personalization/detail/binomial_interval.h"
#include "atelier/personalization/detail/k_means.h"
#include "atelier/personalization/preference_model.h"

namespace atelier::personalization {
namespace {

constexpr std::size_t kMostPeople = 100'000;
constexpr std::size_t kFewestForOwnStyle = 10;  // an interval from resampling fewer people means nothing
constexpr std::size_t kBlocks = 200;  // resampling blocks of people costs less and gives the same spread
constexpr double kMiss = 0.05;        // on each side of an interval

/// What answers say about a taste y ~ N(0, I): a Gaussian likelihood marginalised over people,
/// pull = sum (posterior means), information = sum (I - posterior covariances). With x the posterior mean of
/// a person under that prior, I - V is how precisely the person's answers tell the mean of the population
/// they come from.
struct Evidence {
  Eigen::VectorXd pull;
  Eigen::MatrixXd information;

  static Evidence none(Eigen::Index size) {
    return {Eigen::VectorXd::Zero(size), Eigen::MatrixXd::Zero(size, size)};
  }
  Evidence& operator+=(const Evidence& other) {
    pull += other.pull;
    information += other.information;
    return *this;
  }
  /// The mean taste, drawn to `centre` by the weight of one perfectly known person.
  Eigen::VectorXd mean(const Eigen::VectorXd& centre) const {
    Eigen::MatrixXd precision = information;
    precision.diagonal().array() += 1;
    return centre + precision.ldlt().solve(pull - information * centre);
  }
};

/// The candidates in coordinates in which the prior is N(0, I): utilities are base + design y, centred.
struct Gallery {
  std::vector<std::string> keys;
  std::map<std::string, std::size_t> index;
  std::vector<bool> may_win;
  Eigen::VectorXd base;    ///< [styles]
  Eigen::MatrixXd design;  ///< [styles][r]
  Eigen::MatrixXd whiten;  ///< [r][dim]

  Eigen::VectorXd utilities(const Eigen::VectorXd& taste) const { return base + design * taste; }
  std::size_t best(const Eigen::VectorXd& taste) const {
    const Eigen::VectorXd utility = utilities(taste);
    std::size_t best = keys.size();
    for (std::size_t i = 0; i < keys.size(); ++i) {
      if (may_win[i] && (best == keys.size() ||
                         utility(static_cast<Eigen::Index>(i)) > utility(static_cast<Eigen::Index>(best)))) {
        best = i;
      }
    }
    return best;
  }
};

/// What one person did with one style.
struct Count {
  std::size_t style = 0;
  double rating = 0;
  std::int64_t clicks = 0, impressions = 0;
};

struct Person {
  std::string name, segment;
  std::vector<Count> counts;  ///< by style, each once
};

/// Groups of people by index.
using Groups = std::vector<std::vector<std::size_t>>;

Gallery make_gallery(std::span<const Candidate> candidates, const PopulationPrior& prior, double unit) {
  Gallery gallery;
  Eigen::MatrixXd psi(static_cast<Eigen::Index>(candidates.size()), prior.dim());
  for (const auto& candidate : candidates) {
    const std::size_t at = gallery.keys.size();
    if (!gallery.index.emplace(candidate.key, at).second) {
      throw Error(ErrorCode::Usage, "taste.candidates",
                  "the style " + printable(candidate.key) + " is a candidate twice");
    }
    if (candidate.psi.size() != prior.dim() || !candidate.psi.allFinite()) {
      throw Error(ErrorCode::Usage, "taste.candidates",
                  "the features of " + printable(candidate.key) + " do not fit the prior or are not finite");
    }
    gallery.keys.push_back(candidate.key);
    psi.row(static_cast<Eigen::Index>(at)) = candidate.psi.transpose();
  }
  if (candidates.size() < 2) {
    throw Error(ErrorCode::Usage, "taste.candidates",
                "there must be at least 2 candidate styles to choose from");
  }
  psi.rowwise() -= psi.colwise().mean().eval();
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(prior.covariance);
  const double smallest = std::max(0.0, 1e-10 * solver.eigenvalues().maxCoeff());
  const auto rank = (solver.eigenvalues().array() > smallest).count();
  const Eigen::MatrixXd directions = solver.eigenvectors().rightCols(rank);
  const Eigen::VectorXd sds = solver.eigenvalues().tail(rank).cwiseSqrt();
  gallery.base = unit * psi * prior.mean;
  gallery.design = unit * psi * directions * sds.asDiagonal();
  gallery.whiten = sds.cwiseInverse().asDiagonal() * directions.transpose();
  return gallery;
}

std::vector<Person> make_people(const SegmentTable& table, const Gallery& gallery) {
  std::map<std::string, std::pair<std::string, std::map<std::size_t, Count>>> by_name;
  for (const auto& row : table.rows) {
    const auto style = gallery.index.find(row.style);
    if (style == gallery.index.end()) {
      throw Error(ErrorCode::BadData, "segments.style",
                  "the style \"" + printable(row.style) +
                      "\" is none of the candidates; leave its rows out or add it");
    }
    auto& [segment, counts] = by_name[row.user];
    segment = row.segment;
    Count& count = counts[style->second];
    count.style = style->second;
    count.rating = row.rating;
    count.clicks += row.clicks;
    count.impressions += row.impressions;
  }
  if (by_name.empty()) throw Error(ErrorCode::BadData, "segments.empty", "there are no rows to learn from");
  if (by_name.size() > kMostPeople) {
    throw Error(ErrorCode::BadData, "segments.people",
                std::to_string(by_name.size()) + " people are more than 100000; take a random part of them");
  }
  std::vector<Person> people;
  for (const auto& [name, known] : by_name) {
    Person person{name, known.first, {}};
    for (const auto& [style, count] : known.second) person.counts.push_back(count);
    people.push_back(std::move(person));
  }
  return people;
}

/// Everybody's evidence from their `part`-th half of the answers (0, 1) or from all (-1).
class Tastes {
 public:
  Tastes(const SegmentTable& table, const std::vector<Person>& people, std::span<const Candidate> candidates,
         const PopulationPrior& prior, const Gallery& gallery, int part) {
    double clicks = 0.5, impressions = 1;
    for (const auto& person : people) {
      for (const auto& count : person.counts) {
        clicks += static_cast<double>(count.clicks);
        impressions += static_cast<double>(count.impressions);
      }
    }
    const double rate = clicks / impressions;
    const double log_odds = std::log(rate / (1 - rate));
    for (std::size_t i = 0; i < people.size(); ++i) {
      std::vector<Count> counts;
      for (std::size_t j = 0; j < people[i].counts.size(); ++j) {
        if (part < 0 || (i + j) % 2 == static_cast<std::size_t>(part)) counts.push_back(people[i].counts[j]);
      }
      all_.push_back(table.kind == SegmentData::Ratings ? from_ratings(counts, candidates, prior, gallery)
                                                        : from_clicks(counts, gallery, log_odds));
    }
  }

  const Evidence& of(std::size_t person) const { return all_[person]; }

  /// Expected utilities as points, at distances that are root mean square differences over the candidates.
  Eigen::MatrixXd points(const Gallery& gallery) const {
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(gallery.design.transpose() * gallery.design /
                                                                static_cast<double>(gallery.design.rows()));
    const Eigen::MatrixXd scale =
        solver.eigenvalues().cwiseMax(0).cwiseSqrt().asDiagonal() * solver.eigenvectors().transpose();
    Eigen::MatrixXd out(static_cast<Eigen::Index>(all_.size()), scale.rows());
    for (std::size_t i = 0; i < all_.size(); ++i) {
      out.row(static_cast<Eigen::Index>(i)) = (scale * all_[i].pull).transpose();
    }
    return out;
  }

 private:
  static Evidence from_ratings(const std::vector<Count>& counts, std::span<const Candidate> candidates,
                               const PopulationPrior& prior, const Gallery& gallery) {
    const auto rank = gallery.whiten.rows();
    if (counts.empty()) return Evidence::none(rank);
    std::vector<TasteObservation> answers;
    for (const auto& count : counts) {
      const Candidate& candidate = candidates[count.style];
      answers.push_back(rating_of(candidate.psi, count.rating, candidate.key,
                                  static_cast<std::int64_t>(answers.size()) + 1));
    }
    // Carelessness is judged by one person's few ratings; here careless people only dilute their segment.
    PreferenceOptions options;
    options.notice_careless = false;
    const auto model = PreferenceModel::fit(prior, answers, 0, options);
    return {gallery.whiten * (model.mean() - prior.mean),
            Eigen::MatrixXd::Identity(rank, rank) -
                gallery.whiten * model.covariance() * gallery.whiten.transpose()};
  }

  static Evidence from_clicks(const std::vector<Count>& counts, const Gallery& gallery, double log_odds) {
    const auto rank = gallery.design.cols();
    if (counts.empty()) return Evidence::none(rank);
    Eigen::VectorXd taste = Eigen::VectorXd::Zero(rank);
    Eigen::MatrixXd precision;
    const auto value = [&](const Eigen::VectorXd& at) {
      double total = -0.5 * at.squaredNorm();
      for (const auto& count : counts) {
        const auto style = static_cast<Eigen::Index>(count.style);
        const double u = log_odds + gallery.base(style) + gallery.design.row(style).dot(at);
        total += static_cast<double>(count.clicks) * u -
                 static_cast<double>(count.impressions) *
                     (u > 0 ? u + std::log1p(std::exp(-u)) : std::log1p(std::exp(u)));
      }
      return total;
    };
    for (int step = 0; step < 30; ++step) {
      Eigen::VectorXd gradient = -taste;
      precision = Eigen::MatrixXd::Identity(rank, rank);
      for (const auto& count : counts) {
        const auto style = static_cast<Eigen::Index>(count.style);
        const Eigen::VectorXd row = gallery.design.row(style).transpose();
        const double chance = 1 / (1 + std::exp(-log_odds - gallery.base(style) - row.dot(taste)));
        const auto shown = static_cast<double>(count.impressions);
        gradient += (static_cast<double>(count.clicks) - shown * chance) * row;
        precision += shown * chance * (1 - chance) * row * row.transpose();
      }
      const Eigen::VectorXd move = precision.ldlt().solve(gradient);
      double size = 1;
      const double before = value(taste);
      while (size > 1e-4 && value(taste + size * move) < before) size /= 2;
      taste += size * move;
      if (size * move.norm() < 1e-8) break;
    }
    const Eigen::MatrixXd covariance = precision.ldlt().solve(Eigen::MatrixXd::Identity(rank, rank));
    return {taste, Eigen::MatrixXd::Identity(rank, rank) - covariance};
  }

  std::vector<Evidence> all_;
};

Interval interval_of(double value, std::vector<double> samples) {
  std::sort(samples.begin(), samples.end());
  const auto at = [&](double share) {
    return samples[static_cast<std::size_t>(std::lround(share * static_cast<double>(samples.size() - 1)))];
  };
  return {value, at(kMiss), at(1 - kMiss)};
}

/// Evidence of every group and of all, for the people as they are and for resampled people.
struct Resampled {
  std::vector<Evidence> groups;                ///< as they are
  std::vector<std::vector<Evidence>> samples;  ///< [resample][group]

  static Evidence total(const std::vector<Evidence>& groups) {
    Evidence sum = groups.front();
    for (std::size_t g = 1; g < groups.size(); ++g) sum += groups[g];
    return sum;
  }
};

Resampled resample(const Tastes& tastes, const Groups& groups, Eigen::Index size, int resamples,
                   std::uint64_t seed) {
  std::mt19937_64 random(seed);
  Resampled out;
  std::vector<std::vector<Evidence>> blocks;
  for (const auto& group : groups) {
    auto order = group;
    for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random() % i]);
    std::vector<Evidence> parts(std::clamp<std::size_t>(order.size(), 1, kBlocks), Evidence::none(size));
    for (std::size_t i = 0; i < order.size(); ++i) parts[i % parts.size()] += tastes.of(order[i]);
    out.groups.push_back(Resampled::total(parts));
    blocks.push_back(std::move(parts));
  }
  for (int sample = 0; sample < resamples; ++sample) {
    std::vector<Evidence> drawn;
    for (const auto& parts : blocks) {
      Evidence sum = Evidence::none(size);
      for (std::size_t i = 0; i < parts.size(); ++i) sum += parts[random() % parts.size()];
      drawn.push_back(std::move(sum));
    }
    out.samples.push_back(std::move(drawn));
  }
  return out;
}

/// Best style of everyone and of every group, and what is known about it.
struct Picks {
  std::size_t everyone = 0;
  std::vector<std::size_t> groups;
};

Picks pick(const Gallery& gallery, const std::vector<Evidence>& groups) {
  const Eigen::VectorXd centre = Resampled::total(groups).mean(Eigen::VectorXd::Zero(gallery.design.cols()));
  Picks picks;
  picks.everyone = gallery.best(centre);
  for (const auto& group : groups) picks.groups.push_back(gallery.best(group.mean(centre)));
  return picks;
}

/// Gains of the picks over everyone's, by the given evidence: one a group, then the mean over people.
std::vector<double> gains_of(const Gallery& gallery, const std::vector<Evidence>& groups, const Picks& picks,
                             const Groups& people) {
  const Eigen::VectorXd centre = Resampled::total(groups).mean(Eigen::VectorXd::Zero(gallery.design.cols()));
  std::vector<double> gains;
  double sum = 0, count = 0;
  for (std::size_t g = 0; g < groups.size(); ++g) {
    const Eigen::VectorXd utilities = gallery.utilities(groups[g].mean(centre));
    gains.push_back(utilities(static_cast<Eigen::Index>(picks.groups[g])) -
                    utilities(static_cast<Eigen::Index>(picks.everyone)));
    sum += gains.back() * static_cast<double>(people[g].size());
    count += static_cast<double>(people[g].size());
  }
  gains.push_back(sum / count);
  return gains;
}

/// Gains with segments and styles chosen on `chosen`, measured on `measured`.
std::vector<Interval> held_out_gains(const Gallery& gallery, const Tastes& chosen, const Tastes& measured,
                                     const Groups& groups, const SegmentOptions& options) {
  const auto size = gallery.design.cols();
  const Picks picks = pick(gallery, resample(chosen, groups, size, 0, options.seed).groups);
  const Resampled truth = resample(measured, groups, size, options.resamples, options.seed);
  const auto values = gains_of(gallery, truth.groups, picks, groups);
  std::vector<std::vector<double>> samples(values.size());
  for (const auto& sample : truth.samples) {
    const auto gains = gains_of(gallery, sample, picks, groups);
    for (std::size_t g = 0; g < gains.size(); ++g) samples[g].push_back(gains[g]);
  }
  std::vector<Interval> out;
  for (std::size_t g = 0; g < values.size(); ++g)
    out.push_back(interval_of(values[g], std::move(samples[g])));
  return out;
}

Groups groups_of(const std::vector<int>& cluster, int count) {
  Groups groups(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < cluster.size(); ++i) groups[static_cast<std::size_t>(cluster[i])].push_back(i);
  return groups;
}

/// Clusters of the points; when their number is to be chosen, that with the best silhouette among those
/// without a cluster too small to be shown to anybody.
detail::Clusters find_clusters(const Eigen::MatrixXd& points, const SegmentOptions& options,
                               double& silhouette) {
  silhouette = 0;
  if (options.segments > 0) {
    const auto count = std::min<Eigen::Index>(options.segments, points.rows());
    auto clusters = detail::k_means(points, static_cast<int>(count), options.seed);
    silhouette = detail::silhouette(points, clusters, options.seed);
    return clusters;
  }
  auto best = detail::k_means(points, 1, options.seed);
  for (int count = 2; count <= options.most; ++count) {
    if (static_cast<std::size_t>(points.rows()) < static_cast<std::size_t>(count) * options.fewest_people)
      break;
    auto clusters = detail::k_means(points, count, options.seed);
    const auto groups = groups_of(clusters.of, count);
    const bool too_small = std::any_of(groups.begin(), groups.end(), [&](const auto& group) {
      return group.size() < options.fewest_people;
    });
    const double score = detail::silhouette(points, clusters, options.seed);
    if (!too_small && score > silhouette) {
      silhouette = score;
      best = std::move(clusters);
    }
  }
  return best;
}

void count_clicks(AudienceSegment& segment, std::span<const std::size_t> group,
                  const std::vector<Person>& people, std::size_t style) {
  double clicks = 0.5, impressions = 1;
  for (const auto& person : people) {
    for (const auto& count : person.counts) {
      clicks += static_cast<double>(count.clicks);
      impressions += static_cast<double>(count.impressions);
    }
  }
  for (const auto person : group) {
    for (const auto& count : people[person].counts) {
      if (count.style != style) continue;
      segment.clicks += count.clicks;
      segment.impressions += count.impressions;
    }
  }
  const double rate = clicks / impressions;
  const double a = static_cast<double>(segment.clicks) + rate;
  const double b = static_cast<double>(segment.impressions - segment.clicks) + 1 - rate;
  segment.click_rate = {a / (a + b), detail::beta_quantile(kMiss, a, b),
                        detail::beta_quantile(1 - kMiss, a, b)};
}

void require_options(const SegmentOptions& options) {
  if (options.segments < 0 || options.segments > 20 || options.most < 1 || options.most > 20 ||
      options.fewest_people < 1 || options.resamples < 20 || options.resamples > 10'000 ||
      !(options.log_odds_per_step > 0 && options.log_odds_per_step <= 100)) {
    throw Error(ErrorCode::Usage, "segments.options",
                "segments must be 0 to 20, most 1 to 20, the fewest people 1 or more, resamples 20 to 10000");
  }
}

std::string text_of(const Interval& interval, const char* unit) {
  char text[160];
  std::snprintf(text, sizeof text, "%.2f %s (90 %% interval %.2f to %.2f)", interval.value, unit,
                interval.low, interval.high);
  return text;
}

nlohmann::json json_of(const Interval& interval) {
  const auto rounded = [](double value) { return std::round(value * 1e4) / 1e4; };
  return {
      {"value", rounded(interval.value)}, {"low", rounded(interval.low)}, {"high", rounded(interval.high)}};
}

nlohmann::json json_of(const AudienceSegment& segment, SegmentData kind, bool with_counts) {
  nlohmann::json out = {{"name", segment.name},
                        {"best", segment.best},
                        {"utility", json_of(segment.utility)},
                        {"certainty", std::round(segment.certainty * 100) / 100},
                        {"variant", segment.variant}};
  if (with_counts) out["people"] = segment.users.size();
  if (kind == SegmentData::Clicks && with_counts) {
    out["clicks"] = segment.clicks;
    out["impressions"] = segment.impressions;
    out["click_rate"] = json_of(segment.click_rate);
  }
  return out;
}

}  // namespace

SegmentReport segment_audience(const SegmentTable& table, std::span<const Candidate> candidates,
                               const PopulationPrior& given, const SegmentOptions& options) {
  require_options(options);
  // Segments are told apart by where people lean: the sums over an audience are those of linear tastes.
  PopulationPrior prior = given;
  prior.ideal = {};
  const bool ratings = table.kind == SegmentData::Ratings;
  Gallery gallery = make_gallery(candidates, prior, ratings ? 1 : options.log_odds_per_step);
  const auto people = make_people(table, gallery);
  gallery.may_win.assign(candidates.size(), options.untried);
  for (const auto& person : people) {
    for (const auto& count : person.counts) gallery.may_win[count.style] = true;
  }
  const auto size = gallery.design.cols();
  const Tastes all(table, people, candidates, prior, gallery, -1);
  const Tastes first(table, people, candidates, prior, gallery, 0);
  const Tastes second(table, people, candidates, prior, gallery, 1);

  SegmentReport report;
  report.kind = table.kind;
  report.declared = table.declared;
  report.fewest_people = options.fewest_people;

  Groups groups, first_groups, second_groups;
  std::vector<std::string> names;
  if (table.declared) {
    std::map<std::string, std::vector<std::size_t>> by_name;
    for (std::size_t i = 0; i < people.size(); ++i) by_name[people[i].segment].push_back(i);
    for (auto& [name, group] : by_name) {
      names.push_back(name);
      groups.push_back(std::move(group));
    }
    first_groups = second_groups = groups;
  } else {
    const auto clusters = find_clusters(all.points(gallery), options, report.silhouette);
    const int count = static_cast<int>(clusters.centres.rows());
    groups = groups_of(clusters.of, count);
    // Started from the same centres, so that cluster 3 of a half is cluster 3 of the whole.
    first_groups = groups_of(detail::lloyd(first.points(gallery), clusters.centres).of, count);
    second_groups = groups_of(detail::lloyd(second.points(gallery), clusters.centres).of, count);
  }

  const auto gains = held_out_gains(gallery, first, second, first_groups, options);
  const auto swapped = held_out_gains(gallery, second, first, second_groups, options);
  // Both halves come from the same people: their errors may go together, so the intervals are not narrowed.
  const auto joint = [&](std::size_t at) {
    return Interval{(gains[at].value + swapped[at].value) / 2, (gains[at].low + swapped[at].low) / 2,
                    (gains[at].high + swapped[at].high) / 2};
  };
  report.gain = joint(groups.size());

  const Resampled known = resample(all, groups, size, options.resamples, options.seed);
  const Eigen::VectorXd centre = Resampled::total(known.groups).mean(Eigen::VectorXd::Zero(size));
  const auto describe = [&](const std::vector<std::size_t>& group, const Eigen::VectorXd& taste,
                            const std::vector<Eigen::VectorXd>& sampled) {
    AudienceSegment segment;
    for (const auto person : group) segment.users.push_back(people[person].name);
    const std::size_t best = gallery.best(taste);
    segment.best = segment.variant = gallery.keys[best];
    std::vector<double> samples;
    for (const auto& other : sampled) {
      samples.push_back(gallery.utilities(other)(static_cast<Eigen::Index>(best)));
      segment.certainty += (gallery.best(other) == best) / static_cast<double>(sampled.size());
    }
    segment.utility =
        interval_of(gallery.utilities(taste)(static_cast<Eigen::Index>(best)), std::move(samples));
    return segment;
  };

  std::vector<std::size_t> everybody(people.size());
  std::iota(everybody.begin(), everybody.end(), 0);
  std::vector<Eigen::VectorXd> centres;
  for (const auto& sample : known.samples) {
    centres.push_back(Resampled::total(sample).mean(Eigen::VectorXd::Zero(size)));
  }
  report.everyone = describe(everybody, centre, centres);
  report.everyone.name = "everyone";
  const std::size_t everyones = gallery.index.at(report.everyone.best);
  if (!ratings) count_clicks(report.everyone, everybody, people, everyones);

  bool any_own = false;
  for (std::size_t g = 0; g < groups.size(); ++g) {
    if (groups[g].empty()) continue;
    std::vector<Eigen::VectorXd> sampled;
    for (std::size_t s = 0; s < known.samples.size(); ++s)
      sampled.push_back(known.samples[s][g].mean(centres[s]));
    AudienceSegment segment = describe(groups[g], known.groups[g].mean(centre), sampled);
    if (table.declared) segment.name = names[g];
    segment.gain = joint(g);
    segment.own = segment.gain.low > 0 && segment.best != report.everyone.best &&
                  groups[g].size() >= kFewestForOwnStyle;
    any_own = any_own || segment.own;
    if (!segment.own) segment.variant = report.everyone.best;
    if (!ratings) count_clicks(segment, groups[g], people, gallery.index.at(segment.variant));
    report.segments.push_back(std::move(segment));
  }
  std::stable_sort(report.segments.begin(), report.segments.end(),
                   [](const auto& a, const auto& b) { return a.users.size() > b.users.size(); });
  if (!table.declared) {
    for (std::size_t g = 0; g < report.segments.size(); ++g) report.segments[g].name = std::to_string(g + 1);
  }

  report.separable = report.segments.size() > 1 && any_own && report.gain.low > 0;
  const char* unit = ratings ? "rating steps" : "log odds of a click";
  if (report.separable) {
    report.why = std::to_string(report.segments.size()) + " segments: a variant for each gains " +
                 text_of(report.gain, unit) + " a person over one variant for all, on answers held back";
  } else if (report.segments.size() < 2) {
    report.why = "not separable: one variant for all; the " + std::to_string(people.size()) +
                 " people do not fall into segments of at least " + std::to_string(options.fewest_people);
  } else {
    report.why = "not separable: one variant for all; a variant for each segment would gain " +
                 text_of(report.gain, unit) + " a person on answers held back";
  }
  return report;
}

const std::string& SegmentReport::variant_for(const std::string& user) const {
  for (const auto& segment : segments) {
    if (!std::binary_search(segment.users.begin(), segment.users.end(), user)) continue;
    return separable ? segment.variant : everyone.variant;
  }
  throw Error(ErrorCode::NoInput, "segments.user", "\"" + printable(user) + "\" is in none of the segments");
}

std::string SegmentReport::to_text() const {
  nlohmann::json out = {{"atelier_segments", 1},
                        {"data", kind == SegmentData::Ratings ? "ratings" : "clicks"},
                        {"declared", declared},
                        {"separable", separable},
                        {"why", why},
                        {"gain", json_of(gain)},
                        {"silhouette", std::round(silhouette * 1e4) / 1e4},
                        {"everyone", json_of(everyone, kind, true)},
                        {"segments", nlohmann::json::array()}};
  for (const auto& segment : segments) {
    auto entry = json_of(segment, kind, true);
    entry["gain"] = json_of(segment.gain);
    entry["own"] = segment.own;
    entry["users"] = segment.users;
    out["segments"].push_back(std::move(entry));
  }
  return out.dump(2) + "\n";
}

std::string SegmentReport::to_shareable_text() const {
  nlohmann::json out = {{"atelier_segments", 1},
                        {"data", kind == SegmentData::Ratings ? "ratings" : "clicks"},
                        {"separable", separable},
                        {"fewest_people", fewest_people}};
  if (everyone.users.size() < fewest_people) {
    out["left_out"] = "all: fewer than " + std::to_string(fewest_people) + " people";
    return out.dump(2) + "\n";
  }
  std::size_t small = 0;
  auto shown = nlohmann::json::array();
  for (const auto& segment : segments) {
    if (segment.users.size() < fewest_people) {
      ++small;
    } else if (separable) {
      auto entry = json_of(segment, kind, true);
      entry["gain"] = json_of(segment.gain);
      entry["own"] = segment.own;
      shown.push_back(std::move(entry));
    }
  }
  const bool totals = small == 0 || !separable;
  out["everyone"] = json_of(everyone, kind, totals);
  if (totals) out["why"] = why;
  if (separable) {
    out["segments"] = std::move(shown);
    if (small > 0) {
      out["left_out"] = std::to_string(small) + " segments of fewer than " + std::to_string(fewest_people) +
                        " people, and the totals that would show them";
    }
  }
  return out.dump(2) + "\n";
}

}  // namespace atelier::personalization

#include "atelier/personalization/question_selector.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <limits>
#include <numeric>

#include "atelier/core/error.h"
#include "atelier/personalization/detail/probit.h"
#include "atelier/personalization/detail/random.h"

namespace atelier::personalization {
namespace {

// Pairs are looked for among so many of the most promising: all of a gallery, not all of a thousand styles.
constexpr std::size_t kPairPool = 160;
// A pair whose utilities can hardly differ teaches nothing.
constexpr double kAlike = 1e-6;

struct Word {
  AskStrategy strategy;
  const char* text;
};
constexpr std::array kWords = {Word{AskStrategy::Auto, "auto"},    Word{AskStrategy::Variance, "variance"},
                               Word{AskStrategy::Ucb, "ucb"},      Word{AskStrategy::Thompson, "thompson"},
                               Word{AskStrategy::Gain, "gain"},    Word{AskStrategy::Eubo, "eubo"},
                               Word{AskStrategy::Random, "random"}};

/// What is believed about all candidates at once. Utilities are taken relative to their mean over the
/// candidates: how high somebody rates in general is no taste.
struct Beliefs : JointBelief {
  double sd(Eigen::Index i) const { return std::sqrt(std::max(0.0, covariance(i, i))); }
};

Beliefs beliefs(const PreferenceModel& model, const Eigen::MatrixXd& psi) {
  Beliefs known{model.joint(psi)};
  known.mean.array() -= known.mean.mean();
  known.covariance.rowwise() -= known.covariance.colwise().mean().eval();
  known.covariance.colwise() -= known.covariance.rowwise().mean().eval();
  return known;
}

/// E[max_i (a_i + b_i Z)] - max_i a_i for a standard normal Z: the upper envelope of the lines (Frazier,
/// Powell and Dayanik, 2009).
double expected_rise(const Eigen::VectorXd& a, const Eigen::VectorXd& b) {
  std::vector<Eigen::Index> order(static_cast<std::size_t>(a.size()));
  std::iota(order.begin(), order.end(), Eigen::Index{0});
  std::sort(order.begin(), order.end(), [&](Eigen::Index i, Eigen::Index j) {
    return b(i) != b(j) ? b(i) < b(j) : a(i) != a(j) ? a(i) < a(j) : i < j;
  });
  std::vector<Eigen::Index> envelope;
  std::vector<double> from;  // where each line of the envelope takes over
  for (const Eigen::Index line : order) {
    double start = -std::numeric_limits<double>::infinity();
    while (!envelope.empty()) {
      const Eigen::Index last = envelope.back();
      if (b(line) == b(last)) {
        start = from.back();
      } else {
        start = (a(last) - a(line)) / (b(line) - b(last));
        if (start > from.back()) break;
      }
      envelope.pop_back();
      from.pop_back();
      if (envelope.empty()) start = -std::numeric_limits<double>::infinity();
    }
    envelope.push_back(line);
    from.push_back(start);
  }
  double rise = 0;
  for (std::size_t i = 1; i < envelope.size(); ++i) {
    const double away = -std::abs(from[i]);
    const double step = b(envelope[i]) - b(envelope[i - 1]);
    rise += step * (detail::normal_density(away) + away * detail::normal_cdf(away));
  }
  return rise;
}

/// How much the best posterior mean is expected to rise when candidate `i` is rated.
double gain_of_rating(const Beliefs& known, Eigen::Index i, double noise) {
  const double total = std::sqrt(std::max(0.0, known.covariance(i, i)) + noise * noise);
  return expected_rise(known.mean, known.covariance.col(i) / total);
}

std::string rounded(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.2f", value);
  return text.data();
}

}  // namespace

const char* to_string(AskStrategy strategy) {
  for (const Word& word : kWords) {
    if (word.strategy == strategy) return word.text;
  }
  return "unknown";
}

AskStrategy parse_ask_strategy(const std::string& text) {
  std::string known;
  for (const Word& word : kWords) {
    if (word.text == text) return word.strategy;
    known += (known.empty() ? "" : ", ") + std::string(word.text);
  }
  throw Error(ErrorCode::Usage, "taste.strategy",
              "'" + printable(text) + "' is no way to choose questions; use one of " + known);
}

QuestionSelector::QuestionSelector(std::vector<Candidate> candidates, QuestionOptions options)
    : candidates_(std::move(candidates)), options_(options) {
  const auto refuse = [](const std::string& cause) {
    throw Error(ErrorCode::Usage, "taste.candidates", cause);
  };
  if (candidates_.size() < 2) refuse("at least two styles are needed to ask questions; add styles");
  psi_.resize(static_cast<Eigen::Index>(candidates_.size()), candidates_.front().psi.size());
  std::set<std::string> keys;
  for (std::size_t i = 0; i < candidates_.size(); ++i) {
    const Candidate& candidate = candidates_[i];
    if (!keys.insert(candidate.key).second)
      refuse("the style '" + printable(candidate.key) + "' is given twice");
    if (candidate.psi.size() != psi_.cols() || !candidate.psi.allFinite()) {
      refuse("the style '" + printable(candidate.key) + "' has features of another size or not finite");
    }
    psi_.row(static_cast<Eigen::Index>(i)) = candidate.psi.transpose();
  }
}

std::optional<std::size_t> QuestionSelector::next_rating(const PreferenceModel& model,
                                                         const std::set<std::string>& asked) const {
  std::vector<std::size_t> open;
  for (std::size_t i = 0; i < candidates_.size(); ++i) {
    if (!asked.contains(candidates_[i].key)) open.push_back(i);
  }
  if (open.empty()) return std::nullopt;
  std::mt19937_64 random(detail::mixed(options_.seed, model.answers_used()));
  AskStrategy strategy = options_.strategy;
  if (strategy == AskStrategy::Random) return open[detail::below(random, open.size())];
  if (strategy == AskStrategy::Auto || strategy == AskStrategy::Eubo) strategy = AskStrategy::Gain;
  const Beliefs known = beliefs(model, psi_);
  Eigen::VectorXd draw;
  if (strategy == AskStrategy::Thompson) draw = model.drawn(psi_, 1, random);
  const auto score = [&](std::size_t candidate) {
    const auto i = static_cast<Eigen::Index>(candidate);
    switch (strategy) {
      case AskStrategy::Variance: {
        // The drop of the summed variance of all candidates: a style far from all others is no good question.
        const double total = known.covariance(i, i) + model.noise() * model.noise();
        return known.covariance.col(i).squaredNorm() / total;
      }
      case AskStrategy::Gain:
        return gain_of_rating(known, i, model.noise());
      case AskStrategy::Thompson:
        return draw(i);
      default:
        return known.mean(i) + known.sd(i);
    }
  };
  std::size_t best = open.front();
  double best_score = score(best);
  for (const std::size_t i : open) {
    const double here = score(i);
    if (here > best_score) {
      best = i;
      best_score = here;
    }
  }
  return best;
}

std::optional<std::pair<std::size_t, std::size_t>> QuestionSelector::next_choice(
    const PreferenceModel& model, const std::set<std::pair<std::string, std::string>>& asked) const {
  std::mt19937_64 random(detail::mixed(options_.seed, model.answers_used()));
  const auto is_open = [&](std::size_t a, std::size_t b) {
    const std::string &x = candidates_[a].key, &y = candidates_[b].key;
    return !asked.contains({x, y}) && !asked.contains({y, x});
  };
  const auto in_fair_order = [&](std::size_t a, std::size_t b) {
    return detail::below(random, 2) == 0 ? std::pair(a, b) : std::pair(b, a);
  };
  const Beliefs known = beliefs(model, psi_);
  const auto gap_sd = [&](std::size_t a, std::size_t b) {
    const auto i = static_cast<Eigen::Index>(a), j = static_cast<Eigen::Index>(b);
    return std::sqrt(
        std::max(0.0, known.covariance(i, i) + known.covariance(j, j) - 2 * known.covariance(i, j)));
  };

  AskStrategy strategy = options_.strategy;
  std::vector<std::size_t> pool(candidates_.size());
  std::iota(pool.begin(), pool.end(), std::size_t{0});
  Eigen::VectorXd draw;
  if (strategy == AskStrategy::Random) {
    for (std::size_t i = pool.size() - 1; i > 0; --i) std::swap(pool[i], pool[detail::below(random, i + 1)]);
    for (std::size_t a = 0; a < pool.size(); ++a) {
      for (std::size_t b = a + 1; b < pool.size(); ++b) {
        if (is_open(pool[a], pool[b]) && gap_sd(pool[a], pool[b]) > kAlike)
          return std::pair(pool[a], pool[b]);
      }
    }
    return std::nullopt;
  }
  if (strategy == AskStrategy::Thompson) {
    // The best under one draw against the best under another.
    draw = model.drawn(psi_, 1, random).cwiseMax(model.drawn(psi_, 1, random));
  }
  std::stable_sort(pool.begin(), pool.end(), [&](std::size_t a, std::size_t b) {
    const auto i = static_cast<Eigen::Index>(a), j = static_cast<Eigen::Index>(b);
    if (strategy == AskStrategy::Thompson) return draw(i) > draw(j);
    return known.mean(i) + known.sd(i) > known.mean(j) + known.sd(j);
  });
  // Pairs outside the pool are only looked at when every pair inside was asked.
  std::optional<std::pair<std::size_t, std::size_t>> best;
  double best_score = 0;
  for (std::size_t size = std::min(kPairPool, pool.size()); !best; size = std::min(2 * size, pool.size())) {
    for (std::size_t a = 0; a < size; ++a) {
      for (std::size_t b = a + 1; b < size; ++b) {
        const std::size_t x = pool[a], y = pool[b];
        if (!is_open(x, y)) continue;
        const double sd = gap_sd(x, y);
        if (sd <= kAlike) continue;
        const auto i = static_cast<Eigen::Index>(x), j = static_cast<Eigen::Index>(y);
        const double gap = known.mean(i) - known.mean(j);
        double score = 0;
        switch (strategy) {
          case AskStrategy::Thompson:
            score = draw(i) + draw(j);
            break;
          case AskStrategy::Variance: {
            const Eigen::VectorXd moved = known.covariance.col(i) - known.covariance.col(j);
            score = moved.squaredNorm() / (sd * sd + 2 * model.noise() * model.noise());
            break;
          }
          case AskStrategy::Ucb:
            score = known.mean(i) + known.mean(j) + sd;
            break;
          default:
            score =
                known.mean(j) + gap * detail::normal_cdf(gap / sd) + sd * detail::normal_density(gap / sd);
        }
        if (!best || score > best_score) {
          best = {x, y};
          best_score = score;
        }
      }
    }
    if (size == pool.size()) break;
  }
  if (best) return in_fair_order(best->first, best->second);
  return best;
}

Enough QuestionSelector::enough(const PreferenceModel& model) const {
  const Beliefs known = beliefs(model, psi_);
  Enough result;
  Eigen::Index top = 0;
  known.mean.maxCoeff(&top);
  result.top = static_cast<std::size_t>(top);
  for (Eigen::Index i = 0; i < known.mean.size(); ++i) {
    result.expected_gain = std::max(result.expected_gain, gain_of_rating(known, i, model.noise()));
    if (i == top) continue;
    const double sd = std::sqrt(
        std::max(0.0, known.covariance(i, i) + known.covariance(top, top) - 2 * known.covariance(i, top)));
    const double gap = known.mean(top) - known.mean(i);
    result.probability_top_good += sd > 0 ? detail::normal_cdf(gap / sd) : gap > 0 ? 1.0 : 0.5;
  }
  result.probability_top_good /= static_cast<double>(known.mean.size() - 1);
  result.enough = result.expected_gain < options_.enough_gain &&
                  result.probability_top_good >= options_.enough_probability;
  const std::string probability = std::to_string(std::lround(100 * result.probability_top_good)) + " %";
  result.why = result.enough
                   ? "more answers will not help much: the next one is expected to gain " +
                         rounded(result.expected_gain) + " steps, and the pick beats " + probability +
                         " of the styles, as far as is known"
                   : "the next answer is expected to gain " + rounded(result.expected_gain) +
                         " steps; the pick beats a style at random with a probability of " + probability;
  return result;
}

std::vector<std::size_t> QuestionSelector::ranking(const PreferenceModel& model) const {
  const std::vector<Prediction> liked = model.utilities(psi_);
  std::vector<std::size_t> order(candidates_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return liked[a].mean > liked[b].mean; });
  return order;
}

}  // namespace atelier::personalization

#include "atelier/personalization/taste_profile.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "atelier/core/error.h"
#include "atelier/personalization/detail/probit.h"
#include "atelier/personalization/detail/slopes.h"

namespace atelier::personalization {
namespace {

constexpr std::size_t kReasons = 3;
// An attribute must go along with the predicted utilities at least so much (correlation over the gallery),
// else being sure of its sign is no news: in a gallery where cool styles happen to be a little paler, who
// likes pale ones likes cool ones.
constexpr double kLeastCorrelation = 0.25;
// From here on a leaning is worth saying, with its probability.
constexpr double kLeast = 0.8;
// The pool of answers that may be named for a sentence.
constexpr std::size_t kAllAnswers = 100000;

std::string joined(const std::vector<std::string>& phrases) {
  std::string text;
  for (std::size_t i = 0; i < phrases.size(); ++i) {
    text += (i == 0 ? "" : i + 1 == phrases.size() ? " and " : ", ") + phrases[i];
  }
  return text;
}

const std::string& liked_phrase(const style::Attribute& words, Leaning leaning) {
  return leaning == Leaning::High ? words.high_phrase : words.low_phrase;
}

std::string sentence_of(const style::Attribute& words, const AttributeTaste& taste) {
  if (taste.leaning == Leaning::Unsure)
    return "unsure about " + words.low_phrase + " or " + words.high_phrase;
  if (taste.certain) return "you favour " + liked_phrase(words, taste.leaning);
  const long percent = std::lround(100 * std::max(taste.probability, 1 - taste.probability));
  return "you lean towards " + liked_phrase(words, taste.leaning) + " (" + std::to_string(percent) +
         " % sure)";
}

/// Candidates at the two ends of an attribute: among the quarter furthest out, the ones that the prediction
/// agrees with most, so that the example is liked and the counter-example is not.
void choose_examples(const PreferenceModel& model, std::span<const Candidate> gallery, int index,
                     AttributeTaste& taste) {
  std::vector<std::size_t> order(gallery.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return gallery[a].psi(index) > gallery[b].psi(index);
  });
  const std::size_t quarter = std::max<std::size_t>(1, gallery.size() / 4);
  const auto likes = [&](std::size_t i) { return model.utility(gallery[i].psi).mean; };
  const auto by_liking = [&](std::size_t a, std::size_t b) { return likes(a) < likes(b); };
  const auto high_end = order.begin() + static_cast<std::ptrdiff_t>(quarter);
  const auto low_begin = order.end() - static_cast<std::ptrdiff_t>(quarter);
  const bool favours_high = taste.strength >= 0;
  const auto example = favours_high ? std::max_element(order.begin(), high_end, by_liking)
                                    : std::max_element(low_begin, order.end(), by_liking);
  const auto counter = favours_high ? std::min_element(low_begin, order.end(), by_liking)
                                    : std::min_element(order.begin(), high_end, by_liking);
  taste.example = gallery[*example].key;
  taste.counter_example = gallery[*counter].key;
}

}  // namespace

TasteProfile explain(const PreferenceModel& model, const TasteFeatures& features,
                     std::span<const Candidate> gallery, std::span<const style::Attribute> words) {
  if (gallery.empty()) {
    throw Error(ErrorCode::Usage, "taste.candidates",
                "a taste is explained over a gallery, and this one is empty");
  }
  const Eigen::MatrixXd rows = detail::rows_of(gallery);
  const Eigen::MatrixXd slopes = detail::slope_directions(rows, features);
  const Eigen::VectorXd utilities = model.joint(rows).mean;
  const double spread = std::sqrt((utilities.array() - utilities.mean()).square().mean());
  TasteProfile profile;
  profile.learned = model.learned();
  profile.why = model.why();
  std::vector<const style::Attribute*> used;
  for (const style::Attribute& attribute : words) {
    const int index = features.index_of(attribute.key);
    if (index < 0) continue;
    const Eigen::VectorXd direction = slopes.row(index - features.coordinates()).transpose();
    if (direction.isZero()) continue;
    const Prediction slope = model.slope(direction);
    AttributeTaste taste;
    taste.key = attribute.key;
    taste.strength = slope.mean;
    taste.low = slope.mean - detail::kNinetyPercent * slope.sd;
    taste.high = slope.mean + detail::kNinetyPercent * slope.sd;
    taste.probability = slope.sd > 0 ? detail::normal_cdf(slope.mean / slope.sd) : slope.mean > 0 ? 1 : 0.5;
    const bool matters = model.learned() && std::abs(slope.mean) >= kLeastCorrelation * spread;
    if (matters && taste.probability >= kLeast) taste.leaning = Leaning::High;
    if (matters && taste.probability <= 1 - kLeast) taste.leaning = Leaning::Low;
    taste.certain = taste.leaning != Leaning::Unsure && (taste.low > 0 || taste.high < 0);
    taste.sentence = sentence_of(attribute, taste);
    const double sign = taste.strength >= 0 ? 1 : -1;
    for (Influence& influence : model.influence(direction, kAllAnswers)) {
      if (taste.because.size() == kReasons) break;
      if (sign * influence.shift > 0) taste.because.push_back(influence);
    }
    choose_examples(model, gallery, index, taste);
    profile.attributes.push_back(std::move(taste));
  }
  const auto certainty = [](const AttributeTaste& taste) { return std::abs(taste.probability - 0.5); };
  std::stable_sort(profile.attributes.begin(), profile.attributes.end(),
                   [&](const auto& a, const auto& b) { return certainty(a) > certainty(b); });

  std::vector<std::string> favoured, likely, open;
  for (const AttributeTaste& taste : profile.attributes) {
    const auto attribute =
        std::find_if(words.begin(), words.end(), [&](const auto& row) { return row.key == taste.key; });
    if (taste.leaning == Leaning::Unsure) {
      open.push_back(taste.key);
    } else {
      (taste.certain ? favoured : likely).push_back(liked_phrase(*attribute, taste.leaning));
    }
  }
  for (const auto& [words_before, phrases] :
       {std::pair("you favour ", &favoured), std::pair("you lean towards ", &likely),
        std::pair("unsure about ", &open)}) {
    if (phrases->empty()) continue;
    profile.summary += (profile.summary.empty() ? "" : "; ") + (words_before + joined(*phrases));
  }
  if (profile.summary.empty()) profile.summary = "nothing can be said about these attributes";
  return profile;
}

}  // namespace atelier::personalization

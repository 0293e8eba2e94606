#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "atelier/personalization/preference_model.h"
#include "atelier/style/style_code.h"
#include "taste_session.h"

namespace atelier::cli {

/// How many styles for a person, and how adventurous.
struct TastePickOptions {
  int variants = 1;        ///< 1..64
  double explore = 0;      ///< 0: what is surely liked; 1: anything this person might like, given the answers
  std::uint64_t seed = 1;  ///< of exploring
};

/// A style chosen for a person.
struct TastePick {
  StyleCode code;
  std::optional<float> detail;                         ///< what suits it, when the gallery says so
  std::vector<std::pair<std::string, double>> shares;  ///< of gallery styles, largest first, sum 1
  personalization::Prediction utility;
  std::string
      how;  ///< for people: "made by the style mapper", "the best of the gallery", "a blend of the best"

  std::string name() const;  ///< "hokusai-wave" or "hokusai-wave:0.6 monet:0.4"
};

/// Different styles that this person will like, best first. The bundle's style mapper makes them when it has
/// one; else they are chosen among the gallery's styles and even blends of the best ones by expected utility.
/// Fewer than `variants` when the gallery has no more that differ.
std::vector<TastePick> pick_styles(const TasteSession& session, const TastePickOptions& options);

}  // namespace atelier::cli

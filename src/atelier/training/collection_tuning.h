#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "atelier/image/image.h"
#include "atelier/model/model_bundle.h"
#include "atelier/model/style_delta.h"
#include "atelier/style/style_code.h"
#include "atelier/training/style_tuning.h"
#include "atelier/training/training_options.h"

namespace atelier::training {

constexpr std::size_t kFewestWorks = 10, kMostWorks = 5000;  ///< of a collection
constexpr std::size_t kFewWorks = 100;                       ///< below, the discriminator needs ADA

struct CollectionTuningOptions {
  double minutes = 10;     ///< by the clock, everything included
  std::int64_t steps = 0;  ///< above 0: so many steps instead of minutes, with the same result every time
  double most_content =
      1.10;             ///< content loss on held-out content may grow to this many times the mean code's
  double detail = 0.5;  ///< detail dial to train at, 0..1
  std::vector<ReferenceNetwork> networks;  ///< further networks to measure style by
  /// Adaptive discriminator augmentation (Karras et al. 2020, arXiv 2006.06676); for small collections.
  bool adaptive_augmentation = true;
  std::uint64_t seed = 1;
  /// fraction 0..1 of the time, steps so far, seconds left, a few words.
  std::function<void(double, std::int64_t, double, const std::string&)> progress;
};

/// What a collection taught. Codes and delta belong to the bundle it was taught from.
struct TunedCollection {
  StyleCode mean_code;                ///< of the works, as the encoder gives them: zero-shot
  std::vector<StyleCode> work_codes;  ///< the encoder's, in the order of the works
  StyleCode code;                     ///< what paints like the collection; mean_code when nothing was learned
  model::StyleDelta delta;            ///< empty when nothing was learned
  TuningScore before, after;          ///< on held-out content, against the works it was taught from
  std::int64_t steps = 0;
  double seconds = 0;
  std::int64_t games = 0;   ///< steps of the discriminator
  double accuracy = 0.5;    ///< share of patches it told apart at the end
  double augmentation = 0;  ///< p of adaptive augmentation at the end, 0..0.8
  bool finished = true;     ///< false: a signal ended it, the best so far is kept

  bool learned() const { return !delta.empty(); }
  /// The code that paints like one work: its own, moved as the mean was.
  StyleCode code_like(std::size_t work) const;
};

/// Learns an artist or a brand from `works`: fine-tunes the bundle's generator (one code, every AdaIN site's
/// scale and shift, the decoder's convolutions) so that paintings in the mean code measure like the works
/// on average and paintings in a work's own code like that work, while a discriminator tells the works from
/// paintings:
///   L = style + w content + guards + L_GAN's non-saturating generator form (losses::AdversarialLoss).
/// w rises and falls to hold the photos' structure near zero-shot's, as in tune_style. The best state on
/// held-out content (a quarter of `contents`, split_contents) is returned; nothing is learned unless it beats
/// the mean code by 2 %. Whether it is good is for who kept works aside to say. Deterministic but for the
/// clock. Errors: BadData "collection.too_few" for fewer than eight works; those of tune_style.
TunedCollection tune_collection(const model::ModelBundle& bundle, const std::vector<Image>& works,
                                const std::vector<Image>& contents, const CollectionTuningOptions& options);

}  // namespace atelier::training

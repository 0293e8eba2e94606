#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "atelier/image/image.h"
#include "atelier/model/model_bundle.h"
#include "atelier/model/style_delta.h"
#include "atelier/style/style_code.h"
#include "atelier/training/training_options.h"

namespace atelier::training {

/// How much of the model a style may change; each level begins where the one before ended.
enum class TuningLevel {
  ZeroShot,  ///< nothing: the code that the encoder gives (what `styles add` keeps)
  Code,      ///< the code: 128 numbers
  Affine,    ///< the code and corrections of every AdaIN site, about 5 kB
  Layers,    ///< these and the decoder's convolutions, about 350 kB
};
const char* to_string(TuningLevel level);                 ///< zero-shot, code, affine, layers
TuningLevel parse_tuning_level(const std::string& name);  ///< Error Usage "tuning.level" for another word
/// What a budget is enough for: below 0.3 minutes zero-shot, below 1 code, up to 3 affine, else layers.
TuningLevel level_for(double minutes);

/// How near paintings of held-out content come: losses in the model's own perceptual network.
struct TuningScore {
  double style = 0;    ///< moments and correlations of four layers against the style pictures, 0: equal
  double content = 0;  ///< standardised structure of two layers against the photo, 0: equal
};

/// What one level reached.
struct TuningRung {
  TuningLevel level = TuningLevel::ZeroShot;
  TuningScore score;
  std::int64_t steps = 0;
  double seconds = 0;
};

struct StyleTuningOptions {
  double minutes = 3;      ///< by the clock, everything included
  std::int64_t steps = 0;  ///< above 0: so many steps instead of minutes, with the same result every time
  std::optional<TuningLevel> level;  ///< none: level_for(minutes)
  double most_content = 1.1;  ///< content loss on held-out content may grow to this many times zero-shot's
  double detail = 0.5;        ///< detail dial to train at, 0..1
  std::vector<ReferenceNetwork> networks;  ///< further networks to measure style by
  std::uint64_t seed = 1;
  /// fraction 0..1 of the time, steps so far, seconds left, a few words.
  std::function<void(double, std::int64_t, double, const std::string&)> progress;
};

struct TunedStyle {
  TuningLevel level = TuningLevel::ZeroShot;  ///< the simplest one that nothing later beat by 2 %
  StyleCode zero_shot, code;
  model::StyleDelta delta;        ///< empty for ZeroShot and Code
  std::vector<TuningRung> rungs;  ///< zero-shot first, then every level tried
  bool finished = true;           ///< false: a signal ended it, the best so far is kept
  const TuningRung& kept() const;
};

/// What tune_style asks of every picture, to be asked file by file before anything is computed; `name` stands
/// for the picture in messages. Errors BadData "style.too_small" below 64 pixels on a side,
/// "style.one_colour".
void require_strokes(const Image& style, const std::string& name);
/// Error BadData "content.too_small" below 64 pixels on a side.
void require_structure(const Image& photo, const std::string& name);

/// Learns a style from its pictures by gradient descent on what `level` allows: paintings of `contents` shall
/// measure like the pictures, while a multiplier on the content loss, raised and lowered as it goes, holds
/// their structure near zero-shot's. A quarter of the contents is held out, and decides what is kept: never
/// anything worse than zero-shot. Deterministic but for the clock. Errors: BadData "style.too_small" below 64
/// pixels on a side, "style.one_colour", "content.too_small"; those of load_reference_network.
TunedStyle tune_style(const model::ModelBundle& bundle, const std::vector<Image>& styles,
                      const std::vector<Image>& contents, const StyleTuningOptions& options);

}  // namespace atelier::training

#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "atelier/image/image.h"
#include "atelier/model/model_bundle.h"

namespace atelier::training {

struct DistillationOptions {
  std::string size = "XS";  ///< of GeneratorOptions::named
  double minutes = 30;      ///< of learning by the clock; what measures at the end comes on top
  std::int64_t steps = 0;   ///< above 0: so many steps instead of minutes, with the same result every time
  int crop = 0, batch = 0;  ///< side in pixels, a multiple of 16 from 32 to 512, and paintings a step; 0: 128
                            ///< and 4, in the last quarter 192 and 2
  bool fresh = false;       ///< begin anew although the bundle has this size already
  double save_minutes = 10;  ///< between writings of what there is
  std::uint64_t seed = 1;
  /// fraction 0..1 of the time, steps so far, seconds left, a few words.
  std::function<void(double, std::int64_t, double, const std::string&)> progress;
};

/// Student's paintings against the teacher's on held-out photos, means over the paintings.
struct DistillationScore {
  double l1 = 0;        ///< mean absolute difference, colours in 0..1
  double psnr = 0;      ///< dB
  double features = 0;  ///< squared difference in the perceptual network, 4 layers, each by its variance
  double style = 0;     ///< moments and correlations of these layers, as TuningScore::style
  std::size_t paintings = 0;
};
nlohmann::json to_json(const DistillationScore& score);

struct Distillation {
  std::optional<DistillationScore> before;  ///< of the generator that training went on from
  std::optional<DistillationScore> after;   ///< none when a signal ended the training
  std::int64_t steps = 0;
  double seconds = 0;    ///< of learning
  bool finished = true;  ///< false: a signal ended it, what there was is written
};

/// Teaches a generator of another size to paint like the bundle's own, at every code, stroke and detail, and
/// writes it into the bundle (model::write_distilled): every 10 minutes, at the end, and when a signal comes.
/// Teacher and perceptual network stay as they are. A quarter of `photos` is held out and measured on, at 256
/// pixels, each style of the gallery on one of them, at most 120 paintings. A bundle that has this size
/// already goes on from there; a new student begins with the teacher's weights where the shapes agree, else
/// with random ones. Deterministic but for the clock. Errors: Usage "distil.size" for the bundle's own size,
/// "distil.photos" without photos, "distil.styles" for an empty gallery, "distil.crop"; Config for a size
/// that does not exist; Internal "distil.diverged"; those of require_structure and model::write_distilled.
Distillation distil(const model::ModelBundle& bundle, std::vector<Image> photos,
                    const DistillationOptions& options);

}  // namespace atelier::training

#pragma once

#include <ATen/core/Tensor.h>

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "atelier/model/stroke_scales.h"
#include "atelier/nn/feature_network.h"
#include "atelier/nn/feature_statistics.h"
#include "atelier/nn/style_statistics.h"
#include "atelier/training/detail/crops.h"
#include "atelier/training/detail/picture_library.h"
#include "atelier/training/detail/style_cache.h"

namespace atelier::training {

/// One way to look at one style picture: what the encoder sees of it and what a painting in it must measure
/// like.
struct StyleEntry {
  at::Tensor bytes;               ///< [3, H, W] uint8: the picture at this scale and in these colours
  nn::StyleStatistics described;  ///< rows of one
  float stroke_log2 = 0;          ///< scale of the strokes against sides.strokes
  float quiet = 0;                ///< QuietGuard::level
  std::vector<std::vector<nn::LayerStatistics>> targets;  ///< of phi, then of every reference network
};

/// Short sides in pixels: what the encoder sees, and the size whose strokes the targets are taken from.
struct StyleSides {
  int described = 256, strokes = 512;
};

/// Style pictures with their variants: four stroke scales and recolourings after other pictures, which
/// multiply few paintings into many styles. Entries are measured when first asked for and kept for good.
/// Thread-safe.
class StyleCatalogue {
 public:
  static constexpr int kVariants = 5;
  /// Scale of a variant's strokes against sides.strokes.
  static double stroke(int variant);
  /// All of them; a generator is best told of the largest.
  static model::StrokeScales strokes();

  /// networks: phi first, then reference networks with the number of their finest taps to use.
  struct Measure {
    nn::FeatureNetwork* network;
    int taps;
    std::string identity;  ///< changes when the network's weights do
  };
  /// `device` is where the networks are; entries are kept on the CPU, and with a `cache` on disk too.
  StyleCatalogue(const std::vector<TrainingPicture>& pictures, std::vector<Measure> measures,
                 StyleSides sides, std::uint64_t seed, c10::Device device,
                 std::optional<StyleCache> cache = {});

  const StyleEntry& at(std::size_t picture, int variant);
  /// What the encoder sees of a picture as it is; cheaper than an entry, and not kept.
  nn::StyleStatistics describe(std::size_t picture) const;
  std::size_t size() const { return pictures_.size(); }

  /// Taps of a picture batch as LayerStatistics for measure i.
  std::vector<nn::LayerStatistics> measure(std::size_t i, const std::vector<at::Tensor>& taps) const;

 private:
  /// The picture as a variant shows it, and the index of the one whose colours it wears (its own when none).
  std::pair<at::Tensor, std::size_t> picture(std::size_t index, int variant, Random& random) const;
  std::string cache_key(std::size_t index, std::size_t colours_of, int variant) const;
  nn::StyleStatistics describe(const at::Tensor& picture) const;
  StyleEntry make(std::size_t index, int variant) const;

  const std::vector<TrainingPicture>& pictures_;
  std::vector<Measure> measures_;
  StyleSides sides_;
  std::uint64_t seed_;
  c10::Device device_;
  std::optional<StyleCache> cache_;
  std::vector<std::string> hashes_;  // of the pictures' bytes; for the cache
  std::mutex mutex_;                 // of entries_; a map never moves its entries
  std::map<std::pair<std::size_t, int>, StyleEntry> entries_;
};

/// A batch of entries, row for row.
struct StyleBatch {
  nn::StyleStatistics described;
  at::Tensor stroke_log2;
  at::Tensor quiet;
  std::vector<std::vector<nn::LayerStatistics>> targets;
};
StyleBatch stack(const std::vector<const StyleEntry*>& entries);

}  // namespace atelier::training

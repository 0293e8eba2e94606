#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "atelier/image/image.h"
#include "atelier/model/model_bundle.h"
#include "atelier/training/collection_tuning.h"
#include "program.h"

namespace atelier::cli {

/// The works of an artist or a brand, as they are learned from.
struct CollectionWorks {
  std::vector<std::string> files;     ///< of `teaching`
  std::vector<Image> teaching;        ///< see read_to_learn
  std::vector<Image> kept_aside;      ///< never trained on: they judge
  std::vector<std::string> left_out;  ///< why, one line a picture
  std::set<std::string> sha256;       ///< of every work's file
};

/// Reads the pictures of `folder` (not of folders in it) in an order drawn by `seed` until there are as many
/// as split_works can use. What cannot be read, is doubled, too small or of one colour is left out with a
/// warning. Of more than training::kMostWorks the first by name are used, with a warning. Errors: those of
/// pictures_in; BadData "collection.too_few" below training::kFewestWorks usable works.
CollectionWorks read_collection(const std::filesystem::path& folder, std::uint64_t seed);

/// Pictures by other hands, to be told from the collection: the first 40 of `folder` by name that are none of
/// its works, or one drawn by rule in every medium when no folder is named. Errors of pictures_in and
/// read_image.
std::vector<Image> other_hands(const std::filesystem::path& folder, const CollectionWorks& works);

/// Pictures, measured against works that were kept aside.
struct CollectionMeasures {
  /// By a published network that no step of the training used.
  struct ByInception {
    double kid = 0, identified = 0, nearness = 0;
  };

  double kid = 0;  ///< kernel distance to them, on 480 statistics of the own network a patch of 128 x 128
  double identified = 0;  ///< share of pictures to which one of them is nearer than any by other hands, 0..1
  double nearness = 0;    ///< distance to the nearest of them, over that to the nearest by other hands
  double diversity = 0;   ///< how unlike one photo's paintings in different works' codes are
  double variety = 0;     ///< how unlike different photos' paintings in the collection's code are
  std::optional<ByInception> inception;  ///< when that judge is there
};

/// Whether what was learned may be kept: works that no training saw decide, on photos that no training saw.
struct CollectionVerdict {
  CollectionMeasures before, after;  ///< the mean code on the untouched model; what was learned
  CollectionMeasures works;          ///< the works that taught: what can be reached; no diversity, no variety
  std::size_t kept_aside = 0, others = 0, photos = 0;

  /// Diversity and variety may fall to this share of the mean code's.
  static constexpr double kLeastDiversity = 0.8;
  /// What speaks against it, in words; empty: it may be kept.
  std::vector<std::string> objections() const;
  std::string to_text() const;  ///< a table
};
nlohmann::json to_json(const CollectionVerdict& verdict);

/// The works whose codes lie farthest apart, at most `count`; indices.
std::vector<std::size_t> distinct_works(const training::TunedCollection& tuned, std::size_t count);

/// `photos`: not trained on; they count as other hands too. `weights`: folder of JudgeWeights::find.
CollectionVerdict judge_collection(const Program& program, const model::ModelBundle& bundle,
                                   const CollectionWorks& works, const std::vector<Image>& photos,
                                   const std::vector<Image>& others, const training::TunedCollection& tuned,
                                   float detail, const std::filesystem::path& weights);

}  // namespace atelier::cli

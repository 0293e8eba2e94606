#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include "atelier/detection/face_finder.h"
#include "atelier/inference/stylizer.h"
#include "atelier/model/model_bundle.h"
#include "atelier/model/style_delta.h"
#include "dial_options.h"
#include "style_argument.h"

namespace atelier::cli {

/// What the dial options name, read once for all photos: masks, the styles inside them, palette and texture.
/// Immutable.
class Dials {
 public:
  /// Errors of reading, of choose_style and of FaceFinder::open; Usage "style.layers_blend" for a style
  /// inside a mask that trained layers of its own.
  Dials(const DialOptions& options, std::uint64_t seed, const inference::Stylizer& stylizer,
        const model::ModelBundle& bundle);
  Dials(const Dials&) = delete;
  Dials& operator=(const Dials&) = delete;

  /// `code` with the palette or the texture of the styles that were named for them.
  StyleCode mixed(const StyleCode& code, const inference::Stylizer& stylizer) const;

  /// The faces of a photo as a mask for apply_to; nothing when they are not protected or there are none.
  std::optional<Image> faces_of(const Image& photo) const;

  /// Sets the dials for one painting whose strength and detail are settled. The options borrow from this
  /// object and from `faces`. keep_detail: the detail was typed and holds inside the masks too.
  void apply_to(inference::StylizeOptions& options, const std::optional<Image>& faces,
                bool keep_detail) const;

  /// Warns about masks that are scaled to the photo; Error Usage "stylize.mask" for another shape.
  void check_masks(const Image& photo) const;

  /// Pictures and code files that were read.
  const std::vector<std::filesystem::path>& files() const { return files_; }

 private:
  struct Region {
    Image mask;
    std::string name;
    std::optional<ChosenStyle> style;  ///< none: the photo
    model::StyleDelta trained;
  };

  std::vector<Region> regions_;
  std::optional<StyleCode> palette_, texture_;
  std::optional<Image> detail_mask_;
  std::string detail_mask_name_;
  std::vector<inference::Lab> colours_;
  inference::Grain grain_;
  float protect_ = 0, protect_faces_ = 0;
  std::optional<detection::FaceFinder> face_finder_;
  bool keeps_photo_outside_ = false;
  std::vector<std::filesystem::path> files_;
};

}  // namespace atelier::cli

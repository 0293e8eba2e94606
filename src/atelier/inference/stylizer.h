#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "atelier/image/image.h"
#include "atelier/inference/brush.h"
#include "atelier/inference/coarse_to_fine.h"
#include "atelier/inference/colour_list.h"
#include "atelier/inference/grain.h"
#include "atelier/inference/style_transfer_model.h"
#include "atelier/model/manifest.h"
#include "atelier/style/style_code.h"

namespace atelier::inference {

/// Whose colours the painting has: the style's, the photo's (its chroma under the painting's lightness), or
/// those of another picture.
enum class Colour { Style, Keep, Palette, List };

/// A part of the picture that is painted in a style of its own.
struct StyleRegion {
  StyleCode style;                    ///< any at strength 0
  std::span<const float> modulation;  ///< as StylizeOptions::modulation
  std::optional<float> detail;        ///< none: StylizeOptions::detail
  std::optional<float> strength;      ///< none: StylizeOptions::strength
  /// White where the style paints, black where not, greys for its share; of the photo's shape. Where several
  /// masks together have more than a pixel they are divided by their sum.
  const Image* mask = nullptr;
  std::string name;  ///< of the mask, for messages
};

/// How to paint. Defaults give the full style at the photo's own size.
struct StylizeOptions {
  float strength = 1;           ///< 0 keeps the photo, 1 is full style
  std::optional<float> detail;  ///< 0 paints, 1 keeps every line; none: the model's default
  /// Size of the strokes, 0.25 .. 4. At 1 they are as large beside the photo as in the style pictures that
  /// the model learned from; cost grows with 1 / stroke^2.
  float stroke = 1;
  Colour colour = Colour::Style;
  const Image* palette = nullptr;     ///< the picture whose colours Colour::Palette takes
  std::span<const float> modulation;  ///< the style's own corrections at full strength (model::StyleDelta);
                                      ///< empty: none
  std::vector<Lab> colours;           ///< what Colour::List paints in, up to kMostColours
  /// Styles of their own for parts of the picture; `style` paints what they leave. Each costs two passes.
  std::vector<StyleRegion> regions;
  std::vector<const Image*>
      detail_masks;   ///< white in one of them: every line is kept, whatever `detail` says
  float protect = 0;  ///< how far the same goes for fine_structure(): text, features of faces, 0 .. 1
  Grain grain;
  int size = 0;                    ///< longest side to paint at, pixels; 0: the photo's own
  bool keep_painted_size = false;  ///< leave the painting at `size`
  int tile = 0;  ///< side of a tile, pixels, at least 64; 0: whole pictures, tiles above kWholePixels
  std::optional<Depth> depth;  ///< bits of the output; none: the photo's
  /// Called before the first tile and after every tile; it may throw to stop the work.
  std::function<void(int done, int total)> progress;

  /// Error Usage "stylize.option" naming the option that is out of range or contradicts another one.
  void validate() const;
};

/// The front door: a photo and a style code to a painting, and a style picture to its code. Immutable: many
/// threads may share one. The same input and options give the same pixels.
class Stylizer {
 public:
  /// Larger pictures are painted in tiles, so that the memory of a painting stays bounded.
  static constexpr std::int64_t kWholePixels = 16'000'000;
  /// No painting is larger than this, whatever size and stroke ask for.
  static constexpr std::int64_t kMostPixels = 100'000'000;
  /// Style pictures are looked at with this short side, as in training.
  static constexpr int kStyleSide = 256;
  static constexpr int kSmallestStyleSide = 16;

  Stylizer(const model::Manifest& manifest, std::unique_ptr<const StyleTransferModel> model);

  /// The painting: size, alpha and ICC profile of `content`. With strength 0 it is `content`, pixel for
  /// pixel, whatever the other dials say, and so are parts of strength 0. Errors: Usage "stylize.option",
  /// "stylize.mask", "stylize.too_large"; BadData "style.space" for a code of another model.
  Image stylize(const Image& content, const StyleCode& style, const StylizeOptions& options = {}) const;

  /// The style code of a picture. Error BadData "style.too_small" below 16 pixels on a side; warns when the
  /// picture has one colour only.
  StyleCode encode(const Image& style) const;

  /// The palette of one style with the texture (strokes, contrasts, edges) of another: a code has a part for
  /// each. Error BadData "style.space" when one belongs to another model.
  StyleCode combine(const StyleCode& palette, const StyleCode& texture) const;

  const std::string& space_id() const { return space_id_; }
  float default_detail() const { return default_detail_; }

 private:
  StyleCode code_of(const Image& picture) const;
  void require_own(const StyleCode& style) const;
  std::vector<Brush> brushes_for(const Image& photo, const StyleCode& style,
                                 const StylizeOptions& options) const;
  /// One pass after the other, coarse to fine; 16 bits, as large as the last one.
  Image paint(const Image& photo, const std::vector<CanvasSize>& passes, const std::vector<Brush>& brushes,
              const StylizeOptions& options) const;

  std::string space_id_;
  float default_detail_;
  float canvas_;
  int stroke_side_;
  model::StrokeScales strokes_;
  int palette_dim_;
  std::unique_ptr<const StyleTransferModel> model_;
};

}  // namespace atelier::inference

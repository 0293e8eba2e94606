#pragma once

#include "atelier/judging/painter.h"

namespace atelier::judging {

/// The photo itself: perfect content, no style. A metric that it wins does not measure style transfer.
class IdentityPainter : public Painter {
 public:
  std::string name() const override { return "IDENTITY"; }
  std::string about() const override { return "the photo itself, unchanged"; }
  bool control() const override { return true; }
  std::unique_ptr<Brush> take_up(const NamedPicture& style) const override;
};

/// The style picture itself: perfect style, no content.
class TargetCopyPainter : public Painter {
 public:
  std::string name() const override { return "TARGET-COPY"; }
  std::string about() const override { return "the style picture itself"; }
  bool control() const override { return true; }
  std::unique_ptr<Brush> take_up(const NamedPicture& style) const override;
};

/// The photo in the style's colours: the linear map of Lab that carries mean and covariance over (Pitie &
/// Kokaram 2007). What style transfer must beat.
class ColourTransferPainter : public Painter {
 public:
  std::string name() const override { return "colour-transfer"; }
  std::string about() const override { return "the photo with the style's colours (linear transfer in Lab)"; }
  std::unique_ptr<Brush> take_up(const NamedPicture& style) const override;
};

}  // namespace atelier::judging

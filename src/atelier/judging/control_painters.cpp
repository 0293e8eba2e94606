#include "atelier/judging/control_painters.h"

#include "atelier/inference/colour_transfer.h"

namespace atelier::judging {
namespace {

class NoBrush : public Brush {
 public:
  std::optional<Image> paint(const NamedPicture& photo) const override { return photo.image; }
};

class Stamp : public Brush {
 public:
  explicit Stamp(Image style) : style_(std::move(style)) {}
  std::optional<Image> paint(const NamedPicture&) const override { return style_; }

 private:
  Image style_;
};

class Dye : public Brush {
 public:
  explicit Dye(Image style) : style_(std::move(style)) {}
  std::optional<Image> paint(const NamedPicture& photo) const override {
    Image painting = photo.image;
    inference::transfer_palette(painting, style_);
    return painting;
  }

 private:
  Image style_;
};

}  // namespace

std::unique_ptr<Brush> IdentityPainter::take_up(const NamedPicture&) const {
  return std::make_unique<NoBrush>();
}

std::unique_ptr<Brush> TargetCopyPainter::take_up(const NamedPicture& style) const {
  return std::make_unique<Stamp>(style.image);
}

std::unique_ptr<Brush> ColourTransferPainter::take_up(const NamedPicture& style) const {
  return std::make_unique<Dye>(style.image);
}

}  // namespace atelier::judging

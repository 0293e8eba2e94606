#include "atelier/judging/model_painter.h"

#include <fmt/format.h>

namespace atelier::judging {
namespace {

class ModelBrush : public Brush {
 public:
  ModelBrush(const inference::Stylizer& stylizer, StyleCode code, inference::StylizeOptions options)
      : stylizer_(stylizer), code_(std::move(code)), options_(std::move(options)) {}

  std::optional<Image> paint(const NamedPicture& photo) const override {
    return stylizer_.stylize(photo.image, code_, options_);
  }

 private:
  const inference::Stylizer& stylizer_;
  StyleCode code_;
  inference::StylizeOptions options_;
};

}  // namespace

ModelPainter::ModelPainter(std::string name, std::shared_ptr<const inference::Stylizer> stylizer,
                           inference::StylizeOptions options)
    : name_(std::move(name)), stylizer_(std::move(stylizer)), options_(std::move(options)) {
  options_.validate();
}

std::string ModelPainter::about() const {
  return fmt::format("this model: strength {:g}, detail {:g}, stroke {:g}", options_.strength,
                     options_.detail.value_or(stylizer_->default_detail()), options_.stroke);
}

std::unique_ptr<Brush> ModelPainter::take_up(const NamedPicture& style) const {
  return std::make_unique<ModelBrush>(*stylizer_, stylizer_->encode(style.image), options_);
}

}  // namespace atelier::judging

#include "atelier/mapping/detail/frozen_styliser.h"

#include <torch/torch.h>

#include <cmath>

#include "atelier/tensor/canvas.h"
#include "atelier/tensor/tensor_file.h"

namespace atelier::mapping {
namespace {

void freeze(torch::nn::Module& module, const weights::SafetensorsFile& file, at::ScalarType type) {
  tensor::load_state(module, tensor::to_tensors(file), file.name());
  module.to(type);
  module.eval();
  for (at::Tensor& parameter : module.parameters()) parameter.set_requires_grad(false);
}

}  // namespace

FrozenStyliser::FrozenStyliser(const model::ModelBundle& bundle, at::ScalarType type)
    : type_(type),
      detail_(bundle.manifest().default_detail),
      canvas_(bundle.manifest().canvas),
      told_stroke_(bundle.manifest().strokes.told),
      generator_(bundle.manifest().generator),
      perceptual_(bundle.manifest().perceptual),
      encoder_(bundle.manifest().encoder, bundle.manifest().perceptual) {
  freeze(*generator_, bundle.generator(), type);
  freeze(*perceptual_, bundle.perceptual(), type);
  freeze(*encoder_, bundle.encoder(), type);
}

at::Tensor FrozenStyliser::paint(const at::Tensor& content, const at::Tensor& code) {
  const at::Tensor stroke = torch::full({content.size(0)}, std::log2(told_stroke_), type_);
  return generator_->forward(tensor::on_canvas(content, canvas_), code, stroke,
                             torch::full_like(stroke, detail_));
}

at::Tensor FrozenStyliser::code_of(const at::Tensor& picture) {
  return encoder_->forward(nn::style_statistics(picture, *perceptual_));
}

at::Tensor FrozenStyliser::structure(const at::Tensor& picture) {
  return perceptual_->features(picture).back();
}

}  // namespace atelier::mapping

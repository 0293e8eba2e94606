#include "atelier/training/detail/style_painter.h"

#include <torch/torch.h>

#include <cmath>

#include "atelier/tensor/canvas.h"
#include "atelier/training/detail/networks.h"

namespace atelier::training {
namespace {

// The decoder: what paints. Its inputs, the photo's features, stay those of the base.
constexpr const char* kLayers[] = {"sk.conv.", "d1.conv.", "dec.", "d3.conv.", "out.conv."};

bool is_trained_layer(const std::string& name) {
  for (const char* layer : kLayers)
    if (name.starts_with(layer)) return true;
  return false;
}

std::vector<float> to_floats(const at::Tensor& tensor) {
  const at::Tensor flat = tensor.detach().to(torch::kFloat32).contiguous();
  return {flat.data_ptr<float>(), flat.data_ptr<float>() + flat.numel()};
}

bool is_zero(const at::Tensor& tensor) {
  return tensor.eq(0).all().item<bool>();
}

}  // namespace

StylePainter::StylePainter(const model::ModelBundle& bundle)
    : space_(bundle.manifest().space_id),
      canvas_(bundle.manifest().canvas),
      told_stroke_(bundle.manifest().strokes.told),
      generator_sha256_(bundle.manifest().sha256.at("generator.safetensors")),
      generator_(bundle.manifest().generator),
      phi_(bundle.manifest().perceptual),
      encoder_(bundle.manifest().encoder, bundle.manifest().perceptual) {
  load_frozen(*generator_, bundle.generator());
  load_frozen(*phi_, bundle.perceptual());
  load_frozen(*encoder_, bundle.encoder());
  for (const auto& item : generator_->named_parameters()) {
    if (!is_trained_layer(item.key())) continue;
    layer_names_.push_back(item.key());
    original_layers_.push_back(item.value().detach().clone());
    state_.layers.push_back(item.value());
  }
  state_.code = torch::zeros({1, bundle.manifest().generator.code_dim});
  state_.correction = torch::zeros({1, model::modulation_length(bundle.manifest().generator)});
}

at::Tensor StylePainter::encode(const at::Tensor& picture) {
  const torch::NoGradGuard no_grad;
  return encoder_->forward(nn::style_statistics(picture, *phi_));
}

at::Tensor StylePainter::paint(const at::Tensor& content, double detail) {
  return paint(content, state_.code.expand({content.size(0), -1}), detail);
}

at::Tensor StylePainter::paint(const at::Tensor& content, const at::Tensor& codes, double detail) {
  const auto count = content.size(0);
  const std::int64_t piece = at::GradMode::is_enabled() ? ++learning_paints_ : 0;
  nn::NormStats live;
  return generator_->forward(tensor::on_canvas(content, canvas_, piece), codes,
                             torch::full({count}, std::log2(told_stroke_)), torch::full({count}, detail),
                             live, state_.correction);
}

void StylePainter::train(bool code, bool correction, bool layers) {
  state_.code.set_requires_grad(code);
  state_.correction.set_requires_grad(correction);
  for (at::Tensor& layer : state_.layers) layer.set_requires_grad(layers);
}

StylePainter::State StylePainter::snapshot() const {
  State copy{state_.code.detach().clone(), state_.correction.detach().clone(), {}};
  for (const at::Tensor& layer : state_.layers) copy.layers.push_back(layer.detach().clone());
  return copy;
}

void StylePainter::restore(const State& state) {
  const torch::NoGradGuard no_grad;
  state_.code.copy_(state.code);
  state_.correction.copy_(state.correction);
  for (std::size_t i = 0; i < state.layers.size(); ++i) state_.layers[i].copy_(state.layers[i]);
}

StyleCode StylePainter::code_of(const State& state) const {
  return {space_, to_floats(state.code)};
}

model::StyleDelta StylePainter::delta_of(const State& state) const {
  model::StyleDelta delta{space_, generator_sha256_, {}, {}};
  if (!is_zero(state.correction)) delta.modulation = to_floats(state.correction);
  for (std::size_t i = 0; i < state.layers.size(); ++i) {
    const at::Tensor difference = state.layers[i] - original_layers_[i];
    if (is_zero(difference)) continue;
    delta.layers.push_back({layer_names_[i], difference.sizes().vec(), to_floats(difference)});
  }
  return delta;
}

}  // namespace atelier::training

#include "atelier/training/detail/painter_adam.h"

#include <torch/torch.h>

#include <memory>

namespace atelier::training {
namespace {

constexpr double kPainterRates[] = {0.02, 0.01, 5e-4};  // of code, corrections and layers

std::vector<torch::optim::OptimizerParamGroup> groups_of(const StylePainter& painter, bool correction,
                                                         bool layers) {
  std::vector<torch::optim::OptimizerParamGroup> groups;
  const auto add = [&](std::vector<at::Tensor> parameters) {
    groups.emplace_back(std::move(parameters),
                        std::make_unique<torch::optim::AdamOptions>(kPainterRates[groups.size()]));
  };
  add({painter.code()});
  if (correction) add({painter.correction()});
  if (layers) add(painter.layers());
  return groups;
}

StylePainter& opened(StylePainter& painter, bool correction, bool layers) {
  painter.train(true, correction, layers);
  return painter;
}

}  // namespace

PainterAdam::PainterAdam(StylePainter& painter, bool correction, bool layers)
    : painter_(opened(painter, correction, layers)),
      adam_(groups_of(painter, correction, layers),
            torch::optim::AdamOptions(kPainterRates[0]).betas({0.9, 0.99})) {}

PainterAdam::~PainterAdam() {
  painter_.train(false, false, false);
}

void PainterAdam::set_rates(double share) {
  for (std::size_t i = 0; i < adam_.param_groups().size(); ++i)
    static_cast<torch::optim::AdamOptions&>(adam_.param_groups()[i].options()).lr(kPainterRates[i] * share);
}

}  // namespace atelier::training

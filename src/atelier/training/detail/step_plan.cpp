#include "atelier/training/detail/step_plan.h"

#include <torch/torch.h>

#include <algorithm>

#include "atelier/tensor/canvas.h"
#include "atelier/training/detail/crops.h"

namespace atelier::training {
namespace {

constexpr double kMaxZoom = 2.5;
constexpr int kShiftReach = 7;
constexpr std::int64_t kCanvasReach = 1 << 20;  // pixels

}  // namespace

float drawn_detail(double u) {
  return static_cast<float>(u < 0.2 ? 0.0 : u > 0.8 ? 1.0 : (u - 0.2) / 0.6);
}

StepPlanner::StepPlanner(const std::vector<TrainingPicture>& content,
                         const std::vector<TrainingPicture>& style, StyleCatalogue& catalogue,
                         const TrainingOptions& options)
    : content_(content), catalogue_(catalogue), options_(options) {
  double total = 0;
  for (const TrainingPicture& picture : style) {
    double weight = 1;
    for (const auto& [label, value] : options.label_weights) {
      if (label == picture.label) weight = value;
    }
    cumulative_.push_back(total += weight);
  }
}

at::Tensor StepPlanner::canvas(int crop, int batch, Random& random) const {
  if (options_.canvas == 0) return torch::zeros({batch, 1, crop, crop});
  std::uniform_int_distribution<std::int64_t> place(0, kCanvasReach);
  std::vector<at::Tensor> pieces;
  for (int i = 0; i < batch; ++i) {
    const auto x = place(random), y = place(random);
    pieces.push_back(tensor::canvas(crop, crop, options_.canvas, x, y));
  }
  return torch::cat(pieces);
}

StepPlan StepPlanner::plan(std::int64_t step, int crop, int batch) const {
  torch::NoGradGuard no_grad;
  Random random = random_for(options_.seed, step, 2);
  std::uniform_real_distribution<double> unit(0, 1);
  std::uniform_int_distribution<std::size_t> photo(0, content_.size() - 1);
  std::uniform_int_distribution<int> variant(0, StyleCatalogue::kVariants - 1),
      shift(-kShiftReach, kShiftReach);
  const auto pick = [&] {
    const double at = unit(random) * cumulative_.back();
    const auto found = std::upper_bound(cumulative_.begin(), cumulative_.end(), at);
    const auto index =
        std::min<std::size_t>(static_cast<std::size_t>(found - cumulative_.begin()), cumulative_.size() - 1);
    return &catalogue_.at(index, variant(random));
  };
  StepPlan plan;
  const bool blends = unit(random) < options_.mixup;
  std::vector<at::Tensor> crops;
  std::vector<float> detail, blend;
  for (int i = 0; i < batch; ++i) {
    crops.push_back(random_crop(content_[photo(random)].bytes, crop, kMaxZoom, random));
    plan.styles.push_back(pick());
    if (blends) plan.blend_with.push_back(pick());
    detail.push_back(drawn_detail(unit(random)));
    blend.push_back(static_cast<float>(unit(random)));
  }
  plan.content = torch::stack(crops);
  plan.own = random_crop(content_[photo(random)].bytes, crop, kMaxZoom, random).unsqueeze(0);
  plan.canvas = canvas(crop, batch, random);
  plan.detail = torch::tensor(detail);
  plan.blend = torch::tensor(blend);
  plan.shift_x = shift(random);
  plan.shift_y = shift(random);
  plan.noise_seed = random();
  return plan;
}

}  // namespace atelier::training

#include "atelier/training/detail/tuning_ruler.h"

#include <torch/torch.h>

#include <algorithm>

#include "atelier/losses/perceptual_losses.h"
#include "atelier/nn/filter_bank.h"
#include "atelier/training/detail/teacher_network.h"

namespace atelier::training {
namespace {

// The base's own recipe (configs/train/base.json) with twice its weight of correlations.
constexpr double kMoments = 2.5, kGram = 1.6, kNearContent = 0.5, kFilters = 1;
constexpr std::size_t kDeepTap = 3;  // of phi, VGG-19 and SE-16x: where structure is seen

}  // namespace

StyleLook averaged(const std::vector<StyleLook>& pictures) {
  const auto count = static_cast<double>(pictures.size());
  StyleLook result = pictures.front();
  for (std::size_t network = 0; network < result.size(); ++network) {
    for (std::size_t layer = 0; layer < result[network].size(); ++layer) {
      at::Tensor mean, deviation, gram;
      for (const StyleLook& picture : pictures) {
        const nn::LayerStatistics& one = picture[network][layer];
        mean = mean.defined() ? mean + one.mean : one.mean;
        deviation = deviation.defined() ? deviation + one.std : one.std;
        gram = gram.defined() ? gram + one.gram : one.gram;
      }
      result[network][layer] = {mean / count, deviation / count, gram / count};
    }
  }
  return result;
}

StyleLook stacked(const std::vector<StyleLook>& rows) {
  StyleLook result;
  for (std::size_t network = 0; network < rows.front().size(); ++network) {
    std::vector<std::vector<nn::LayerStatistics>> own;
    for (const StyleLook& row : rows) own.push_back(row[network]);
    result.push_back(nn::stack(own));
  }
  return result;
}

TuningRuler::TuningRuler(nn::PerceptualNetwork phi, const std::vector<ReferenceNetwork>& further)
    : phi_(std::move(phi)), measures_{{phi_.get(), 4, 1, 0}} {
  references_.push_back(std::make_unique<nn::FilterBank>());
  measures_.push_back({references_.back().get(), nn::FilterBank::kScales, kFilters, 0});
  for (const ReferenceNetwork& network : further) {
    references_.push_back(load_teacher_network(network.kind, network.file));
    measures_.push_back({references_.back().get(), network.taps, network.weight, network.content});
    if (network.content > 0) contents_.push_back(network.content);
  }
  phi_knows_structure_ = contents_.empty();
  if (phi_knows_structure_) contents_ = {1, kNearContent};
}

TuningRuler::View TuningRuler::view(const at::Tensor& pictures) const {
  View seen;
  for (const Measure& measure : measures_) seen.push_back(measure.network->features(pictures));
  return seen;
}

StyleLook TuningRuler::look_of(const View& pictures) const {
  StyleLook look;
  for (std::size_t i = 0; i < measures_.size(); ++i) {
    const auto count = std::min(pictures[i].size(), static_cast<std::size_t>(measures_[i].taps));
    look.push_back(nn::layer_statistics(
        {pictures[i].begin(), pictures[i].begin() + static_cast<std::ptrdiff_t>(count)}));
  }
  return look;
}

TuningRuler::Structure TuningRuler::structure_of(const View& pictures) const {
  if (phi_knows_structure_) return {pictures[0][kDeepTap], pictures[0][kDeepTap - 1]};
  Structure structure;
  for (std::size_t i = 0; i < measures_.size(); ++i) {
    if (measures_[i].content > 0) structure.push_back(pictures[i].at(kDeepTap));
  }
  return structure;
}

at::Tensor TuningRuler::style_loss(const View& paintings, const StyleLook& target) const {
  const StyleLook seen = look_of(paintings);
  at::Tensor total;
  for (std::size_t i = 0; i < measures_.size(); ++i) {
    const at::Tensor own = (losses::MomentLoss()(seen[i], target[i]) * kMoments +
                            losses::GramLoss()(seen[i], target[i]) * kGram) *
                           measures_[i].weight;
    total = total.defined() ? total + own : own;
  }
  return total;
}

at::Tensor TuningRuler::structure_held(const Structure& photos) const {
  std::vector<at::Tensor> held;
  for (const at::Tensor& tap : photos) {
    held.push_back(phi_knows_structure_ ? torch::ones({tap.size(0)})
                                        : tap.flatten(1).var(1, /*unbiased=*/false));
  }
  return torch::stack(held, 1);
}

at::Tensor TuningRuler::structure_loss(const Structure& paintings, const Structure& photos,
                                       const at::Tensor& weights) const {
  const losses::ContentLoss loss{.standardised = phi_knows_structure_};
  at::Tensor total;
  for (std::size_t i = 0; i < photos.size(); ++i) {
    const at::Tensor own =
        loss(paintings[i], photos[i], weights.select(1, static_cast<std::int64_t>(i))) * contents_[i];
    total = total.defined() ? total + own : own;
  }
  return total;
}

}  // namespace atelier::training

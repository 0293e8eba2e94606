#include "atelier/training/detail/tuning_losses.h"

#include <torch/torch.h>

#include <algorithm>
#include <cmath>

#include "atelier/losses/perceptual_losses.h"
#include "atelier/losses/pixel_losses.h"
#include "atelier/nn/filter_bank.h"
#include "atelier/training/detail/teacher_network.h"

namespace atelier::training {
namespace {

// The base's own recipe (configs/train/base.json) with twice its weight of correlations; the content's weight
// is found as it goes.
constexpr double kMoments = 2.5, kGram = 1.6, kNearContent = 0.5, kFilters = 1;
constexpr double kStructure = 3, kColour = 0.8, kHalo = 5, kGrid = 2, kVariation = 0.1;
constexpr double kContentStep = 0.2, kLeastContent = 0.2, kMostContent = 30;
constexpr double kExcess = 10;

std::vector<nn::LayerStatistics> statistics(std::vector<at::Tensor> features, int taps) {
  features.resize(std::min(features.size(), static_cast<std::size_t>(taps)));
  return nn::layer_statistics(features);
}

}  // namespace

StyleLook pooled(const std::vector<StyleLook>& pictures) {
  StyleLook result(pictures.front().size());
  const auto count = static_cast<double>(pictures.size());
  for (std::size_t network = 0; network < result.size(); ++network) {
    for (std::size_t layer = 0; layer < pictures.front()[network].size(); ++layer) {
      at::Tensor mean, square, gram;
      for (const StyleLook& picture : pictures) {
        const nn::LayerStatistics& one = picture[network][layer];
        const at::Tensor own_square = one.std.square() + one.mean.square();
        mean = mean.defined() ? mean + one.mean : one.mean;
        square = square.defined() ? square + own_square : own_square;
        gram = gram.defined() ? gram + one.gram : one.gram;
      }
      mean = mean / count;
      const at::Tensor deviation = (square / count - mean.square()).clamp_min(1e-8).sqrt();
      result[network].push_back({mean, deviation, gram / count});
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

StyleRuler::StyleRuler(nn::PerceptualNetwork phi, const std::vector<ReferenceNetwork>& further)
    : phi_(std::move(phi)), measures_{{phi_.get(), 4, 1}} {
  references_.push_back(std::make_unique<nn::FilterBank>());
  measures_.push_back({references_.back().get(), nn::FilterBank::kScales, kFilters});
  for (const ReferenceNetwork& network : further) {
    references_.push_back(load_teacher_network(network.kind, network.file));
    measures_.push_back({references_.back().get(), network.taps, network.weight});
  }
}

StyleLook StyleRuler::look_at(const at::Tensor& pictures) const {
  return look_at(pictures, measures_.front().network->features(pictures));
}

StyleLook StyleRuler::look_at(const at::Tensor& pictures, const std::vector<at::Tensor>& taps) const {
  StyleLook look;
  for (const Measure& measure : measures_) {
    const bool known = &measure == &measures_.front();
    look.push_back(statistics(known ? taps : measure.network->features(pictures), measure.taps));
  }
  return look;
}

at::Tensor StyleRuler::loss(const at::Tensor& paintings, const std::vector<at::Tensor>& taps,
                            const StyleLook& target) const {
  const StyleLook seen = look_at(paintings, taps);
  at::Tensor total;
  for (std::size_t i = 0; i < measures_.size(); ++i) {
    const at::Tensor own = (losses::MomentLoss()(seen[i], target[i]) * kMoments +
                            losses::GramLoss()(seen[i], target[i]) * kGram) *
                           measures_[i].weight;
    total = total.defined() ? total + own : own;
  }
  return total;
}

at::Tensor structure_loss(const std::vector<at::Tensor>& taps, const std::vector<at::Tensor>& photo_taps) {
  const losses::ContentLoss loss;
  return loss(taps[3], photo_taps[3]) + loss(taps[2], photo_taps[2]) * kNearContent;
}

void measure(TuningScene& scene, StylePainter& painter, const StylePainter::State& zero_shot, double detail) {
  if (!scene.taps.empty()) return;
  const torch::NoGradGuard no_grad;
  scene.taps = painter.phi()->features(scene.photo);
  const StylePainter::State now = painter.snapshot();
  painter.restore(zero_shot);
  const at::Tensor painting = painter.paint(scene.photo, detail);
  painter.restore(now);
  scene.zero_shot_content = structure_loss(painter.phi()->features(painting), scene.taps).item<double>();
}

at::Tensor guards(const at::Tensor& paintings, const at::Tensor& photos) {
  return losses::StructureGuard()(paintings, photos) * kStructure +
         losses::ColourGuard()(paintings, photos) * kColour + losses::HaloGuard()(paintings, photos) * kHalo +
         losses::GridGuard()(paintings) * kGrid + losses::TotalVariationLoss()(paintings) * kVariation;
}

void ContentWeight::follow(double lost, double allowed) {
  value_ = std::clamp(value_ * std::exp(kContentStep * (lost - allowed)), kLeastContent, kMostContent);
}

double relative_score(const TuningScore& now, const TuningScore& zero_shot, double most_content) {
  const double excess = now.content / zero_shot.content - most_content;
  return now.style / zero_shot.style + kExcess * std::max(0.0, excess);
}

}  // namespace atelier::training

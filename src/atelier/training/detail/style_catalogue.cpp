#include "atelier/training/detail/style_catalogue.h"

#include <torch/torch.h>

#include <array>
#include <cmath>

#include "atelier/training/detail/crops.h"

namespace atelier::training {
namespace {

struct Variant {
  double scale;
  bool recoloured;
};
constexpr std::array<Variant, StyleCatalogue::kVariants> kVariantTable = {
    {{1, false}, {1, true}, {1.41, false}, {0.71, true}}};

at::Tensor to_float(const at::Tensor& bytes) { return bytes.to(torch::kFloat32).div_(255); }

at::Tensor to_short_side(const at::Tensor& picture, double side) {
  const double factor = side / static_cast<double>(std::min(picture.size(1), picture.size(2)));
  if (std::abs(factor - 1) < 0.01) return picture;
  return resize_antialiased(picture, std::lround(static_cast<double>(picture.size(1)) * factor),
                            std::lround(static_cast<double>(picture.size(2)) * factor));
}

}  // namespace

StyleCatalogue::StyleCatalogue(const std::vector<TrainingPicture>& pictures, std::vector<Measure> measures, int short_side,
                               std::uint64_t seed, c10::Device device)
    : pictures_(pictures), measures_(std::move(measures)), short_side_(short_side), seed_(seed), device_(device) {}

const StyleEntry& StyleCatalogue::at(std::size_t picture, int variant) {
  const auto key = std::make_pair(picture, variant);
  {
    std::lock_guard lock(mutex_);
    const auto found = entries_.find(key);
    if (found != entries_.end()) return found->second;
  }
  StyleEntry entry = make(picture, variant);
  std::lock_guard lock(mutex_);
  return entries_.emplace(key, std::move(entry)).first->second;
}

std::vector<nn::LayerStatistics> StyleCatalogue::measure(std::size_t i, const std::vector<at::Tensor>& taps) const {
  const auto used = std::min<std::size_t>(taps.size(), static_cast<std::size_t>(measures_[i].taps));
  return nn::layer_statistics(std::vector<at::Tensor>(taps.begin(), taps.begin() + static_cast<std::ptrdiff_t>(used)));
}

StyleEntry StyleCatalogue::make(std::size_t index, int variant) const {
  torch::NoGradGuard no_grad;
  const Variant& kind = kVariantTable[static_cast<std::size_t>(variant)];
  at::Tensor picture = to_short_side(to_float(pictures_[index].bytes), short_side_);
  if (kind.recoloured) {
    Random random = random_for(seed_, static_cast<std::int64_t>(index), 100 + static_cast<std::uint64_t>(variant));
    std::uniform_int_distribution<std::size_t> pick(0, pictures_.size() - 1);
    picture = recolour(picture, to_float(pictures_[pick(random)].bytes));
  }
  StyleEntry entry;
  const nn::StyleStatistics described = nn::style_statistics(picture.unsqueeze(0).to(device_), *measures_.front().network);
  entry.described = {described.texture.cpu(), described.palette.cpu()};
  entry.stroke_log2 = static_cast<float>(std::log2(kind.scale));
  const at::Tensor scaled = to_short_side(picture, short_side_ * kind.scale);
  for (std::size_t i = 0; i < measures_.size(); ++i) {
    entry.targets.push_back(measure(i, measures_[i].network->features(scaled.unsqueeze(0).to(device_))));
    for (nn::LayerStatistics& layer : entry.targets.back()) layer = {layer.mean.cpu(), layer.std.cpu(), layer.gram.cpu()};
  }
  entry.bytes = scaled.mul(255).round_().clamp_(0, 255).to(torch::kUInt8);
  return entry;
}

StyleBatch stack(const std::vector<const StyleEntry*>& entries) {
  std::vector<at::Tensor> texture, palette;
  std::vector<float> stroke;
  for (const StyleEntry* entry : entries) {
    texture.push_back(entry->described.texture);
    palette.push_back(entry->described.palette);
    stroke.push_back(entry->stroke_log2);
  }
  StyleBatch batch{{torch::cat(texture), torch::cat(palette)}, torch::tensor(stroke), {}};
  for (std::size_t i = 0; i < entries.front()->targets.size(); ++i) {
    std::vector<std::vector<nn::LayerStatistics>> rows;
    for (const StyleEntry* entry : entries) rows.push_back(entry->targets[i]);
    batch.targets.push_back(nn::stack(rows));
  }
  return batch;
}

}  // namespace atelier::training

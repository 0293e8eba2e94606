#include "atelier/training/detail/style_catalogue.h"

#include <torch/torch.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

#include "atelier/losses/quiet_guard.h"
#include "atelier/training/detail/crops.h"
#include "atelier/weights/sha256.h"

namespace atelier::training {
namespace {

struct Variant {
  double scale;
  bool recoloured;
};
constexpr std::array<Variant, StyleCatalogue::kVariants> kVariantTable = {
    {{1, false}, {1, true}, {1.41, false}, {0.71, true}, {2, false}}};

// Larger pictures are measured in a window: statistics of so many strokes change little, and their cost is
// bounded.
constexpr std::int64_t kLargestWindow = 512;

at::Tensor to_float(const at::Tensor& bytes) {
  return bytes.to(torch::kFloat32).div_(255);
}

at::Tensor to_short_side(const at::Tensor& picture, double side) {
  const double factor = side / static_cast<double>(std::min(picture.size(1), picture.size(2)));
  if (std::abs(factor - 1) < 0.01) return picture;
  return resize_antialiased(picture, std::lround(static_cast<double>(picture.size(1)) * factor),
                            std::lround(static_cast<double>(picture.size(2)) * factor));
}

at::Tensor window(const at::Tensor& picture, Random& random) {
  const auto cut = [&](const at::Tensor& from, std::int64_t axis) {
    const auto side = std::min(from.size(axis), kLargestWindow);
    return from.narrow(axis, std::uniform_int_distribution<std::int64_t>(0, from.size(axis) - side)(random),
                       side);
  };
  return cut(cut(picture, 1), 2).contiguous();
}

}  // namespace

model::StrokeScales StyleCatalogue::strokes() {
  const auto [smallest, largest] = std::minmax_element(kVariantTable.begin(), kVariantTable.end(),
                                                       [](auto& a, auto& b) { return a.scale < b.scale; });
  return {smallest->scale, largest->scale, largest->scale};
}

double StyleCatalogue::stroke(int variant) {
  return kVariantTable[static_cast<std::size_t>(variant)].scale;
}

StyleCatalogue::StyleCatalogue(const std::vector<TrainingPicture>& pictures, std::vector<Measure> measures,
                               StyleSides sides, std::uint64_t seed, c10::Device device,
                               std::optional<StyleCache> cache)
    : pictures_(pictures),
      measures_(std::move(measures)),
      sides_(sides),
      seed_(seed),
      device_(device),
      cache_(std::move(cache)) {
  if (!cache_) return;
  for (const TrainingPicture& picture : pictures_) {
    const at::Tensor bytes = picture.bytes.contiguous();
    hashes_.push_back(weights::sha256_hex(
        std::as_bytes(std::span(bytes.data_ptr<std::uint8_t>(), static_cast<std::size_t>(bytes.numel())))));
  }
}

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

std::vector<nn::LayerStatistics> StyleCatalogue::measure(std::size_t i,
                                                         const std::vector<at::Tensor>& taps) const {
  const auto used = std::min<std::size_t>(taps.size(), static_cast<std::size_t>(measures_[i].taps));
  return nn::layer_statistics(
      std::vector<at::Tensor>(taps.begin(), taps.begin() + static_cast<std::ptrdiff_t>(used)));
}

std::pair<at::Tensor, std::size_t> StyleCatalogue::picture(std::size_t index, int variant,
                                                           Random& random) const {
  const Variant& kind = kVariantTable[static_cast<std::size_t>(variant)];
  const at::Tensor plain = to_short_side(to_float(pictures_[index].bytes), sides_.strokes * kind.scale);
  if (!kind.recoloured) return {plain, index};
  const std::size_t other = std::uniform_int_distribution<std::size_t>(0, pictures_.size() - 1)(random);
  return {recolour(plain, to_short_side(to_float(pictures_[other].bytes), sides_.described)), other};
}

std::string StyleCatalogue::cache_key(std::size_t index, std::size_t colours_of, int variant) const {
  std::string text = hashes_[index] + hashes_[colours_of] + " variant " + std::to_string(variant) +
                     " sides " + std::to_string(sides_.described) + " " + std::to_string(sides_.strokes) +
                     " window " + std::to_string(kLargestWindow) + " seed " + std::to_string(seed_);
  for (const Measure& measure : measures_)
    text += " " + measure.identity + ":" + std::to_string(measure.taps);
  return weights::sha256_hex(text);
}

nn::StyleStatistics StyleCatalogue::describe(const at::Tensor& picture) const {
  const at::Tensor seen = to_short_side(picture, sides_.described).unsqueeze(0).to(device_);
  const nn::StyleStatistics described = nn::style_statistics(seen, *measures_.front().network);
  return {described.texture.cpu(), described.palette.cpu()};
}

nn::StyleStatistics StyleCatalogue::describe(std::size_t index) const {
  torch::NoGradGuard no_grad;
  Random unused(seed_);
  return describe(picture(index, 0, unused).first);
}

StyleEntry StyleCatalogue::make(std::size_t index, int variant) const {
  torch::NoGradGuard no_grad;
  Random random =
      random_for(seed_, static_cast<std::int64_t>(index), 100 + static_cast<std::uint64_t>(variant));
  const auto [whole, colours_of] = picture(index, variant, random);
  const at::Tensor seen = window(whole, random);
  const std::string key = cache_ ? cache_key(index, colours_of, variant) : "";
  std::optional<MeasuredStyle> measured = cache_ ? cache_->find(key) : std::nullopt;
  if (!measured) {
    measured = MeasuredStyle{describe(whole), {}};
    for (std::size_t i = 0; i < measures_.size(); ++i) {
      measured->targets.push_back(measure(i, measures_[i].network->features(seen.unsqueeze(0).to(device_))));
      for (nn::LayerStatistics& layer : measured->targets.back()) {
        layer = {layer.mean.cpu(), layer.std.cpu(), layer.gram.cpu()};
      }
    }
    if (cache_) cache_->keep(key, *measured);
  }
  StyleEntry entry;
  entry.described = std::move(measured->described);
  entry.targets = std::move(measured->targets);
  entry.stroke_log2 = static_cast<float>(std::log2(stroke(variant)));
  entry.quiet = losses::QuietGuard::level(seen.unsqueeze(0)).item<float>();
  entry.bytes = seen.mul(255).round_().clamp_(0, 255).to(torch::kUInt8);
  return entry;
}

StyleBatch stack(const std::vector<const StyleEntry*>& entries) {
  std::vector<at::Tensor> texture, palette;
  std::vector<float> stroke, quiet;
  for (const StyleEntry* entry : entries) {
    texture.push_back(entry->described.texture);
    palette.push_back(entry->described.palette);
    stroke.push_back(entry->stroke_log2);
    quiet.push_back(entry->quiet);
  }
  StyleBatch batch{
      {torch::cat(texture), torch::cat(palette)}, torch::tensor(stroke), torch::tensor(quiet), {}};
  for (std::size_t i = 0; i < entries.front()->targets.size(); ++i) {
    std::vector<std::vector<nn::LayerStatistics>> rows;
    for (const StyleEntry* entry : entries) rows.push_back(entry->targets[i]);
    batch.targets.push_back(nn::stack(rows));
  }
  return batch;
}

}  // namespace atelier::training

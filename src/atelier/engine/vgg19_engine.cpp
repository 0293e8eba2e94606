#include "atelier/engine/vgg19_engine.h"

#include <algorithm>
#include <string>
#include <vector>

#include "atelier/core/error.h"
#include "atelier/engine/detail/conv_stack.h"
#include "atelier/engine/detail/tile_sources.h"

namespace atelier::engine {
namespace {

// torchvision's indices of the convolutions and their widths.
struct Convolution {
  int index, out;
  bool tap, pools;
};
constexpr Convolution kConvolutions[] = {
    {0, 64, true, false},   {2, 64, false, true},    {5, 128, true, false},   {7, 128, false, true},
    {10, 256, true, false}, {12, 256, false, false}, {14, 256, false, false}, {16, 256, true, false}};

// [out, 3, 3, 3] for BGR, made one for RGB.
std::vector<float> for_rgb(std::vector<float> weight) {
  constexpr std::size_t kKernel = 9;
  for (std::size_t at = 0; at < weight.size(); at += 3 * kKernel) {
    const auto blue = weight.begin() + static_cast<std::ptrdiff_t>(at);
    std::swap_ranges(blue, blue + kKernel, blue + 2 * kKernel);
  }
  return weight;
}

}  // namespace

struct Vgg19Engine::Network {
  Network(const weights::SafetensorsFile& file, const EngineOptions& engine)
      : stack(engine.resolved_threads()) {
    int in = 3;
    for (const Convolution& c : kConvolutions) {
      const std::string name = "features." + std::to_string(c.index);
      std::vector<float> weight = file.floats(name + ".weight", {c.out, in, 3, 3});
      if (in == 3) weight = for_rgb(std::move(weight));
      stack.add(weight, file.floats(name + ".bias", {c.out}), in, {.pools = c.pools});
      in = c.out;
    }
  }

  detail::ConvStack stack;
};

Vgg19Engine::Vgg19Engine(const weights::SafetensorsFile& weights, EngineOptions engine) {
  engine.validate();
  network_ = std::make_unique<const Network>(weights, engine);
}

Vgg19Engine::~Vgg19Engine() = default;
Vgg19Engine::Vgg19Engine(Vgg19Engine&&) noexcept = default;
Vgg19Engine& Vgg19Engine::operator=(Vgg19Engine&&) noexcept = default;

void Vgg19Engine::features(std::span<const float> picture, int height, int width,
                           const std::function<void(const Vgg19Layer&)>& see) const {
  if (height < 16 || width < 16 ||
      picture.size() != 3 * static_cast<std::size_t>(height) * static_cast<std::size_t>(width)) {
    throw Error(ErrorCode::Usage, "engine.size",
                "a picture is [3, height, width] with sides of at least 16; this one is " +
                    std::to_string(width) + "x" + std::to_string(height) + ": scale it up");
  }
  // Caffe's convention: 0..255, ImageNet's mean colour subtracted, no division.
  constexpr float kMean[3] = {123.68f / 255, 116.779f / 255, 103.939f / 255};
  constexpr float kScale[3] = {255, 255, 255};
  network_->stack.run(
      detail::StandardisedSource(picture, height, width, kMean, kScale),
      [&](std::size_t layer, const detail::FeatureMap& map, const std::optional<detail::ChannelMoments>&) {
        if (kConvolutions[layer].tap) see({{map.data, map.floats()}, map.height, map.width, map.channels});
      });
}

}  // namespace atelier::engine

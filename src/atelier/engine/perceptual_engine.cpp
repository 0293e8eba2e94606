#include "atelier/engine/perceptual_engine.h"

#include <cmath>
#include <string>

#include "atelier/core/error.h"
#include "atelier/engine/detail/conv_stack.h"
#include "atelier/engine/detail/tile_sources.h"

namespace atelier::engine {

struct PerceptualEngine::Network {
  Network(const PerceptualOptions& o, const weights::SafetensorsFile& file, const EngineOptions& engine)
      : options(o), stack(engine.resolved_threads()) {
    int in = 3;
    for (std::size_t b = 0; b < o.widths.size(); ++b) {
      const bool last = b + 1 == o.widths.size();
      // What lies behind the last tap is never computed.
      const int count = last ? 1 : o.convs[b];
      for (int i = 0; i < count; ++i) {
        const std::string name = "conv" + std::to_string(b + 1) + "_" + std::to_string(i + 1);
        const int out = o.widths[b];
        stack.add(file.floats(name + ".weight", {out, in, 3, 3}), file.floats(name + ".bias", {out}), in,
                  {.pools = !last && i + 1 == count, .moments = i == 0});
        in = out;
      }
    }
  }

  PerceptualOptions options;
  detail::ConvStack stack;
};

PerceptualEngine::PerceptualEngine(const PerceptualOptions& options, const weights::SafetensorsFile& weights,
                                   EngineOptions engine) {
  options.validate();
  engine.validate();
  network_ = std::make_unique<const Network>(options, weights, engine);
}

PerceptualEngine::~PerceptualEngine() = default;
PerceptualEngine::PerceptualEngine(PerceptualEngine&&) noexcept = default;
PerceptualEngine& PerceptualEngine::operator=(PerceptualEngine&&) noexcept = default;

const PerceptualOptions& PerceptualEngine::options() const {
  return network_->options;
}

std::vector<float> PerceptualEngine::statistics(std::span<const float> picture, int height, int width) const {
  if (height < 16 || width < 16 ||
      picture.size() != 3 * static_cast<std::size_t>(height) * static_cast<std::size_t>(width)) {
    throw Error(ErrorCode::Usage, "engine.size",
                "a style picture is [3, height, width] with sides of at least 16; this one is " +
                    std::to_string(width) + "x" + std::to_string(height) + ": scale it up");
  }
  constexpr float kMean[3] = {0.485f, 0.456f, 0.406f};
  constexpr float kScale[3] = {1 / 0.229f, 1 / 0.224f, 1 / 0.225f};

  std::vector<float> result;
  std::size_t tap = 0;
  network_->stack.run(
      detail::StandardisedSource(picture, height, width, kMean, kScale),
      [&](std::size_t, const detail::FeatureMap&, const std::optional<detail::ChannelMoments>& moments) {
        if (!moments) return;
        const auto channels = static_cast<std::size_t>(network_->options.widths[tap++]);
        for (std::size_t c = 0; c < channels; ++c) result.push_back(static_cast<float>(moments->mean[c]));
        for (std::size_t c = 0; c < channels; ++c) {
          result.push_back(static_cast<float>(std::log(std::sqrt(moments->variance[c]) + 1e-3)));
        }
      });
  return result;
}

}  // namespace atelier::engine

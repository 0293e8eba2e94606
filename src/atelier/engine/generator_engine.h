#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "atelier/engine/engine_options.h"
#include "atelier/model/architecture.h"
#include "atelier/weights/safetensors_file.h"

namespace atelier::engine {

/// Means and standard deviations of every normalisation, in GeneratorOptions::norm_sites order; per site C
/// means, then C values of sqrt(var + 1e-5).
struct SiteStatistics {
  std::vector<std::vector<float>> sites;
};

/// One of several styles in one painting.
struct MaskedBrush {
  std::span<const float> code;             ///< code_dim numbers
  std::span<const float> modulation;       ///< as GeneratorRequest's
  float detail = 1;                        ///< 0 .. 1
  const SiteStatistics* frozen = nullptr;  ///< of the whole picture painted in this style alone; required
  std::span<const float> share;  ///< [height, width], 0 .. 1: how much of each pixel is this brush's
};

struct GeneratorRequest {
  std::span<const float> content;          ///< planar RGB in [0,1], [3, height, width]
  int height = 0, width = 0;               ///< multiples of 8, at least 16
  std::span<const float> code;             ///< code_dim numbers
  std::span<const float> modulation;       ///< added to style.sites' output, in its order; empty: nothing
  float stroke = 1;                        ///< 0.25 .. 4
  float detail = 1;                        ///< 0 .. 1
  const SiteStatistics* frozen = nullptr;  ///< use these instead of the picture's own
  SiteStatistics* collect = nullptr;       ///< receives the statistics used
  /// Brushes beside the request's own, which has what their shares leave of a pixel. At every AdaIN site a
  /// pixel's scale and shift are those of the brushes, mixed by its shares (averaged over the pixels that the
  /// site has one for): the styles meet inside the network, no finished paintings are mixed, and a brush
  /// paints as it would alone where nothing else is near. Needs `frozen`, excludes `collect`.
  std::span<const MaskedBrush> others = {};
};

/// The generator of model/architecture.h on the processor: Winograd F(4x4, 3x3) convolutions in fp32,
/// normalisations applied while the next layer reads. The bilinear upsampling before D1 and D3 is part of
/// their weights.
///
/// Memory of one run, beside content and painting, with c1..c3 rounded up to 16, is at most
///   H W max(5 c1 / 4, 3 c2 / 4, c1 + c2 / 4, c2 / 2 + c3 / 16, c2 / 4 + 3 c3 / 16) + 2 MiB a thread
/// bytes (M: 48 a pixel, 580 MB at 4000 x 3000). Buffers up to 256 MiB are kept for the next run, one
/// for each run that was under way at the same time.
///
/// Immutable after construction: run() may be called from many threads; each call uses `threads` of its own.
/// The same request gives the same bytes whatever the thread count (on one instruction set).
class GeneratorEngine {
 public:
  /// Error Config from options.validate(), BadData when a tensor is missing or of another shape.
  GeneratorEngine(const GeneratorOptions& options, const weights::SafetensorsFile& weights,
                  EngineOptions engine = {});
  ~GeneratorEngine();
  GeneratorEngine(GeneratorEngine&&) noexcept;
  GeneratorEngine& operator=(GeneratorEngine&&) noexcept;

  /// Paints into `painting` [3, height, width], RGB in [0,1]. Error Usage "engine.size", "engine.code",
  /// "engine.modulation", "engine.stroke", "engine.detail", "engine.statistics" or "engine.brushes" when the
  /// request does not fit.
  void run(const GeneratorRequest& request, std::span<float> painting) const;

  /// Bytes that one run allocates.
  std::size_t scratch_bytes(int height, int width) const;

  const GeneratorOptions& options() const;

 private:
  struct Network;
  std::unique_ptr<const Network> network_;
};

}  // namespace atelier::engine

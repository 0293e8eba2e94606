#include "atelier/inference/scene_painting.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "atelier/core/error.h"
#include "atelier/inference/stylizer.h"
#include "atelier/inference/tiling.h"

namespace atelier::inference {
namespace {

constexpr int kTileSide = 1024;
// Who asks for tiles is short of memory, so their statistics come from less than the whole that would fit
// otherwise.
constexpr std::int64_t kStatisticsPixelsOfChosenTiles = 4'000'000;

std::vector<Tile> tiles_of(int width, int height, int tile) {
  const bool whole = tile == 0 && static_cast<std::int64_t>(width) * height <= Stylizer::kWholePixels;
  return plan_tiles(width, height, whole ? 0 : tile == 0 ? kTileSide : tile);
}

PaintRequest request_for(const Brush& brush, float stroke, std::span<const float> content,
                         const Rect& window) {
  PaintRequest request;
  request.content = content;
  request.height = window.height;
  request.width = window.width;
  request.code = brush.code;
  request.modulation = brush.modulation;
  request.stroke = stroke;
  request.detail = brush.detail;
  return request;
}

std::vector<NormStatistics> collect_statistics(const StyleTransferModel& model, const Image& scene,
                                               std::span<const Brush> brushes, const ScenePlan& plan) {
  const Image mosaic =
      statistics_mosaic(scene, plan.tile == 0 ? Stylizer::kWholePixels : kStatisticsPixelsOfChosenTiles);
  const Tile all = plan_tiles(mosaic.width(), mosaic.height(), 0).front();
  std::vector<float> content;
  read_window(mosaic, all.window, content);
  std::vector<float> painted(content.size());
  std::vector<NormStatistics> statistics(brushes.size());
  for (std::size_t b = 0; b < brushes.size(); ++b) {
    PaintRequest request = request_for(brushes[b], plan.stroke, content, all.window);
    request.collect = &statistics[b];
    model.paint(request, painted);
  }
  return statistics;
}

/// The brushes that paint in one window, with their shares of its pixels.
class WindowBrushes {
 public:
  WindowBrushes(std::span<const Brush> brushes, const Image& scene, const Rect& window) {
    if (brushes.size() == 1) return;
    const std::size_t pixels =
        static_cast<std::size_t>(window.width) * static_cast<std::size_t>(window.height);
    std::vector<float> left(pixels, 1.0f);  // of the first brush
    for (std::size_t b = 1; b < brushes.size(); ++b) {
      std::vector<float> share;
      read_window(brushes[b].share, scene.width(), scene.height(), window, share);
      if (std::all_of(share.begin(), share.end(), [](float value) { return value == 0; })) continue;
      for (std::size_t i = 0; i < pixels; ++i) left[i] -= share[i];
      used_.push_back(b);
      shares_.push_back(std::move(share));
    }
    constexpr float kNothing = 0.5f / 255;
    const bool first_paints = std::any_of(left.begin(), left.end(), [](float v) { return v > kNothing; });
    if (!first_paints) {
      main_ = used_.front();
      used_.erase(used_.begin());
      shares_.erase(shares_.begin());
    }
  }

  std::size_t main() const { return main_; }
  std::vector<MaskedBrush> others(std::span<const Brush> brushes,
                                  std::span<const NormStatistics> statistics) const {
    std::vector<MaskedBrush> others;
    for (std::size_t i = 0; i < used_.size(); ++i) {
      const Brush& brush = brushes[used_[i]];
      others.push_back({brush.code, brush.modulation, brush.detail, &statistics[used_[i]], shares_[i]});
    }
    return others;
  }

 private:
  std::size_t main_ = 0;  // has what the others leave
  std::vector<std::size_t> used_;
  std::vector<std::vector<float>> shares_;
};

}  // namespace

int tile_count(int width, int height, int tile) {
  return static_cast<int>(tiles_of(width, height, tile).size());
}

Image paint_scene(const StyleTransferModel& model, const Image& scene, std::span<const Brush> brushes,
                  const ScenePlan& plan) {
  const std::vector<Tile> tiles = tiles_of(scene.width(), scene.height(), plan.tile);
  const int total = static_cast<int>(tiles.size());
  const auto report = [&](int done) {
    if (plan.progress) plan.progress(done, total);
  };
  report(0);
  std::vector<NormStatistics> statistics;
  if (total > 1 || brushes.size() > 1) statistics = collect_statistics(model, scene, brushes, plan);

  Image painting(scene.width(), scene.height(), Depth::U16);
  std::vector<float> content, painted;
  for (int done = 0; const Tile& tile : tiles) {
    read_window(scene, tile.window, content);
    painted.resize(content.size());
    const WindowBrushes here(brushes, scene, tile.window);
    const std::vector<MaskedBrush> others = here.others(brushes, statistics);
    PaintRequest request = request_for(brushes[here.main()], plan.stroke, content, tile.window);
    request.frozen = statistics.empty() ? nullptr : &statistics[here.main()];
    request.others = others;
    model.paint(request, painted);
    if (!write_inner(painted, tile, painting)) {
      throw Error(ErrorCode::Internal, "stylize.not_finite",
                  "the model painted numbers that are no colours; run 'atelier doctor' to check its files");
    }
    report(++done);
  }
  return painting;
}

}  // namespace atelier::inference

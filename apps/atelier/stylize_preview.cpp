#include "stylize_preview.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "atelier/image/resize.h"
#include "canvas.h"

namespace atelier::cli {
namespace {

constexpr std::array<float, 4> kSheetStrengths = {0.25f, 0.5f, 0.75f, 1};
constexpr std::array<float, 4> kSheetStrokes = {0.5f, 1, 2, 4};
constexpr int kSheetPaintedSize = 1024;
constexpr int kSheetCell = 320;  // longest side of a painting on the sheet
constexpr int kSheetMargin = 36, kSheetGap = 12, kSheetTitle = 48, kSheetHead = 26, kSheetSide = 110,
              kSheetFoot = 34;
constexpr double kSheetTitleSize = 20, kSheetLabelSize = 13;
constexpr Ink kSheetPaper{250, 248, 243}, kSheetText{52, 48, 44};

}  // namespace

Image preview_sheet(const std::string& title, const Image& photo, int full_size,
                    const PreviewPainter& paint) {
  const int size = std::min(full_size, kSheetPaintedSize);
  const double scale = static_cast<double>(kSheetCell) / std::max(photo.width(), photo.height());
  const int width = std::max(1, static_cast<int>(std::lround(photo.width() * scale)));
  const int height = std::max(1, static_cast<int>(std::lround(photo.height() * scale)));
  const int columns = static_cast<int>(kSheetStrengths.size()), rows = static_cast<int>(kSheetStrokes.size());
  Canvas canvas(
      2 * kSheetMargin + kSheetSide + columns * (width + kSheetGap) - kSheetGap,
      2 * kSheetMargin + kSheetTitle + kSheetHead + rows * (height + kSheetGap) - kSheetGap + kSheetFoot,
      kSheetPaper);
  canvas.write(title, kSheetMargin, kSheetMargin, kSheetTitleSize, kSheetText);
  const int left = kSheetMargin + kSheetSide, top = kSheetMargin + kSheetTitle + kSheetHead;
  for (int column = 0; column < columns; ++column) {
    const std::string label = fmt::format("strength {:g}", kSheetStrengths[static_cast<std::size_t>(column)]);
    canvas.write_centred(label, left + column * (width + kSheetGap), top - kSheetHead, width, kSheetLabelSize,
                         kSheetText);
  }
  for (int row = 0; row < rows; ++row) {
    const float stroke = kSheetStrokes[static_cast<std::size_t>(row)];
    const int y = top + row * (height + kSheetGap);
    canvas.write(fmt::format("stroke {:g}", stroke), kSheetMargin, y + height / 2.0 - kSheetLabelSize / 2,
                 kSheetLabelSize, kSheetText);
    for (int column = 0; column < columns; ++column) {
      Image painting = paint(kSheetStrengths[static_cast<std::size_t>(column)], stroke, size);
      painting.remove_alpha();
      canvas.paste(resize(painting.to_depth(Depth::U8), width, height), left + column * (width + kSheetGap),
                   y, 4);
    }
  }
  if (full_size > size) {
    canvas.write(fmt::format("painted at {} pixels; at {} the strokes are {:.1f} times finer", size,
                             full_size, static_cast<double>(full_size) / size),
                 kSheetMargin, top + rows * (height + kSheetGap) + 6, kSheetLabelSize, kSheetText);
  }
  return std::move(canvas).take();
}

}  // namespace atelier::cli

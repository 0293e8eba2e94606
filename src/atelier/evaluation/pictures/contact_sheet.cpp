#include "atelier/evaluation/pictures/contact_sheet.h"

#include <algorithm>

#include "atelier/image/resize.h"

namespace atelier::evaluation {
namespace {

void paste(const Image& picture, Image& sheet, int left, int top) {
  const auto row_bytes = static_cast<std::size_t>(picture.width()) * 3;
  for (int y = 0; y < picture.height(); ++y) {
    const auto from = picture.rgb8().subspan(static_cast<std::size_t>(y) * row_bytes, row_bytes);
    const std::size_t to = (static_cast<std::size_t>(top + y) * static_cast<std::size_t>(sheet.width()) +
                            static_cast<std::size_t>(left)) *
                           3;
    std::copy(from.begin(), from.end(), sheet.rgb8().begin() + static_cast<std::ptrdiff_t>(to));
  }
}

}  // namespace

Image contact_sheet(const std::vector<std::vector<std::optional<Image>>>& rows, int side, int gap) {
  std::size_t columns = 0;
  for (const auto& row : rows) columns = std::max(columns, row.size());
  const auto length = [&](std::size_t cells) { return static_cast<int>(cells) * (side + gap) - gap; };
  Image sheet(length(columns), length(rows.size()));
  std::fill(sheet.rgb8().begin(), sheet.rgb8().end(), std::uint8_t{255});
  for (std::size_t r = 0; r < rows.size(); ++r) {
    for (std::size_t c = 0; c < rows[r].size(); ++c) {
      if (rows[r][c]) {
        paste(resize(rows[r][c]->to_depth(Depth::U8), side, side), sheet, static_cast<int>(c) * (side + gap),
              static_cast<int>(r) * (side + gap));
      }
    }
  }
  return sheet;
}

}  // namespace atelier::evaluation

#include "style_sheets.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "atelier/image/read_image.h"
#include "atelier/image/resize.h"
#include "canvas.h"
#include "sample_scene.h"

namespace atelier::cli {
namespace {

constexpr Ink kPaper{250, 248, 243}, kText{52, 48, 44};
constexpr std::array<Ink, 8> kFamilies = {{{198, 108, 76},
                                           {74, 122, 160},
                                           {118, 142, 78},
                                           {150, 104, 152},
                                           {206, 162, 66},
                                           {82, 150, 142},
                                           {176, 92, 112},
                                           {126, 124, 132}}};

constexpr int kMargin = 36;
constexpr int kPad = 9;  // around a thumbnail
constexpr int kLabel = 24;
constexpr int kCellWidth = kThumbnailWidth + 2 * kPad, kCellHeight = kThumbnailHeight + kPad + kLabel;
constexpr int kTitle = 52;
constexpr double kTitleSize = 20, kNameSize = 11.5, kLegendSize = 13;
constexpr double kRound = 14;

const Ink& ink_of(std::size_t family) {
  return kFamilies[family % kFamilies.size()];
}

/// Which family lives in which cell.
class Territories {
 public:
  void settle(const style::GridCell& cell, std::size_t family) {
    families_[{cell.column, cell.row}] = family;
  }

  // A corner is round where the family's land ends both ways.
  RoundCorners corners_of(const style::GridCell& cell) const {
    const auto is_ours = [&](int dx, int dy) {
      const auto own = families_.find({cell.column, cell.row});
      const auto other = families_.find({cell.column + dx, cell.row + dy});
      return own != families_.end() && other != families_.end() && own->second == other->second;
    };
    const bool up = is_ours(0, -1), down = is_ours(0, 1), left = is_ours(-1, 0), right = is_ours(1, 0);
    return {.radius = kRound,
            .top_left = !up && !left,
            .top_right = !up && !right,
            .bottom_left = !down && !left,
            .bottom_right = !down && !right};
  }

 private:
  std::map<std::pair<int, int>, std::size_t> families_;
};

void draw_cell(Canvas& canvas, int x, int y, const Image& thumbnail, const std::string& caption) {
  canvas.paste(resize(thumbnail, kThumbnailWidth, kThumbnailHeight), x + kPad, y + kPad, 5);
  canvas.write_centred(caption, x + kPad, y + kPad + kThumbnailHeight + 5, kThumbnailWidth, kNameSize, kText);
}

struct LegendItem {
  std::string text;
  std::size_t family = 0;
  int line = 0;
  double x = 0;
};

std::vector<LegendItem> lay_out_legend(const style::StyleMap& map, double width) {
  constexpr double kSwatch = 26, kBetween = 30;
  std::vector<LegendItem> items;
  double x = 0;
  int line = 0;
  for (std::size_t c = 0; c < map.clusters().clusters.size(); ++c) {
    const style::StyleCluster& cluster = map.clusters().clusters[c];
    const std::string text = cluster.name + " (" + std::to_string(cluster.members.size()) + ")";
    const double needed = kSwatch + Canvas::text_width(text, kLegendSize);
    if (x > 0 && x + needed > width) {
      x = 0;
      ++line;
    }
    items.push_back({.text = text, .family = c, .line = line, .x = x});
    x += needed + kBetween;
  }
  return items;
}

}  // namespace

Image thumbnail_photo(const std::string& photo) {
  if (photo.empty()) return sample_scene(kPaintedWidth, kPaintedHeight);
  ReadOptions options;
  options.shrink_to_short_side = 2 * kPaintedHeight;
  const Image picture = read_image(photo, options);
  const double shape = static_cast<double>(kPaintedWidth) / kPaintedHeight;
  const int width = std::clamp(static_cast<int>(std::lround(picture.height() * shape)), 1, picture.width());
  const int height = std::clamp(static_cast<int>(std::lround(width / shape)), 1, picture.height());
  Image cut =
      resize(crop(picture, (picture.width() - width) / 2, (picture.height() - height) / 2, width, height),
             kPaintedWidth, kPaintedHeight);
  cut.remove_alpha();
  return cut.to_depth(Depth::U8);
}

Image draw_style_map(const std::string& title, const style::StyleMap& map,
                     std::span<const style::MapPoint> placed, std::span<const Image> thumbnails) {
  std::vector<style::MapPoint> points = map.points();
  points.insert(points.end(), placed.begin(), placed.end());

  // Cells enough that there is room to breathe, in the shape of a screen.
  const double cells = 1.45 * static_cast<double>(points.size());
  const double shape = 1.6 * kCellHeight / kCellWidth;
  const int columns = std::max(1, static_cast<int>(std::ceil(std::sqrt(cells * shape))));
  const int rows = std::max(1, static_cast<int>(std::ceil(cells / columns)));
  const std::vector<style::GridCell> grid = style::fit_to_grid(points, columns, rows);
  const int width =
      std::max(2 * kMargin + columns * kCellWidth,
               2 * kMargin + static_cast<int>(std::ceil(Canvas::text_width(title, kTitleSize))));
  const std::vector<LegendItem> legend = lay_out_legend(map, width - 2 * kMargin);
  const int lines = legend.back().line + 1;
  constexpr int kLine = 30;
  Canvas canvas(width, 2 * kMargin + kTitle + rows * kCellHeight + 22 + lines * kLine, kPaper);
  canvas.write(title, kMargin, kMargin, kTitleSize, kText);

  Territories territories;
  for (std::size_t i = 0; i < points.size(); ++i) territories.settle(grid[i], points[i].cluster);
  for (std::size_t i = 0; i < points.size(); ++i) {
    const int x = kMargin + grid[i].column * kCellWidth, y = kMargin + kTitle + grid[i].row * kCellHeight;
    canvas.fill(x, y, kCellWidth, kCellHeight, lighter(ink_of(points[i].cluster), 0.62),
                territories.corners_of(grid[i]));
    if (i >= map.points().size()) {
      canvas.fill(x + kPad - 4, y + kPad - 4, kThumbnailWidth + 8, kThumbnailHeight + 8, kText,
                  {.radius = 8});
    }
    draw_cell(canvas, x, y, thumbnails[i], points[i].name);
  }
  const int below = kMargin + kTitle + rows * kCellHeight + 22;
  for (const LegendItem& item : legend) {
    const int x = kMargin + static_cast<int>(item.x), y = below + item.line * kLine;
    canvas.fill(x, y - 2, 18, 18, ink_of(item.family), {.radius = 5});
    canvas.write(item.text, x + 26, y, kLegendSize, kText);
  }
  return std::move(canvas).take();
}

Image draw_strip(const std::string& title, std::span<const Image> thumbnails,
                 const std::vector<std::string>& captions) {
  constexpr int kColumns = 8;
  const int count = static_cast<int>(thumbnails.size());
  const int columns = std::min(count, kColumns), rows = (count + kColumns - 1) / kColumns;
  const int width =
      std::max(2 * kMargin + columns * kCellWidth,
               2 * kMargin + static_cast<int>(std::ceil(Canvas::text_width(title, kTitleSize))));
  Canvas canvas(width, 2 * kMargin + kTitle + rows * kCellHeight, kPaper);
  canvas.write(title, kMargin, kMargin, kTitleSize, kText);
  for (int i = 0; i < count; ++i) {
    draw_cell(canvas, kMargin + i % kColumns * kCellWidth, kMargin + kTitle + i / kColumns * kCellHeight,
              thumbnails[static_cast<std::size_t>(i)], captions[static_cast<std::size_t>(i)]);
  }
  return std::move(canvas).take();
}

}  // namespace atelier::cli

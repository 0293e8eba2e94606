#pragma once

#include <span>
#include <string>
#include <vector>

#include "atelier/image/image.h"
#include "atelier/style/style_map.h"

namespace atelier::cli {

/// Size of a thumbnail on a sheet, pixels.
inline constexpr int kThumbnailWidth = 168, kThumbnailHeight = 126;
/// Thumbnails are painted larger and shrunk, but not so much that strokes vanish.
inline constexpr int kPaintedWidth = 336, kPaintedHeight = 252;

/// A photo, or the sample scene when `photo` is empty, cut and scaled to kPaintedWidth x kPaintedHeight.
Image thumbnail_photo(const std::string& photo);

/// The map as a picture: a thumbnail and a name for every style, on a grid so that none overlap, each as near
/// to its place as the others allow; families are territories in colours of their own, named below.
/// `thumbnails` are of the map's points and then of the `placed` ones (a person's own styles, framed).
Image draw_style_map(const std::string& title, const style::StyleMap& map,
                     std::span<const style::MapPoint> placed, std::span<const Image> thumbnails);

/// Thumbnails in a row (rows of eight) with a line of text below each.
Image draw_strip(const std::string& title, std::span<const Image> thumbnails,
                 const std::vector<std::string>& captions);

}  // namespace atelier::cli

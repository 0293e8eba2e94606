#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "atelier/style/style_clusters.h"
#include "atelier/style/style_space.h"

namespace atelier::style {

/// The coordinates in which a map shows a space: the first 8 whitened ones, each times the square root of its
/// spread against the first. Between whitened, where the small directions speak as loudly as the large ones,
/// and code values, where the first direction drowns the others. Error BadData "style.space" for a code of
/// another space.
std::vector<double> map_coordinates(const StyleSpace& space, const StyleCode& code);

/// A style as it goes into the map.
struct MapEntry {
  std::string name;
  std::vector<double> coordinates;           ///< map_coordinates(), all of one length
  std::map<std::string, double> attributes;  ///< may be empty
};

/// A style on the map.
struct MapPoint {
  std::string name;
  double x = 0, y = 0;      ///< 0..1, from the left and from the top
  std::size_t cluster = 0;  ///< index into StyleMap::clusters()
  std::map<std::string, double> attributes;

  bool operator==(const MapPoint&) const = default;
};

/// A place on a grid.
struct GridCell {
  int column = 0, row = 0;

  bool operator==(const GridCell&) const = default;
};

/// Styles laid out in the plane so that neighbours look alike. Immutable.
///
/// The start are the first two principal components of the coordinates; t-SNE (van der Maaten & Hinton 2008,
/// exact, perplexity min(12, (n - 1) / 3), 500 steps, no random numbers) then pulls neighbours together. The
/// same styles give the same map. A new style is placed among the 5 nearest ones and moves nobody.
class StyleMap {
 public:
  /// Error BadData "style.map" for no entries, coordinates of different lengths or not finite.
  static StyleMap build(std::span<const MapEntry> entries, const ClusterOptions& options = {});

  /// Where a style that is not on the map belongs: the mean of its 5 nearest neighbours' places, weighted by
  /// 1 / distance^2, in the cluster of the nearest. A style that is on the map gets that very place. Error
  /// BadData "style.map" for coordinates of another length.
  MapPoint place(const MapEntry& entry) const;

  const std::vector<MapPoint>& points() const { return points_; }
  const StyleClusters& clusters() const { return clusters_; }

  /// JSON: {"atelier_style_map": 1, "clusters": [{"name", "medoid", "size"}], "styles": [{"name", "x", "y",
  /// "cluster", "attributes"}]}; `placed` follow the map's own points.
  std::string to_text(std::span<const MapPoint> placed = {}) const;

 private:
  StyleMap() = default;

  std::vector<MapEntry> entries_;
  std::vector<MapPoint> points_;
  StyleClusters clusters_;
};

/// A cell of its own for every point, such that the total squared distance between points and cells is least
/// (Hungarian method): thumbnails that never overlap. Error Usage "style.map" when the grid has fewer cells
/// than points.
std::vector<GridCell> fit_to_grid(std::span<const MapPoint> points, int columns, int rows);

}  // namespace atelier::style

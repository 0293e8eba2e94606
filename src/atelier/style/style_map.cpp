#include "atelier/style/style_map.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "atelier/core/error.h"
#include "atelier/style/detail/json_text.h"

namespace atelier::style {
namespace {

constexpr std::size_t kNeighbours = 5;
constexpr int kSteps = 500;
constexpr int kEarlySteps = 120;  // with exaggerated attraction, which untangles the start
constexpr double kExaggeration = 4;
constexpr std::size_t kFewest = 5;  // fewer styles than this stay where the principal components put them

[[noreturn]] void refuse(const std::string& cause) {
  throw Error(ErrorCode::BadData, "style.map", cause);
}

double squared_distance(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return sum;
}

struct Place {
  double x = 0, y = 0;
};

/// A square table of numbers.
class Table {
 public:
  explicit Table(std::size_t side) : side_(side), values_(side * side) {}
  double& at(std::size_t i, std::size_t j) { return values_[i * side_ + j]; }
  double at(std::size_t i, std::size_t j) const { return values_[i * side_ + j]; }
  std::size_t side() const { return side_; }

 private:
  std::size_t side_;
  std::vector<double> values_;
};

// Row i of the neighbour probabilities: Gaussian with the width at which 2^entropy is the perplexity.
void fill_row(Table& p, std::size_t i, const Table& squared, double perplexity) {
  const std::size_t n = p.side();
  double nearest = std::numeric_limits<double>::infinity();
  for (std::size_t j = 0; j < n; ++j) {
    if (j != i) nearest = std::min(nearest, squared.at(i, j));
  }
  double low = 0, high = std::numeric_limits<double>::infinity(), precision = 1;
  for (int round = 0; round < 60; ++round) {
    double total = 0, weighted = 0;
    for (std::size_t j = 0; j < n; ++j) {
      const double d = squared.at(i, j) - nearest;
      p.at(i, j) = j == i ? 0 : std::exp(-precision * d);
      total += p.at(i, j);
      weighted += p.at(i, j) * d;
    }
    const double entropy = std::log(total) + precision * weighted / total;
    for (std::size_t j = 0; j < n; ++j) p.at(i, j) /= total;
    if (entropy > std::log(perplexity)) {
      low = precision;
      precision = std::isinf(high) ? precision * 2 : (low + high) / 2;
    } else {
      high = precision;
      precision = (low + high) / 2;
    }
  }
}

Table affinities(std::span<const MapEntry> entries) {
  const std::size_t n = entries.size();
  Table squared(n), p(n), both(n);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      squared.at(i, j) = squared_distance(entries[i].coordinates, entries[j].coordinates);
    }
  }
  const double perplexity = std::clamp((static_cast<double>(n) - 1) / 3, 1.0, 12.0);
  for (std::size_t i = 0; i < n; ++i) fill_row(p, i, squared, perplexity);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      both.at(i, j) = std::max((p.at(i, j) + p.at(j, i)) / (2 * static_cast<double>(n)), 1e-12);
    }
  }
  return both;
}

void refine(std::vector<Place>& places, const Table& p) {
  const std::size_t n = places.size();
  const double rate = std::max(static_cast<double>(n) / kExaggeration, 10.0);
  std::vector<Place> speed(n);
  Table kernel(n);
  for (int step = 0; step < kSteps; ++step) {
    const double pull = step < kEarlySteps ? kExaggeration : 1;
    const double momentum = step < kEarlySteps ? 0.5 : 0.8;
    double total = 0;
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < n; ++j) {
        const double dx = places[i].x - places[j].x, dy = places[i].y - places[j].y;
        kernel.at(i, j) = i == j ? 0 : 1 / (1 + dx * dx + dy * dy);
        total += kernel.at(i, j);
      }
    }
    std::vector<Place> force(n);
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < n; ++j) {
        const double k = kernel.at(i, j);
        const double weight = 4 * (pull * p.at(i, j) - k / total) * k;
        force[i].x += weight * (places[i].x - places[j].x);
        force[i].y += weight * (places[i].y - places[j].y);
      }
    }
    for (std::size_t i = 0; i < n; ++i) {
      speed[i] = {momentum * speed[i].x - rate * force[i].x, momentum * speed[i].y - rate * force[i].y};
      places[i].x += speed[i].x;
      places[i].y += speed[i].y;
    }
  }
}

// Each axis onto 0..1; an axis without extent onto its middle.
void normalise(std::vector<Place>& places) {
  for (double Place::*const axis : {&Place::x, &Place::y}) {
    const auto [least, most] = std::minmax_element(
        places.begin(), places.end(), [&](const Place& a, const Place& b) { return a.*axis < b.*axis; });
    const double low = (*least).*axis, extent = (*most).*axis - low;
    for (Place& place : places) place.*axis = extent > 1e-12 ? (place.*axis - low) / extent : 0.5;
  }
}

std::vector<Place> lay_out(std::span<const MapEntry> entries) {
  std::vector<Place> places;
  for (const MapEntry& entry : entries) {
    const std::vector<double>& z = entry.coordinates;
    places.push_back({.x = z.empty() ? 0 : z[0], .y = z.size() < 2 ? 0 : z[1]});
  }
  if (entries.size() >= kFewest) {
    for (Place& place : places) place = {.x = 0.01 * place.x, .y = 0.01 * place.y};
    refine(places, affinities(entries));
  }
  normalise(places);
  return places;
}

}  // namespace

std::vector<double> map_coordinates(const StyleSpace& space, const StyleCode& code) {
  constexpr std::size_t kMost = 8;
  std::vector<double> z = space.project(code);
  z.resize(std::min(z.size(), kMost));
  for (std::size_t k = 0; k < z.size(); ++k) {
    z[k] *= std::sqrt(static_cast<double>(space.scale[k]) / space.scale[0]);
  }
  return z;
}

StyleMap StyleMap::build(std::span<const MapEntry> entries, const ClusterOptions& options) {
  if (entries.empty()) refuse("there are no styles to map; add some first");
  std::vector<std::vector<double>> rows;
  std::vector<std::map<std::string, double>> attributes;
  for (const MapEntry& entry : entries) {
    const std::vector<double>& z = entry.coordinates;
    const bool is_good = z.size() == entries.front().coordinates.size() &&
                         std::all_of(z.begin(), z.end(), [](double value) { return std::isfinite(value); });
    if (!is_good) {
      refuse("style '" + printable(entry.name) +
             "' has coordinates that do not fit; make it with this model");
    }
    rows.push_back(z);
    if (!entry.attributes.empty()) attributes.push_back(entry.attributes);
  }
  if (attributes.size() != rows.size()) attributes.clear();
  StyleMap map;
  map.entries_.assign(entries.begin(), entries.end());
  map.clusters_ = cluster_styles(rows, attributes, options);
  const std::vector<Place> places = lay_out(entries);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    map.points_.push_back({.name = entries[i].name,
                           .x = places[i].x,
                           .y = places[i].y,
                           .cluster = map.clusters_.cluster_of[i],
                           .attributes = entries[i].attributes});
  }
  return map;
}

MapPoint StyleMap::place(const MapEntry& entry) const {
  if (entry.coordinates.size() != entries_.front().coordinates.size()) {
    refuse("style '" + printable(entry.name) + "' has " + std::to_string(entry.coordinates.size()) +
           " coordinates, the map " + std::to_string(entries_.front().coordinates.size()) +
           "; make it with this model");
  }
  std::vector<std::pair<double, std::size_t>> near;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    near.emplace_back(squared_distance(entry.coordinates, entries_[i].coordinates), i);
  }
  const std::size_t count = std::min(kNeighbours, near.size());
  std::partial_sort(near.begin(), near.begin() + static_cast<std::ptrdiff_t>(count), near.end());
  MapPoint point{
      .name = entry.name, .cluster = points_[near.front().second].cluster, .attributes = entry.attributes};
  constexpr double kSame = 1e-12;
  double total = 0;
  for (std::size_t k = 0; k < count; ++k) {
    const auto& [squared, index] = near[k];
    const double weight = 1 / std::max(squared, kSame);
    point.x += weight * points_[index].x;
    point.y += weight * points_[index].y;
    total += weight;
    if (squared <= kSame) break;
  }
  point.x /= total;
  point.y /= total;
  return point;
}

std::string StyleMap::to_text(std::span<const MapPoint> placed) const {
  nlohmann::json clusters = nlohmann::json::array(), styles = nlohmann::json::array();
  for (const StyleCluster& cluster : clusters_.clusters) {
    clusters.push_back(
        {{"name", cluster.name}, {"medoid", points_[cluster.medoid].name}, {"size", cluster.members.size()}});
  }
  const auto put = [&](const MapPoint& point) {
    styles.push_back({{"name", point.name},
                      {"x", point.x},
                      {"y", point.y},
                      {"cluster", clusters_.clusters[point.cluster].name},
                      {"attributes", point.attributes}});
  };
  for (const MapPoint& point : points_) put(point);
  for (const MapPoint& point : placed) put(point);
  return detail::pretty(
      {{"atelier_style_map", 1}, {"clusters", std::move(clusters)}, {"styles", std::move(styles)}});
}

std::vector<GridCell> fit_to_grid(std::span<const MapPoint> points, int columns, int rows) {
  const std::size_t n = points.size();
  const std::size_t m =
      columns < 1 || rows < 1 ? 0 : static_cast<std::size_t>(columns) * static_cast<std::size_t>(rows);
  if (n > m) {
    throw Error(ErrorCode::Usage, "style.map",
                std::to_string(n) + " styles do not fit on a grid of " + std::to_string(m) +
                    " cells; make the map larger");
  }
  const auto cell_of = [&](std::size_t index) {
    return GridCell{.column = static_cast<int>(index) % columns, .row = static_cast<int>(index) / columns};
  };
  const auto cost = [&](std::size_t point, std::size_t cell) {
    const GridCell at = cell_of(cell);
    const double dx = points[point].x * (columns - 1) - at.column, dy = points[point].y * (rows - 1) - at.row;
    return dx * dx + dy * dy;
  };
  // Points join one by one; each finds the cheapest chain of swaps that ends in a free cell. Index 0 is
  // nobody.
  constexpr double kInfinite = std::numeric_limits<double>::infinity();
  std::vector<double> point_price(n + 1), cell_price(m + 1);
  std::vector<std::size_t> owner(m + 1);
  for (std::size_t i = 1; i <= n; ++i) {
    std::vector<double> least(m + 1, kInfinite);
    std::vector<std::size_t> before(m + 1);
    std::vector<bool> is_visited(m + 1);
    owner[0] = i;
    std::size_t cell = 0;
    while (owner[cell] != 0) {
      is_visited[cell] = true;
      const std::size_t point = owner[cell];
      double step = kInfinite;
      std::size_t next = 0;
      for (std::size_t j = 1; j <= m; ++j) {
        if (is_visited[j]) continue;
        const double reduced = cost(point - 1, j - 1) - point_price[point] - cell_price[j];
        if (reduced < least[j]) {
          least[j] = reduced;
          before[j] = cell;
        }
        if (least[j] < step) {
          step = least[j];
          next = j;
        }
      }
      for (std::size_t j = 0; j <= m; ++j) {
        if (is_visited[j]) {
          point_price[owner[j]] += step;
          cell_price[j] -= step;
        } else {
          least[j] -= step;
        }
      }
      cell = next;
    }
    for (; cell != 0; cell = before[cell]) owner[cell] = owner[before[cell]];
  }
  std::vector<GridCell> cells(n);
  for (std::size_t j = 1; j <= m; ++j) {
    if (owner[j] != 0) cells[owner[j] - 1] = cell_of(j - 1);
  }
  return cells;
}

}  // namespace atelier::style

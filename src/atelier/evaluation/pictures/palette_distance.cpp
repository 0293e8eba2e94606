#include "atelier/evaluation/pictures/palette_distance.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace atelier::evaluation {
namespace {

constexpr std::size_t kColours = 5;
constexpr int kRounds = 25;
constexpr double kNothing = 1e-12;

double squared_distance(const Lab& a, const Lab& b) {
  const double l = a[0] - b[0], x = a[1] - b[1], y = a[2] - b[2];
  return l * l + x * x + y * y;
}

// The cheapest way to move shares, as a minimum-cost flow: always along the path that costs least with what
// was moved so far, which may be taken back (Busacker & Gowen 1960).
class Transport {
 public:
  Transport(const Palette& from, const Palette& to)
      : rows_(from.colours.size()), columns_(to.colours.size()) {
    for (const auto& colour : from.colours) supply_.push_back(colour.share);
    for (const auto& colour : to.colours) demand_.push_back(colour.share);
    for (const auto& a : from.colours) {
      for (const auto& b : to.colours) cost_.push_back(delta_e_2000(a.lab, b.lab));
    }
    moved_.assign(cost_.size(), 0);
  }

  double cheapest() {
    while (move_along_cheapest_path()) {
    }
    double total = 0;
    for (std::size_t i = 0; i < cost_.size(); ++i) total += cost_[i] * moved_[i];
    return total;
  }

 private:
  bool move_along_cheapest_path() {
    constexpr double kFar = std::numeric_limits<double>::infinity();
    const std::size_t nodes = rows_ + columns_;
    std::vector<double> distance(nodes, kFar);
    std::vector<std::size_t> before(nodes, nodes);
    for (std::size_t r = 0; r < rows_; ++r) {
      if (supply_[r] > kNothing) distance[r] = 0;
    }
    for (std::size_t round = 0; round < nodes; ++round) {  // Bellman and Ford
      for (std::size_t r = 0; r < rows_; ++r) {
        for (std::size_t c = 0; c < columns_; ++c) {
          const double cost = cost_[r * columns_ + c];
          if (distance[r] + cost < distance[rows_ + c] - kNothing) {
            distance[rows_ + c] = distance[r] + cost;
            before[rows_ + c] = r;
          }
          if (moved_[r * columns_ + c] > kNothing && distance[rows_ + c] - cost < distance[r] - kNothing) {
            distance[r] = distance[rows_ + c] - cost;
            before[r] = rows_ + c;
          }
        }
      }
    }
    std::size_t end = nodes;
    for (std::size_t c = 0; c < columns_; ++c) {
      if (demand_[c] > kNothing && distance[rows_ + c] < kFar &&
          (end == nodes || distance[rows_ + c] < distance[end]))
        end = rows_ + c;
    }
    if (end == nodes) return false;

    double amount = demand_[end - rows_];
    std::size_t start = end;
    for (std::size_t at = end; before[at] < nodes; at = start) {
      start = before[at];
      if (at < rows_) amount = std::min(amount, moved_[at * columns_ + start - rows_]);
    }
    amount = std::min(amount, supply_[start]);
    for (std::size_t at = end; before[at] < nodes; at = before[at]) {
      const std::size_t from = before[at];
      if (at >= rows_) {
        moved_[from * columns_ + at - rows_] += amount;
      } else {
        moved_[at * columns_ + from - rows_] -= amount;
      }
    }
    supply_[start] -= amount;
    demand_[end - rows_] -= amount;
    return true;
  }

  std::size_t rows_, columns_;
  std::vector<double> supply_, demand_, cost_, moved_;
};

}  // namespace

Palette palette_of(const LabGrid& grid) {
  std::vector<Lab> sorted = grid.cells;
  std::sort(sorted.begin(), sorted.end());  // by lightness first
  std::vector<Lab> centres;
  for (std::size_t k = 0; k < kColours; ++k) {
    const std::size_t begin = k * sorted.size() / kColours, end = (k + 1) * sorted.size() / kColours;
    if (begin == end) continue;
    Lab mean{};
    for (std::size_t i = begin; i < end; ++i) {
      for (std::size_t c = 0; c < 3; ++c) mean[c] += sorted[i][c] / static_cast<double>(end - begin);
    }
    centres.push_back(mean);
  }
  std::vector<std::size_t> counts;
  for (int round = 0; round < kRounds; ++round) {
    std::vector<Lab> sums(centres.size(), Lab{});
    counts.assign(centres.size(), 0);
    for (const Lab& cell : grid.cells) {
      std::size_t nearest = 0;
      for (std::size_t k = 1; k < centres.size(); ++k) {
        if (squared_distance(cell, centres[k]) < squared_distance(cell, centres[nearest])) nearest = k;
      }
      ++counts[nearest];
      for (std::size_t c = 0; c < 3; ++c) sums[nearest][c] += cell[c];
    }
    for (std::size_t k = 0; k < centres.size(); ++k) {
      for (std::size_t c = 0; c < 3 && counts[k] > 0; ++c)
        centres[k][c] = sums[k][c] / static_cast<double>(counts[k]);
    }
  }
  Palette palette;
  for (std::size_t k = 0; k < centres.size(); ++k) {
    if (counts[k] > 0)
      palette.colours.push_back(
          {centres[k], static_cast<double>(counts[k]) / static_cast<double>(grid.cells.size())});
  }
  return palette;
}

double PaletteDistance::operator()(const Palette& a, const Palette& b) const {
  return Transport(a, b).cheapest();
}

}  // namespace atelier::evaluation

#include "atelier/style/style_clusters.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "atelier/core/error.h"
#include "atelier/style/attributes.h"

namespace atelier::style {
namespace {

using Points = std::span<const std::vector<double>>;

/// splitmix64: the same numbers on every machine.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  /// Uniform in [0, 1).
  double uniform() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return static_cast<double>((z ^ (z >> 31)) >> 11) * 0x1p-53;
  }

 private:
  std::uint64_t state_;
};

double squared_distance(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return sum;
}

std::size_t nearest_centre(const std::vector<double>& point, Points centres) {
  std::size_t best = 0;
  for (std::size_t c = 1; c < centres.size(); ++c) {
    if (squared_distance(point, centres[c]) < squared_distance(point, centres[best])) best = c;
  }
  return best;
}

std::vector<std::vector<double>> plus_plus(Points points, int count, Random& random) {
  std::vector<std::vector<double>> centres = {
      points[static_cast<std::size_t>(random.uniform() * static_cast<double>(points.size()))]};
  std::vector<double> far(points.size(), std::numeric_limits<double>::infinity());
  while (static_cast<int>(centres.size()) < count) {
    double total = 0;
    for (std::size_t i = 0; i < points.size(); ++i) {
      far[i] = std::min(far[i], squared_distance(points[i], centres.back()));
      total += far[i];
    }
    double left = random.uniform() * total;
    std::size_t chosen = 0;
    while (chosen + 1 < points.size() && (left -= far[chosen]) >= 0) ++chosen;
    centres.push_back(points[chosen]);
  }
  return centres;
}

struct Partition {
  std::vector<std::size_t> cluster_of;
  double cost = std::numeric_limits<double>::infinity();
};

Partition lloyd(Points points, std::vector<std::vector<double>> centres) {
  constexpr int kMostRounds = 100;
  Partition partition{.cluster_of = std::vector<std::size_t>(points.size(), centres.size())};
  for (int round = 0; round < kMostRounds; ++round) {
    bool has_changed = false;
    for (std::size_t i = 0; i < points.size(); ++i) {
      const std::size_t nearest = nearest_centre(points[i], centres);
      has_changed = has_changed || nearest != partition.cluster_of[i];
      partition.cluster_of[i] = nearest;
    }
    if (!has_changed) break;
    std::vector<std::vector<double>> sums(centres.size(), std::vector<double>(points.front().size()));
    std::vector<double> counts(centres.size());
    for (std::size_t i = 0; i < points.size(); ++i) {
      const std::size_t c = partition.cluster_of[i];
      counts[c] += 1;
      for (std::size_t k = 0; k < points[i].size(); ++k) sums[c][k] += points[i][k];
    }
    for (std::size_t c = 0; c < centres.size(); ++c) {
      if (counts[c] == 0) continue;  // nobody's centre stays where it is
      for (std::size_t k = 0; k < sums[c].size(); ++k) centres[c][k] = sums[c][k] / counts[c];
    }
  }
  partition.cost = 0;
  for (std::size_t i = 0; i < points.size(); ++i) {
    partition.cost += squared_distance(points[i], centres[partition.cluster_of[i]]);
  }
  return partition;
}

// Mean over the points of (b - a) / max(a, b): a the mean distance to the own cluster, b to the next one.
double silhouette_of(Points points, const std::vector<std::size_t>& cluster_of, std::size_t count) {
  double total = 0;
  for (std::size_t i = 0; i < points.size(); ++i) {
    std::vector<double> sums(count), counts(count);
    for (std::size_t j = 0; j < points.size(); ++j) {
      if (i == j) continue;
      sums[cluster_of[j]] += std::sqrt(squared_distance(points[i], points[j]));
      counts[cluster_of[j]] += 1;
    }
    const std::size_t own = cluster_of[i];
    if (counts[own] == 0) continue;  // a cluster of one counts as 0
    const double a = sums[own] / counts[own];
    double b = std::numeric_limits<double>::infinity();
    for (std::size_t c = 0; c < count; ++c) {
      if (c != own && counts[c] > 0) b = std::min(b, sums[c] / counts[c]);
    }
    if (std::isfinite(b) && std::max(a, b) > 0) total += (b - a) / std::max(a, b);
  }
  return total / static_cast<double>(points.size());
}

std::size_t medoid_of(Points points, const std::vector<std::size_t>& members) {
  std::size_t best = members.front();
  double least = std::numeric_limits<double>::infinity();
  for (const std::size_t i : members) {
    double total = 0;
    for (const std::size_t j : members) total += std::sqrt(squared_distance(points[i], points[j]));
    if (total < least) {
      least = total;
      best = i;
    }
  }
  return best;
}

std::map<std::string, double> mean_attributes(std::span<const std::map<std::string, double>> attributes,
                                              const std::vector<std::size_t>& members) {
  std::map<std::string, double> means;
  for (const std::size_t i : members) {
    for (const auto& [key, value] : attributes[i]) means[key] += value / static_cast<double>(members.size());
  }
  return means;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

// Three words; a fourth and fifth where two clusters would share them; at last a number.
void name_clusters(std::vector<StyleCluster>& clusters,
                   std::span<const std::map<std::string, double>> attributes) {
  const std::map<std::string, AttributeScale> scales = scale_attributes(attributes);
  std::set<std::string> taken;
  for (StyleCluster& cluster : clusters) {
    std::string name;
    if (!attributes.empty()) {
      const std::map<std::string, double> means = mean_attributes(attributes, cluster.members);
      for (std::size_t count = 3; count <= 5 && (name.empty() || taken.contains(name)); ++count) {
        name = joined(describe_attributes(means, scales, count, 0.25));
        if (name.empty()) name = "in between";
      }
    }
    if (name.empty()) name = "styles";
    const std::string base = name;
    for (int number = 2; taken.contains(name); ++number) name = base + " " + std::to_string(number);
    taken.insert(name);
    cluster.name = std::move(name);
  }
}

void require_good_points(Points points, std::size_t attributes) {
  const auto refuse = [](const std::string& cause) {
    throw Error(ErrorCode::BadData, "style.clusters", cause);
  };
  if (points.empty()) refuse("there are no styles to group; add some first");
  if (attributes != 0 && attributes != points.size()) {
    refuse("there are " + std::to_string(points.size()) + " styles but attributes of " +
           std::to_string(attributes) + "; give none or one for each");
  }
  for (const std::vector<double>& point : points) {
    if (point.size() != points.front().size())
      refuse("the styles' coordinates differ in length; use one model");
    if (!std::all_of(point.begin(), point.end(), [](double value) { return std::isfinite(value); })) {
      refuse("a style's coordinates are not finite; make the style again");
    }
  }
}

}  // namespace

StyleClusters cluster_styles(std::span<const std::vector<double>> points,
                             std::span<const std::map<std::string, double>> attributes,
                             const ClusterOptions& options) {
  require_good_points(points, attributes.size());
  const int most = std::min(options.most, static_cast<int>(points.size()) / 2);
  StyleClusters result{.clusters = {},
                       .cluster_of = std::vector<std::size_t>(points.size(), 0),
                       .silhouette = -std::numeric_limits<double>::infinity()};
  std::size_t found = 1;
  Random random(options.seed);
  for (int count = std::min(options.least, most); count >= 2 && count <= most; ++count) {
    Partition best;
    for (int restart = 0; restart < std::max(1, options.restarts); ++restart) {
      Partition partition = lloyd(points, plus_plus(points, count, random));
      if (partition.cost < best.cost) best = std::move(partition);
    }
    const double silhouette = silhouette_of(points, best.cluster_of, static_cast<std::size_t>(count));
    if (silhouette <= result.silhouette) continue;
    result.silhouette = silhouette;
    result.cluster_of = std::move(best.cluster_of);
    found = static_cast<std::size_t>(count);
  }
  if (found == 1) result.silhouette = 0;

  for (std::size_t c = 0; c < found; ++c) {
    StyleCluster cluster;
    for (std::size_t i = 0; i < points.size(); ++i) {
      if (result.cluster_of[i] == c) cluster.members.push_back(i);
    }
    if (cluster.members.empty()) continue;
    cluster.medoid = medoid_of(points, cluster.members);
    result.clusters.push_back(std::move(cluster));
  }
  std::stable_sort(result.clusters.begin(), result.clusters.end(),
                   [](const auto& a, const auto& b) { return a.members.size() > b.members.size(); });
  for (std::size_t c = 0; c < result.clusters.size(); ++c) {
    for (const std::size_t member : result.clusters[c].members) result.cluster_of[member] = c;
  }
  name_clusters(result.clusters, attributes);
  return result;
}

}  // namespace atelier::style

#include "atelier/style/style_map.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <set>

#include "atelier/style/attributes.h"
#include "support/expect_error.h"
#include "synthetic_styles.h"

namespace atelier::style {
namespace {

using test::expect_error;
using testing::HasSubstr;

constexpr ClusterOptions kFew = {.least = 2};

/// Three families of twenty; the first is dark, the second warm, the third in the middle.
std::vector<MapEntry> families() {
  std::vector<MapEntry> entries;
  for (const StyleCode& code : test::three_families()) {
    const std::size_t i = entries.size();
    entries.push_back({.name = "style-" + std::to_string(i),
                       .coordinates = std::vector<double>(code.values.begin(), code.values.end()),
                       .attributes = {{"lightness", i % 3 == 0 ? 20.0 : 60.0 + 0.1 * static_cast<double>(i)},
                                      {"warmth", i % 3 == 1 ? 30.0 : 0.01 * static_cast<double>(i)}}});
  }
  return entries;
}

std::vector<std::vector<double>> rows_of(const std::vector<MapEntry>& entries) {
  std::vector<std::vector<double>> rows;
  for (const MapEntry& entry : entries) rows.push_back(entry.coordinates);
  return rows;
}

double squared(const MapPoint& a, const MapPoint& b) {
  return (a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y);
}

TEST(StyleClusters, FindTheFamiliesAndNameThemByWhatSetsThemApart) {
  const std::vector<MapEntry> entries = families();
  std::vector<std::map<std::string, double>> attributes;
  for (const MapEntry& entry : entries) attributes.push_back(entry.attributes);
  const StyleClusters found = cluster_styles(rows_of(entries), attributes, kFew);
  ASSERT_EQ(found.clusters.size(), 3u);
  EXPECT_GT(found.silhouette, 0.7);
  for (std::size_t i = 0; i < entries.size(); ++i) EXPECT_EQ(found.cluster_of[i], found.cluster_of[i % 3]);
  EXPECT_THAT(found.clusters[found.cluster_of[0]].name, HasSubstr("dark"));
  EXPECT_THAT(found.clusters[found.cluster_of[1]].name, HasSubstr("warm"));
  std::set<std::string> names;
  for (const StyleCluster& cluster : found.clusters) {
    EXPECT_THAT(cluster.members, testing::Contains(cluster.medoid));
    names.insert(cluster.name);
  }
  EXPECT_EQ(names.size(), 3u);
  EXPECT_EQ(cluster_styles(rows_of(entries), attributes, kFew), found) << "the same input, the same clusters";
}

TEST(StyleClusters, FewAndEqualPointsAreNoTrouble) {
  const auto clusters = [](std::size_t count) {
    return cluster_styles(std::vector<std::vector<double>>(count, {1.0, 2.0}), {}).clusters;
  };
  for (const std::size_t count : {1u, 2u, 3u}) {
    ASSERT_EQ(clusters(count).size(), 1u);
    EXPECT_EQ(clusters(count)[0].name, "styles");
  }
  std::size_t members = 0;
  for (const StyleCluster& cluster : clusters(9)) members += cluster.members.size();
  EXPECT_EQ(members, 9u);
}

TEST(StyleClusters, RefuseWhatIsNoPoint) {
  using Rows = std::vector<std::vector<double>>;
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const Rows& rows : {Rows{}, Rows{{1}, {1, 2}}, Rows{{nan}}}) {
    expect_error([&] { cluster_styles(rows, {}); }, ErrorCode::BadData, "style.clusters");
  }
}

TEST(StyleMap, PutsNeighboursTogether) {
  const StyleMap map = StyleMap::build(families(), kFew);
  for (const MapPoint& point : map.points()) {
    EXPECT_GE(std::min(point.x, point.y), 0);
    EXPECT_LE(std::max(point.x, point.y), 1);
  }
  std::vector<double> same, other;
  for (std::size_t i = 0; i < map.points().size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      (i % 3 == j % 3 ? same : other).push_back(squared(map.points()[i], map.points()[j]));
    }
  }
  EXPECT_LT(*std::max_element(same.begin(), same.end()), *std::min_element(other.begin(), other.end()));
}

TEST(StyleMap, IsTheSameEveryTimeAndANewStyleMovesNobody) {
  const std::vector<MapEntry> entries = families();
  const StyleMap map = StyleMap::build(entries, kFew);
  EXPECT_EQ(StyleMap::build(entries, kFew).points(), map.points());
  const MapPoint again = map.place(entries[7]);
  EXPECT_EQ(again.x, map.points()[7].x);
  EXPECT_EQ(again.y, map.points()[7].y);
  MapEntry near = entries[7];
  for (double& z : near.coordinates) z += 0.05;
  const MapPoint placed = map.place(near);
  EXPECT_EQ(placed.cluster, map.points()[7].cluster);
  EXPECT_LT(squared(placed, map.points()[7]), 0.01);
}

TEST(StyleMap, OfOneStyleOrTwoOrEqualOnesIsFinite) {
  for (const std::size_t count : {1u, 2u, 7u}) {
    const StyleMap map = StyleMap::build(std::vector<MapEntry>(count, {"same", {1.0}, {}}));
    ASSERT_EQ(map.points().size(), count);
    for (const MapPoint& point : map.points()) EXPECT_TRUE(std::isfinite(point.x) && std::isfinite(point.y));
  }
}

TEST(StyleMap, TellsMachinesEverything) {
  const StyleMap map = StyleMap::build(families(), kFew);
  const MapPoint own = map.place({"mine", families()[1].coordinates, {{"warmth", 1.5}}});
  const nlohmann::json json = nlohmann::json::parse(map.to_text(std::vector<MapPoint>{own}));
  EXPECT_EQ(json["atelier_style_map"], 1);
  ASSERT_EQ(json["styles"].size(), 61u);
  EXPECT_EQ(json["styles"][60]["name"], "mine");
  EXPECT_EQ(json["styles"][60]["attributes"]["warmth"], 1.5);
  EXPECT_EQ(json["clusters"].size(), 3u);
  EXPECT_EQ(json["styles"][60]["cluster"], json["styles"][1]["cluster"]);
}

TEST(StyleMap, RefusesWhatDoesNotFit) {
  expect_error([] { StyleMap::build({}); }, ErrorCode::BadData, "style.map");
  expect_error(
      [] {
        StyleMap::build(std::vector<MapEntry>{{"a", {1}, {}}, {"b", {1, 2}, {}}});
      },
      ErrorCode::BadData, "style.map");
  const StyleMap map = StyleMap::build(families(), kFew);
  expect_error([&] { map.place({"a", {1}, {}}); }, ErrorCode::BadData, "style.map");
}

TEST(FitToGrid, GivesEveryoneACellOfTheirOwnAtTheLeastCost) {
  const auto at = [](double x, double y) { return MapPoint{.name = "p", .x = x, .y = y, .attributes = {}}; };
  // Three in the same corner: one gets it, the others its neighbours.
  const std::vector<MapPoint> points = {at(0, 0), at(0.01, 0), at(0, 0.01), at(1, 1)};
  const std::vector<GridCell> cells = fit_to_grid(points, 4, 3);
  EXPECT_EQ(cells[0], (GridCell{0, 0}));
  EXPECT_EQ(cells[1], (GridCell{1, 0}));
  EXPECT_EQ(cells[2], (GridCell{0, 1}));
  EXPECT_EQ(cells[3], (GridCell{3, 2}));
  EXPECT_TRUE(fit_to_grid({}, 2, 2).empty());
  expect_error([&] { fit_to_grid(points, 3, 1); }, ErrorCode::Usage, "style.map");
}

TEST(FitToGrid, FillsAFullGrid) {
  const StyleMap map = StyleMap::build(families(), kFew);
  std::set<std::pair<int, int>> taken;
  for (const GridCell& cell : fit_to_grid(map.points(), 10, 6)) taken.insert({cell.column, cell.row});
  EXPECT_EQ(taken.size(), 60u);
}

}  // namespace
}  // namespace atelier::style

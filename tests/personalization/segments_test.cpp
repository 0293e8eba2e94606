#include "atelier/personalization/segments.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <random>

#include "atelier/core/error.h"
#include "atelier/personalization/detail/k_means.h"

namespace atelier::personalization {
namespace {

/// Features [warm, bold, 1]; tastes have a standard deviation of about one step.
PopulationPrior plain() {
  PopulationPrior prior;
  prior.mean = Eigen::VectorXd::Zero(3);
  prior.covariance = Eigen::Vector3d(0.6, 0.6, 0).asDiagonal();
  prior.features_id = "test";
  prior.origin = "standard";
  return prior;
}

std::vector<Candidate> styles() {
  const auto style = [](const char* key, double warm, double bold) {
    return Candidate{key, Eigen::Vector3d(warm, bold, 1)};
  };
  return {style("warm", 1.5, 0), style("cold", -1.5, 0), style("bold", 0, 1.5), style("quiet", 0, -1.5),
          style("plain", 0, 0)};
}

struct Taste {
  double warm = 0, bold = 0;
};

double utility(const Taste& taste, const Candidate& style) {
  return taste.warm * style.psi(0) + taste.bold * style.psi(1);
}

/// `count` people of each taste; everyone rates every style, or sees it 40 times.
SegmentTable audience(const std::vector<Taste>& tastes, int count, SegmentData kind, std::uint64_t seed,
                      const std::vector<std::string>& declared = {}) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal;
  SegmentTable table;
  table.kind = kind;
  table.declared = !declared.empty();
  for (std::size_t t = 0; t < tastes.size(); ++t) {
    for (int i = 0; i < count; ++i) {
      const Taste own{tastes[t].warm + 0.2 * normal(random), tastes[t].bold + 0.2 * normal(random)};
      for (const auto& style : styles()) {
        SegmentRow row;
        row.user = std::to_string(t) + "-" + std::to_string(i);
        row.style = style.key;
        if (table.declared) row.segment = declared[t];
        const double u = utility(own, style);
        if (kind == SegmentData::Ratings) {
          row.rating = std::clamp(std::round(3 + u + 0.6 * normal(random)), 1.0, 5.0);
        } else {
          row.impressions = 40;
          std::binomial_distribution<int> clicks(40, 1 / (1 + std::exp(2.5 - u)));
          row.clicks = clicks(random);
        }
        table.rows.push_back(row);
      }
    }
  }
  return table;
}

SegmentOptions fast() {
  SegmentOptions options;
  options.resamples = 60;
  return options;
}

TEST(Segments, FindsTwoGroupsWithOppositeTastes) {
  const auto table = audience({{1, 0}, {-1, 0}}, 25, SegmentData::Ratings, 1);
  const auto report = segment_audience(table, styles(), plain(), fast());
  EXPECT_TRUE(report.separable) << report.why;
  ASSERT_EQ(report.segments.size(), 2u);
  EXPECT_EQ(report.variant_for("0-3"), "warm");
  EXPECT_EQ(report.variant_for("1-3"), "cold");
  EXPECT_GT(report.gain.low, 0);
  EXPECT_LT(report.gain.low, report.gain.value);
  EXPECT_GT(report.gain.high, report.gain.value);
  for (const auto& segment : report.segments) {
    EXPECT_GT(segment.utility.low, 0) << "the best style is better than the average one";
    EXPECT_GT(segment.certainty, 0.9);
    EXPECT_EQ(segment.users.size(), 25u);
  }
  EXPECT_THROW(report.variant_for("nobody"), Error);
}

TEST(Segments, SaysNotSeparableWhenAllWantTheSame) {
  int separable = 0;
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    const auto report =
        segment_audience(audience({{1, 0.2}}, 44, SegmentData::Ratings, seed), styles(), plain(), fast());
    separable += report.separable;
    EXPECT_EQ(report.everyone.best, "warm");
    if (!report.separable) {
      EXPECT_EQ(report.variant_for("0-1"), "warm");
      EXPECT_NE(report.why.find("one variant for all"), std::string::npos) << report.why;
    }
  }
  EXPECT_EQ(separable, 0);
}

TEST(Segments, DoesNotMistakeNoiseForSegments) {
  std::mt19937_64 random(3);
  int separable = 0;
  for (int trial = 0; trial < 8; ++trial) {
    auto table = audience({{0, 0}}, 44, SegmentData::Ratings, 1);
    for (auto& row : table.rows) row.rating = static_cast<double>(1 + random() % 5);
    separable += segment_audience(table, styles(), plain(), fast()).separable;
  }
  EXPECT_LE(separable, 1);  // a 90 % interval may be wrong once
}

TEST(Segments, ClicksOfDeclaredSegments) {
  const auto table = audience({{1, 0}, {0, 1}}, 20, SegmentData::Clicks, 4, {"south", "north"});
  const auto report = segment_audience(table, styles(), plain(), fast());
  EXPECT_TRUE(report.declared);
  EXPECT_TRUE(report.separable) << report.why;
  EXPECT_EQ(report.variant_for("0-0"), "warm");
  EXPECT_EQ(report.variant_for("1-0"), "bold");
  for (const auto& segment : report.segments) {
    EXPECT_EQ(segment.impressions, 800);
    // Log odds -2.5 + 1.5: a rate of 27 %.
    EXPECT_LT(segment.click_rate.low, 0.3);
    EXPECT_GT(segment.click_rate.high, 0.24);
    EXPECT_NEAR(segment.click_rate.value, static_cast<double>(segment.clicks) / 800, 0.01);
  }
}

TEST(Segments, DeclaredSegmentsThatDoNotDifferGetOneVariant) {
  const auto table = audience({{0.8, 0}, {0.8, 0}, {0.8, 0}}, 15, SegmentData::Clicks, 5, {"a", "b", "c"});
  const auto report = segment_audience(table, styles(), plain(), fast());
  EXPECT_FALSE(report.separable) << report.why;
  for (const auto& segment : report.segments) EXPECT_EQ(segment.variant, "warm");
}

TEST(Segments, TheOrderOfRowsDoesNotMatter) {
  auto table = audience({{1, 0}, {-1, 0}}, 22, SegmentData::Ratings, 6);
  const auto before = segment_audience(table, styles(), plain(), fast()).to_text();
  std::shuffle(table.rows.begin(), table.rows.end(), std::mt19937_64(1));
  EXPECT_EQ(segment_audience(table, styles(), plain(), fast()).to_text(), before);
}

TEST(Segments, TheNumberCanBeGiven) {
  SegmentOptions options = fast();
  options.segments = 4;
  const auto table = audience({{1, 0}, {-1, 0}, {0, 1}, {0, -1}}, 12, SegmentData::Ratings, 7);
  const auto report = segment_audience(table, styles(), plain(), options);
  EXPECT_EQ(report.segments.size(), 4u);
  EXPECT_EQ(report.variant_for("2-1"), "bold");
}

TEST(Segments, OnePersonIsNotAnAudience) {
  const auto report =
      segment_audience(audience({{1, 0}}, 1, SegmentData::Ratings, 8), styles(), plain(), fast());
  EXPECT_FALSE(report.separable);
  EXPECT_EQ(report.segments.size(), 1u);
  const auto shared = nlohmann::json::parse(report.to_shareable_text());
  EXPECT_TRUE(shared.contains("left_out"));
  EXPECT_FALSE(shared.contains("everyone"));
}

TEST(Segments, ShareableTextLeavesSmallSegmentsAndNamesOut) {
  auto table = audience({{1, 0}, {-1, 0}}, 30, SegmentData::Clicks, 9, {"many", "others"});
  auto few = audience({{0, 1}}, 12, SegmentData::Clicks, 10, {"the-village"});
  for (auto& row : few.rows) {
    row.user = "v" + row.user;
    table.rows.push_back(row);
  }
  const auto report = segment_audience(table, styles(), plain(), fast());
  ASSERT_TRUE(report.separable) << report.why;
  const std::string text = report.to_shareable_text();
  const auto shared = nlohmann::json::parse(text);
  EXPECT_EQ(text.find("the-village"), std::string::npos) << text;
  EXPECT_EQ(text.find("0-0"), std::string::npos) << "somebody's name: " << text;
  EXPECT_EQ(shared["segments"].size(), 2u);
  // 72 people less the 30 and 30 shown would give the 12 away.
  EXPECT_FALSE(shared["everyone"].contains("people"));
  EXPECT_FALSE(shared["everyone"].contains("impressions"));
  EXPECT_FALSE(shared.contains("why"));
  const auto full = nlohmann::json::parse(report.to_text());
  EXPECT_EQ(full["segments"].size(), 3u);
  EXPECT_EQ(full["everyone"]["people"], 72);

  SegmentOptions lax = fast();
  lax.fewest_people = 5;
  const auto open =
      nlohmann::json::parse(segment_audience(table, styles(), plain(), lax).to_shareable_text());
  EXPECT_EQ(open["segments"].size(), 3u);
}

TEST(Segments, RefusesWhatItCannotAnswer) {
  const auto table = audience({{1, 0}}, 2, SegmentData::Ratings, 1);
  const auto id_of = [&](const SegmentTable& rows, const std::vector<Candidate>& candidates,
                         const SegmentOptions& options) -> std::string {
    try {
      segment_audience(rows, candidates, plain(), options);
    } catch (const Error& error) {
      return error.id();
    }
    return "";
  };
  auto candidates = styles();
  EXPECT_EQ(id_of({}, candidates, fast()), "segments.empty");
  SegmentOptions options = fast();
  options.resamples = 1;
  EXPECT_EQ(id_of(table, candidates, options), "segments.options");
  candidates.pop_back();
  EXPECT_EQ(id_of(table, candidates, fast()), "segments.style");
  candidates = styles();
  candidates.push_back(candidates[0]);
  EXPECT_EQ(id_of(table, candidates, fast()), "taste.candidates");
  candidates = styles();
  candidates[0].psi(1) = NAN;
  EXPECT_EQ(id_of(table, candidates, fast()), "taste.candidates");
}

TEST(KMeans, FindsSeparateGroupsAndTheirNumberBySilhouette) {
  std::mt19937_64 random(2);
  std::normal_distribution<double> normal;
  Eigen::MatrixXd points(90, 2);
  for (int i = 0; i < 90; ++i)
    points.row(i) << 6 * (i % 3) + normal(random), (i % 3 == 1 ? 6 : 0) + normal(random);
  const auto three = detail::k_means(points, 3, 1);
  for (int i = 3; i < 90; ++i)
    EXPECT_EQ(three.of[static_cast<std::size_t>(i)], three.of[static_cast<std::size_t>(i % 3)]);
  const double best = detail::silhouette(points, three, 1);
  EXPECT_GT(best, detail::silhouette(points, detail::k_means(points, 2, 1), 1));
  EXPECT_GT(best, detail::silhouette(points, detail::k_means(points, 4, 1), 1));
  const auto same = detail::k_means(Eigen::MatrixXd::Ones(5, 2), 3, 1);
  EXPECT_EQ(same.inertia, 0);
}

}  // namespace
}  // namespace atelier::personalization

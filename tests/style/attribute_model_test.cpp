#include "atelier/style/attribute_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "support/expect_error.h"
#include "synthetic_styles.h"

namespace atelier::style {
namespace {

using test::expect_error;
using test::symmetric;

using Measured = std::map<std::string, double>;

constexpr const char* kSpace = "s";
constexpr std::size_t kDim = 8;

/// Codes with warmth = 10 + 4 v0 + 2 v1, contrast = 20 - 5 v2, both with a little noise, and chance for
/// density.
struct Styles {
  std::vector<StyleCode> codes;
  std::vector<Measured> measured;

  explicit Styles(int count = 120, const std::string& space = kSpace) {
    std::mt19937 random(3);
    for (int i = 0; i < count; ++i) {
      StyleCode code{.space = space, .values = {}};
      for (std::size_t k = 0; k < kDim; ++k) code.values.push_back(symmetric(random));
      const std::vector<float>& v = code.values;
      measured.push_back({{"warmth", 10.0 + 4 * v[0] + 2 * v[1] + 0.1 * symmetric(random)},
                          {"contrast", 20.0 - 5 * v[2] + 0.1 * symmetric(random)},
                          {"density", 0.5 + 0.1 * symmetric(random)}});
      codes.push_back(std::move(code));
    }
  }
};

const AttributeModel::Row& row_of(const AttributeModel& model, const std::string& key) {
  return *std::find_if(model.rows.begin(), model.rows.end(), [&](const auto& row) { return row.key == key; });
}

TEST(AttributeModel, PredictsWhatTheCodeDeterminesAndKnowsWhatItDoesNot) {
  const Styles styles;
  const AttributeModel model = AttributeModel::fit(styles.codes, styles.measured);
  EXPECT_EQ(model.space, kSpace);
  EXPECT_GT(row_of(model, "warmth").r2, 0.98);
  EXPECT_LT(row_of(model, "warmth").residual_sd, 0.1);
  EXPECT_LT(row_of(model, "density").r2, 0.1) << "chance cannot be predicted";
  StyleCode code{.space = kSpace, .values = std::vector<float>(kDim, 0.0f)};
  code.values[0] = 1;
  code.values[2] = -1;
  EXPECT_NEAR(model.predict(code).at("warmth"), 14, 0.2);
  EXPECT_NEAR(model.predict(code).at("contrast"), 25, 0.2);
  EXPECT_NEAR(model.predict(code).at("density"), 0.5, 0.06);
}

TEST(AttributeModel, HoldsTheSpreadOfTheStyles) {
  const Styles styles;
  const AttributeModel model = AttributeModel::fit(styles.codes, styles.measured);
  EXPECT_EQ(model.scales(), scale_attributes(styles.measured));
  for (std::size_t i = 0; i < model.rows.size(); ++i) EXPECT_NEAR(model.correlation[i][i], 1, 1e-9);
}

TEST(AttributeModel, LimitsPredictionsFarFromAllStyles) {
  const Styles styles;
  const AttributeModel model = AttributeModel::fit(styles.codes, styles.measured);
  const StyleCode far{.space = kSpace, .values = std::vector<float>(kDim, 1e6f)};
  const AttributeScale warmth = model.scales().at("warmth");
  EXPECT_NEAR(warmth.standardise(model.predict(far).at("warmth")), 4, 1e-6);
}

TEST(AttributeModel, MovesOneAttributeAndLeavesTheOthers) {
  const Styles styles;
  const AttributeModel model = AttributeModel::fit(styles.codes, styles.measured);
  const StyleCode moved = model.move(styles.codes[7], {{"warmth", 1.0}});
  const Measured before = model.predict(styles.codes[7]), after = model.predict(moved);
  EXPECT_NEAR((after.at("warmth") - before.at("warmth")) / model.scales().at("warmth").sd, 1, 0.05);
  EXPECT_NEAR((after.at("contrast") - before.at("contrast")) / model.scales().at("contrast").sd, 0, 0.1);
  EXPECT_EQ(model.move(styles.codes[7], {}), styles.codes[7]);
  expect_error([&] { model.move(styles.codes[7], {{"beauty", 1}}); }, ErrorCode::Usage, "style.attributes");
}

TEST(AttributeModel, WorksOnAHandfulOfStyles) {
  const Styles styles(2);
  const AttributeModel model = AttributeModel::fit(styles.codes, styles.measured);
  for (const auto& [key, value] : model.predict(styles.codes[0])) EXPECT_TRUE(std::isfinite(value)) << key;
}

TEST(AttributeModel, RefusesWhatDoesNotBelongTogether) {
  Styles styles;
  const AttributeModel model = AttributeModel::fit(styles.codes, styles.measured);
  expect_error([&] { model.predict({.space = "t", .values = std::vector<float>(kDim)}); }, ErrorCode::BadData,
               "style.space");
  const auto fails = [&] {
    expect_error([&] { AttributeModel::fit(styles.codes, styles.measured); }, ErrorCode::BadData,
                 "style.attributes");
  };
  styles.measured.pop_back();
  fails();
  styles = Styles();
  styles.measured[4]["warmth"] = std::numeric_limits<double>::quiet_NaN();
  fails();
  styles = Styles();
  styles.codes[3].space = "t";
  fails();
  styles = Styles(1);
  fails();
}

TEST(AttributeModel, KeepsEverythingThroughText) {
  const Styles styles;
  const AttributeModel model = AttributeModel::fit(styles.codes, styles.measured);
  EXPECT_EQ(AttributeModel::parse(model.to_text(), "attributes.json"), model);
}

TEST(AttributeModel, RefusesBrokenText) {
  const std::string row =
      R"({"key": "warmth", "mean": 1, "sd": 2, "residual_sd": 1, "r2": 0.5, "weights": [1], "covariance": [1]})";
  const auto text = [](const std::string& attributes, const std::string& correlation) {
    return R"({"atelier_attributes": 1, "space": "s", "mean": [0], "attributes": )" + attributes +
           R"(, "correlation": )" + correlation + "}";
  };
  EXPECT_EQ(AttributeModel::parse(text("[" + row + "]", "[[1]]"), "a").rows.size(), 1u);
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string changed = row;
    return text("[" + changed.replace(changed.find(from), from.size(), to) + "]", "[[1]]");
  };
  for (const std::string& broken :
       {text("[" + row + "]", "[]"), text("[" + row + "]", "[[1, 2]]"), text("[" + row + "]", "[1]"),
        text("[" + row + "," + row + "]", "[[1, 0], [0, 1]]"), text("1", "[]"),
        with("\"sd\": 2", "\"sd\": 0"), with("[1]", "[1, 2]"), with("[1]", "[1e99]"),
        with("warmth", "War mth"), with("\"r2\": 0.5, ", ""), std::string("{"), std::string("{}")}) {
    expect_error([&] { AttributeModel::parse(broken, "a"); }, ErrorCode::BadData, "style.attributes_file");
  }
}

class MigrateCode : public testing::Test {
 protected:
  MigrateCode() : model_(AttributeModel::fit(styles_.codes, styles_.measured)) {
    for (std::size_t i = 0; i < 20; ++i) {
      gallery_.push_back({.name = "style-" + std::to_string(i),
                          .code = styles_.codes[i],
                          .attributes = styles_.measured[i]});
    }
  }

  Styles styles_;
  AttributeModel model_;
  std::vector<const NamedStyle*> all() const {
    std::vector<const NamedStyle*> pointers;
    for (const NamedStyle& style : gallery_) pointers.push_back(&style);
    return pointers;
  }

  std::vector<NamedStyle> gallery_;
};

TEST_F(MigrateCode, LeavesACodeOfThisSpaceAlone) {
  EXPECT_EQ(migrate_code(styles_.codes[50], {}, model_, all()).code, styles_.codes[50]);
}

TEST_F(MigrateCode, FindsTheStyleThatLookedTheSame) {
  const StyleCode old{.space = "old-model", .values = {1, 2, 3}};
  const MigratedCode migrated = migrate_code(old, styles_.measured[4], model_, all());
  EXPECT_EQ(migrated.nearest, "style-4");
  EXPECT_EQ(migrated.code.space, kSpace);
  EXPECT_NEAR(migrated.mismatch, 0, 1e-6);
}

TEST_F(MigrateCode, GoesTowardsAttributesThatNoStyleHas) {
  Measured wanted = styles_.measured[4];
  wanted["warmth"] += model_.scales().at("warmth").sd;
  const StyleCode old{.space = "old-model", .values = {1}};
  const std::vector<const NamedStyle*> only = {&gallery_[4]};
  const MigratedCode migrated = migrate_code(old, wanted, model_, only);
  EXPECT_NEAR(model_.predict(migrated.code).at("warmth"), wanted.at("warmth"), 0.5);
  EXPECT_LT(migrated.mismatch, 0.3);
}

TEST_F(MigrateCode, UsesPredictionsForStylesThatWereNeverMeasured) {
  for (NamedStyle& style : gallery_) style.attributes.clear();
  const MigratedCode migrated =
      migrate_code({.space = "old-model", .values = {1}}, model_.predict(styles_.codes[9]), model_, all());
  EXPECT_EQ(migrated.nearest, "style-9");
}

TEST_F(MigrateCode, RefusesACodeWhoseLookIsNotKnown) {
  const StyleCode old{.space = "old-model", .values = {1, 2, 3}};
  const auto refused = [&](const Measured& attributes, const std::vector<const NamedStyle*>& gallery) {
    return expect_error([&] { migrate_code(old, attributes, model_, gallery); }, ErrorCode::BadData,
                        "style.space");
  };
  EXPECT_THAT(refused({{"warmth", 10}}, all()), testing::HasSubstr("old-model"));
  refused({}, all());
  refused(styles_.measured[0], {});
  Measured broken = styles_.measured[0];
  broken["warmth"] = std::numeric_limits<double>::infinity();
  refused(broken, all());
}

TEST(GalleryAttributes, AreFittedOnlyOnStylesMeasuredByThisTable) {
  const Styles styles;
  std::vector<NamedStyle> gallery;
  for (std::size_t i = 0; i < 30; ++i) {
    gallery.push_back(
        {.name = "style-" + std::to_string(i), .code = styles.codes[i], .attributes = styles.measured[i]});
  }
  std::vector<const NamedStyle*> all;
  for (const NamedStyle& style : gallery) all.push_back(&style);
  EXPECT_FALSE(fit_gallery_attributes(all).has_value()) << "three attributes are not this program's table";
  for (NamedStyle& style : gallery) {
    for (const Attribute& attribute : attributes()) style.attributes.try_emplace(attribute.key, 1.0);
  }
  const auto fitted = fit_gallery_attributes(all);
  ASSERT_TRUE(fitted.has_value());
  EXPECT_EQ(fitted->rows.size(), attributes().size());
  EXPECT_GT(row_of(*fitted, "warmth").r2, 0.95);
}

}  // namespace
}  // namespace atelier::style

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/torch.h>

#include <nlohmann/json.hpp>

#include "atelier/mapping/detail/drawn_content.h"
#include "atelier/mapping/detail/frozen_styliser.h"
#include "atelier/mapping/detail/gallery_taste.h"
#include "atelier/mapping/detail/mapper_network.h"
#include "atelier/mapping/detail/personalization_loss.h"
#include "atelier/mapping/detail/simulated_people.h"
#include "atelier/mapping/mapper_trainer.h"
#include "atelier/tensor/tensor_file.h"
#include "personalization/tiny_mapper.h"
#include "support/check_gradients.h"
#include "support/expect_error.h"
#include "support/temp_dir.h"
#include "support/tiny_bundle.h"

namespace atelier::mapping {
namespace {

using personalization::MapperInput;
using personalization::PreferenceModel;
using personalization::StyleAnchors;
using personalization::StyleMapper;

// A tiny bundle with enough styles for a style space: 24 random codes.
std::filesystem::path write_bundle_with_space(const std::filesystem::path& folder) {
  model::BundleContents contents = test::tiny_bundle_contents(1);
  test::SeededRandom random(9);
  style::StyleLibrary styles(contents.manifest.space_id);
  std::vector<StyleCode> codes;
  for (int i = 0; i < 24; ++i) {
    StyleCode code{.space = contents.manifest.space_id, .values = {}};
    for (int d = 0; d < contents.manifest.generator.code_dim; ++d) code.values.push_back(random.symmetric());
    styles.add({.name = "style-" + std::to_string(i), .title = "t", .code = code});
    codes.push_back(std::move(code));
  }
  contents.space = style::StyleSpace::fit(contents.manifest.space_id, codes, 5);
  contents.styles = std::move(styles);
  model::write_bundle(folder, contents, weights::DType::F32);
  return folder;
}

at::Tensor drawn(int side, std::uint64_t seed, at::ScalarType type) {
  return torch::tensor(at::ArrayRef<float>(drawn_content(side, seed))).view({1, 3, side, side}).to(type);
}

class MapperNetworkTest : public ::testing::Test {
 protected:
  MapperNetworkTest() {
    torch::manual_seed(3);
    network_ = MapperNetwork(anchors_, test::kTinyShape, 0.3);
    torch::NoGradGuard no_grad;
    for (at::Tensor& parameter : network_->parameters()) parameter.normal_(0, 0.3);
    network_->standardise(torch::randn({50, 2 * anchors_.dim()}));
  }
  MapperInput input(int answers) const {
    const auto given = gallery_.answers(answers);
    return MapperInput::of(PreferenceModel::fit(gallery_.prior, given, 0), given, anchors_,
                           gallery_.features.names());
  }

  test::TinyGallery gallery_ = test::TinyGallery::make();
  StyleAnchors anchors_ = StyleAnchors::choose(gallery_.space, gallery_.features, gallery_.subjects, 20);
  MapperNetwork network_{nullptr};
};

TEST_F(MapperNetworkTest, TheRuntimeGivesTheSameNumbers) {
  auto tensors = tensor::to_named(tensor::state_of(*network_));
  for (auto& tensor : personalization::anchor_tensors(anchors_)) tensors.push_back(tensor);
  const auto mapper = StyleMapper::load(test::mapper_file(
      tensors,
      personalization::mapper_metadata(anchors_, test::kTinyShape, gallery_.features.names(), 0.3, "{}")));
  const PlaceMap places(anchors_, torch::kFloat);
  for (const int answers : {0, 1, 7}) {
    const MapperInput person = input(answers);
    const at::Tensor noise = torch::randn({1, 1, test::kTinyShape.noise});
    const std::vector<MapperInput> people = {person};
    const auto place = network_(MapperBatch::of(people), noise);
    const at::Tensor flat = noise.flatten().to(torch::kDouble).contiguous();
    const auto draw = mapper.draw(person, {flat.data_ptr<double>(), static_cast<std::size_t>(flat.numel())});
    EXPECT_LT((to_tensor(draw.weights, torch::kFloat) - place.weights.flatten()).abs().max().item<double>(),
              1e-5);
    EXPECT_LT((to_tensor(draw.step, torch::kFloat) - place.step.flatten()).abs().max().item<double>(), 1e-5);
    const auto spot = anchors_.at(draw.weights, draw.step);
    EXPECT_LT((to_tensor(spot.z, torch::kFloat) - places.z(place.weights, place.step).flatten())
                  .abs()
                  .max()
                  .item<double>(),
              1e-4);
    EXPECT_LT((to_tensor(spot.psi, torch::kFloat) - places.psi(place.weights, place.step).flatten())
                  .abs()
                  .max()
                  .item<double>(),
              1e-4);
    EXPECT_NEAR(anchors_.outside(spot.z), places.outside(places.z(place.weights, place.step)).item<double>(),
                1e-2);
    EXPECT_NEAR(place.weights.sum().item<double>(), 1, 1e-6);
    const at::Tensor far = 8 * place.step;
    const Eigen::VectorXd kept = anchors_.drawn_back(draw.weights, 8 * draw.step);
    EXPECT_LT((to_tensor(kept, torch::kFloat) - places.drawn_back(place.weights, far).flatten())
                  .abs()
                  .max()
                  .item<double>(),
              1e-4);
    EXPECT_GT((kept - 8 * draw.step).norm(), 1e-3);
  }
}

TEST_F(MapperNetworkTest, PeopleInABatchDoNotDisturbEachOther) {
  const std::vector<MapperInput> both = {input(2), input(9)}, alone = {input(2)};
  const at::Tensor noise = torch::randn({2, 3, test::kTinyShape.noise});
  const auto together = network_(MapperBatch::of(both), noise);
  const auto single = network_(MapperBatch::of(alone), noise.narrow(0, 0, 1));
  EXPECT_LT((together.weights[0] - single.weights[0]).abs().max().item<double>(), 1e-6);
  EXPECT_LT((together.step[0] - single.step[0]).abs().max().item<double>(), 1e-6);
}

TEST_F(MapperNetworkTest, DoesNotCareInWhichOrderAnswersCame) {
  std::vector<MapperInput> people = {input(8)};
  const at::Tensor noise = torch::zeros({1, 1, test::kTinyShape.noise});
  const at::Tensor before = network_(MapperBatch::of(people), noise).weights;
  people[0].answers = people[0].answers.colwise().reverse().eval();
  people[0].weights = people[0].weights.reverse().eval();
  EXPECT_LT((network_(MapperBatch::of(people), noise).weights - before).abs().max().item<double>(), 1e-6);
}

class PersonalizationLossTest : public ::testing::Test {
 protected:
  PersonalizationLossTest() { torch::manual_seed(1); }

  PersonalizationLoss loss(const PersonalizationLoss::Options& options = {}) {
    return {styliser_, taste_.space, taste_.features,
            to_tensor(Eigen::VectorXd(taste_.psi.colwise().mean().transpose()), torch::kDouble), options};
  }
  BelievedTastes tastes() const {
    const auto dim = taste_.features.size();
    const at::Tensor root = torch::randn({2, dim, dim}, torch::kDouble) * 0.2;
    return {.mean = torch::randn({2, dim}, torch::kDouble),
            .covariance = torch::bmm(root, root.transpose(1, 2)) + 0.01 * torch::eye(dim, torch::kDouble),
            .spread = torch::tensor({0.8, 1.3}, torch::kDouble)};
  }
  at::Tensor codes() const {
    std::vector<at::Tensor> rows;
    for (const int i : {3, 11})
      rows.push_back(
          torch::tensor(at::ArrayRef<float>(taste_.subjects[static_cast<std::size_t>(i)].code.values)));
    return torch::stack(rows).to(torch::kDouble);
  }

  test::TempDir folder_;
  std::shared_ptr<const model::ModelBundle> bundle_ =
      model::ModelBundle::open(write_bundle_with_space(folder_ / "bundle"));
  GalleryTaste taste_ = GalleryTaste::of(*bundle_);
  FrozenStyliser styliser_{*bundle_, torch::kDouble};
  at::Tensor content_ = torch::cat({drawn(32, 1, torch::kDouble), drawn(32, 2, torch::kDouble)});
};

TEST_F(PersonalizationLossTest, GradientMatchesFiniteDifferences) {
  PersonalizationLoss loss = this->loss();
  const BelievedTastes tastes = this->tastes();
  const at::Tensor code = codes().set_requires_grad(true);
  const at::Tensor start = torch::randn({2, 5}, torch::kDouble);
  EXPECT_TRUE(test::gradients_match([&] { return loss(content_, code, start, tastes).total; }, {code}));
  EXPECT_TRUE(test::gradients_match([&] { return loss(content_, code, start, tastes).utility; }, {code}));
  EXPECT_TRUE(test::gradients_match([&] { return loss(content_, code, start, tastes).faithful; }, {code}));
}

TEST_F(PersonalizationLossTest, IsThePlainFormula) {
  PersonalizationLoss loss = this->loss({.pessimism = 0.7});
  const BelievedTastes tastes = this->tastes();
  const at::Tensor code = codes(), start = torch::randn({2, 5}, torch::kDouble);
  const auto terms = loss(content_, code, start, tastes);
  double expected = 0;
  for (std::int64_t n = 0; n < 2; ++n) {
    const auto vector = [&](const at::Tensor& t) {
      const at::Tensor flat = t.contiguous();
      return Eigen::VectorXd(Eigen::Map<const Eigen::VectorXd>(flat.data_ptr<double>(), flat.numel()));
    };
    const auto as_code = [&](const at::Tensor& row) {
      const at::Tensor flat = row.to(torch::kFloat).contiguous();
      return StyleCode{taste_.space.id, {flat.data_ptr<float>(), flat.data_ptr<float>() + flat.numel()}};
    };
    const auto found = taste_.space.project(as_code(terms.painted_code[n]));
    const auto asked = taste_.space.project(as_code(code[n]));
    const Eigen::VectorXd d = taste_.features.psi_at(found) - taste_.psi.colwise().mean().transpose();
    const Eigen::VectorXd mean = vector(tastes.mean[n]);
    const Eigen::MatrixXd covariance = vector(tastes.covariance[n]).reshaped(mean.size(), mean.size());
    const double u = (d.dot(mean) - 0.7 * std::sqrt(d.dot(covariance * d))) / tastes.spread[n].item<double>();
    expected += std::log1p(std::exp(-u));
    for (std::size_t k = 0; k < asked.size(); ++k) {
      expected += 0.5 * std::pow(found[k] - asked[k], 2) +
                  0.05 * std::pow(asked[k] - start[n][static_cast<std::int64_t>(k)].item<double>(), 2);
    }
  }
  EXPECT_NEAR(terms.total.item<double>(), expected / 2, 1e-4);
}

TEST_F(PersonalizationLossTest, LeavesTheStyliserAsItWas) {
  PersonalizationLoss loss = this->loss();
  const at::Tensor code = codes().set_requires_grad(true);
  loss(content_, code, torch::zeros({2, 5}, torch::kDouble), tastes()).total.backward();
  EXPECT_GT(code.grad().abs().sum().item<double>(), 0);
  EXPECT_TRUE(
      torch::equal(styliser_.paint(content_, code.detach()), styliser_.paint(content_, code.detach())));
}

class MapperTraining : public ::testing::Test {
 protected:
  MapperTrainingOptions options(int steps) const {
    MapperTrainingOptions options;
    options.bundle = bundle_;
    options.shape = {.answer_hidden = 16, .answer_out = 8, .noise = 4, .hidden = 32};
    options.people = 60;
    options.populations = 6;
    options.answers = 10;
    options.active = 0.1;
    options.held_out_people = 24;
    options.held_out_populations = 4;
    options.painted_people = 2;
    options.loss.crop = 32;
    options.loss.paintings = 1;
    options.loss.personalization_every = 40;
    options.steps = steps;
    options.batch = 16;
    options.rate = 5e-3;
    return options;
  }

  test::TempDir folder_;
  std::filesystem::path bundle_ = write_bundle_with_space(folder_ / "bundle");
};

TEST_F(MapperTraining, RaisesWhatHiddenTastesThinkOfTheStyles) {
  const auto utility_after = [&](int steps) {
    MapperTrainingOptions options = this->options(steps);
    options.loss.personalization = 0;
    train_mapper(options);
    return model::ModelBundle::open(bundle_)
        ->manifest()
        .metrics.at("mapper")
        .at("hidden_utility_in_training")
        .get<double>();
  };
  EXPECT_GT(utility_after(200), utility_after(1) + 0.1);
}

TEST_F(MapperTraining, KnowsMoreAfterMoreAnswers) {
  const MapperReport report = train_mapper(options(60));
  ASSERT_EQ(report.scores.size(), 4u);
  EXPECT_GT(report.scores[2].mapper.utility.mean, report.scores[0].mapper.utility.mean + 0.2);
  EXPECT_LT(report.scores[3].mapper.percentile.mean, report.scores[0].mapper.percentile.mean);
}

TEST_F(MapperTraining, LeavesABundleWithAMapperThatFits) {
  std::vector<double> told;
  const MapperReport report =
      train_mapper(options(10), {.progress = [&](double fraction, std::int64_t, double, const std::string&) {
                     told.push_back(fraction);
                   }});
  const auto bundle = model::ModelBundle::open(bundle_);
  ASSERT_TRUE(bundle->mapper());
  const auto mapper = StyleMapper::load(*bundle->mapper());
  const GalleryTaste taste = GalleryTaste::of(*bundle);
  EXPECT_NO_THROW(mapper.require_fit(bundle->manifest().space_id, taste.features));
  EXPECT_EQ(mapper.map(PreferenceModel::fit(taste.prior, {}, 0), {}, {.variants = 3}).size(), 3u);
  EXPECT_EQ(nlohmann::json::parse(mapper.report()), report.to_json());
  EXPECT_EQ(bundle->manifest().metrics.at("mapper").at("people"), 24);
  EXPECT_EQ(bundle->manifest().training.at("mapper").at("real_raters"), nlohmann::json::array());
  EXPECT_EQ(report.painted_people, 2);
  EXPECT_TRUE(std::is_sorted(told.begin(), told.end()));
  EXPECT_NEAR(told.back(), 1, 1e-9);
}

TEST_F(MapperTraining, IsTheSameForTheSameSeed) {
  torch::set_num_threads(1);
  const MapperReport once = train_mapper(options(8)), again = train_mapper(options(8));
  EXPECT_EQ(once.scores.back().mapper.utility.mean, again.scores.back().mapper.utility.mean);
}

TEST_F(MapperTraining, RefusesAModelWithoutAStyleSpace) {
  MapperTrainingOptions options = this->options(1);
  options.bundle = test::write_tiny_bundle(folder_);
  test::expect_error([&] { train_mapper(options); }, ErrorCode::BadData, "taste.mapper");
}

TEST_F(MapperTraining, RefusesRatingsThatAreNotThere) {
  MapperTrainingOptions options = this->options(1);
  options.ratings = folder_ / "nowhere";
  test::expect_error([&] { train_mapper(options); }, ErrorCode::NoInput, "ratings.missing");
  EXPECT_FALSE(model::ModelBundle::open(bundle_)->mapper());
}

}  // namespace
}  // namespace atelier::mapping

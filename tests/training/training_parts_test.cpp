#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/torch.h>
#include <unistd.h>

#include <cmath>
#include <fstream>
#include <limits>
#include <set>

#include "atelier/nn/style_statistics.h"
#include "atelier/training/detail/checkpoint.h"
#include "atelier/training/detail/crops.h"
#include "atelier/training/detail/networks.h"
#include "atelier/training/detail/perceptual_gate.h"
#include "atelier/training/detail/picture_library.h"
#include "atelier/training/detail/prefetcher.h"
#include "atelier/training/detail/step_plan.h"
#include "atelier/training/detail/style_catalogue.h"
#include "atelier/training/progress.h"
#include "support/expect_error.h"
#include "support/tensor_matchers.h"
#include "training/tiny_run.h"

namespace atelier::training {
namespace {

using nlohmann::json;
using test::expect_error;
using test::tensors_equal;
using test::tensors_near;
using ::testing::HasSubstr;

// ---- options

json smallest() {
  return {
      {"run", "r"}, {"perceptual", "p"}, {"content", {{{"folder", "c"}}}}, {"style", {{{"folder", "s"}}}}};
}

std::string refused(const json& config) {
  try {
    TrainingOptions::parse(config);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::Config) << error.what();
    return error.what();
  }
  ADD_FAILURE() << config.dump() << " was accepted";
  return {};
}

json with(const std::string& key, const json& value) {
  json config = smallest();
  config[key] = value;
  return config;
}

TEST(TrainingOptions, UnknownKeysAreRefusedWithTheNearestKnownOne) {
  EXPECT_THAT(refused(with("optimizer", json::object())), HasSubstr("optimiser"));
  EXPECT_THAT(refused(with("loss", {{"contnet", 1}})), HasSubstr("'content'"));
  EXPECT_THAT(refused(with("adversarial", {{"r1gamma", 1}})), HasSubstr("r1_gamma"));
  EXPECT_THAT(refused(with("content", {{{"foldr", "x"}}})), HasSubstr("folder"));
}

TEST(TrainingOptions, WrongTypesAreRefusedByName) {
  EXPECT_THAT(refused(with("seed", "one")), HasSubstr("seed"));
  EXPECT_THAT(refused(with("loss", {{"gram", "much"}})), HasSubstr("gram"));
  EXPECT_THAT(refused(with("phases", 3)), HasSubstr("phases"));
  EXPECT_THAT(refused(with("label_weights", {{"ukiyo-e", -1}})), HasSubstr("label_weights"));
}

TEST(TrainingOptions, WhatATrainingCannotDoWithoutIsAskedFor) {
  for (const char* key : {"run", "perceptual", "content", "style"}) {
    json config = smallest();
    config.erase(key);
    EXPECT_THAT(refused(config), HasSubstr(key));
  }
}

TEST(TrainingOptions, PhasesThatCannotBeTrainedAreRefused) {
  EXPECT_THAT(refused(with("phases", json::array())), HasSubstr("phases"));
  EXPECT_THAT(refused(with("phases", {{{"until", 0.5}}})), HasSubstr("until"));
  for (const int crop : {16, 100, 4096})
    EXPECT_THAT(refused(with("phases", {{{"crop", crop}}})), HasSubstr("crop")) << crop;
  EXPECT_THAT(refused(with("phases", {{{"batch", 0}}})), HasSubstr("batch"));
}

TEST(TrainingOptions, TheShiftTermNeedsRoomInsideTheCrop) {
  json config = with("phases", {{{"crop", 32}}});
  EXPECT_THAT(refused(config), HasSubstr("shift"));
  config["loss"] = {{"shift", 0}};
  EXPECT_NO_THROW(TrainingOptions::parse(config));
}

TEST(TrainingOptions, NumbersOutOfRangeAreRefused) {
  EXPECT_THAT(refused(with("minutes", 0)), HasSubstr("minutes"));
  EXPECT_THAT(refused(with("mixup", 1.5)), HasSubstr("mixup"));
  EXPECT_THAT(refused(with("log_every", 0)), HasSubstr("log_every"));
  EXPECT_THAT(refused(with("style_short_side", 32)), HasSubstr("style_short_side"));
  EXPECT_THAT(refused(with("adversarial", {{"r1_every", 0}})), HasSubstr("r1_every"));
  EXPECT_THAT(refused(with("adversarial", {{"crop", 8}})), HasSubstr("crop"));
  EXPECT_THAT(refused(with("generator_size", "XXL")), HasSubstr("XXL"));
  EXPECT_THAT(refused(with("adversarial", {{"kind", "wasserstein"}})), HasSubstr("wasserstein"));
  EXPECT_THAT(refused(with("adversarial", {{"sees", "vgg19"}})), HasSubstr("networks"));
  EXPECT_THAT(refused(with("loss", {{"perceptual", 0}})), HasSubstr("networks"));
  EXPECT_THAT(refused(with("networks", {{{"kind", "alexnet"}, {"file", "x"}, {"content", 1}}})),
              HasSubstr("content"));
}

TEST(TrainingOptions, SurviveTheRoundTripThroughJson) {
  const json defaults = TrainingOptions::parse(smallest()).to_json();
  EXPECT_EQ(TrainingOptions::parse(defaults).to_json(), defaults);
  EXPECT_EQ(defaults.at("optimiser").at("rate"), 1e-3);
  json changed = defaults;
  changed["loss"]["gram"] = 7.5;
  changed["label_weights"] = {{"cubism", 2.0}};
  changed["networks"] = {
      {{"kind", "squeezenet"}, {"file", "x.safetensors"}, {"weight", 0.25}, {"taps", 2}, {"content", 0.5}}};
  changed["content"][0]["licence"] = "CC0";
  changed["seed"] = 99;
  EXPECT_EQ(TrainingOptions::parse(changed).to_json(), changed);
}

TEST(PerceptualTrainingOptions, SurviveTheRoundTripAndAreChecked) {
  json config = {{"run", "r"}, {"vgg19", "v"}, {"se16x", "s"}, {"pictures", {{{"folder", "p"}}}}};
  const json defaults = PerceptualTrainingOptions::parse(config).to_json();
  EXPECT_EQ(PerceptualTrainingOptions::parse(defaults).to_json(), defaults);
  config["batch"] = 5;
  expect_error([&] { PerceptualTrainingOptions::parse(config); }, ErrorCode::Config, "config.option");
  config["batch"] = 8;
  config.erase("vgg19");
  EXPECT_THROW(PerceptualTrainingOptions::parse(config), Error);
}

TEST(ReadConfig, TakesCommentsAndNamesTheFileThatDoesNotParse) {
  const test::TempDir dir;
  write_file_atomically(dir / "good.json", "{ // a note\n \"seed\": 3 }");
  EXPECT_EQ(read_config(dir / "good.json").at("seed"), 3);
  write_file_atomically(dir / "bad.json", "{ \"seed\": }");
  EXPECT_THAT(expect_error([&] { read_config(dir / "bad.json"); }, ErrorCode::Config, "config.json"),
              HasSubstr("bad.json"));
  EXPECT_THROW(read_config(dir / "absent.json"), Error);
}

// ---- pictures

std::vector<TrainingPicture> load(const DataSource& source, DataReport& report) {
  return load_pictures({source}, 64, 32, report);
}

TEST(PictureLibrary, ReadsEveryPictureShrunkAndSorted) {
  const test::TempDir dir;
  test::write_photos(dir / "p", 4, 96, 1);
  DataReport report{.role = "style"};
  const auto pictures = load({.folder = dir / "p"}, report);
  ASSERT_EQ(pictures.size(), 4u);
  EXPECT_EQ(report.found, 4u);
  EXPECT_EQ(report.used, 4u);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(std::filesystem::path(pictures[i].file).filename(), "photo-" + std::to_string(i) + ".png");
    EXPECT_EQ(pictures[i].bytes.size(1), 64);
    EXPECT_EQ(pictures[i].bytes.scalar_type(), torch::kUInt8);
    EXPECT_EQ(pictures[i].sha256, weights::sha256_file(pictures[i].file));
  }
}

TEST(PictureLibrary, OnePictureIsEnough) {
  const test::TempDir dir;
  test::write_photos(dir / "p", 1, 64, 1);
  DataReport report;
  EXPECT_EQ(load({.folder = dir / "p"}, report).size(), 1u);
}

TEST(PictureLibrary, AnEmptyOrMissingFolderIsAnError) {
  const test::TempDir dir;
  DataReport report{.role = "content"};
  EXPECT_THAT(expect_error([&] { load({.folder = dir.path()}, report); }, ErrorCode::BadData, "data.empty"),
              HasSubstr("content"));
  expect_error([&] { load({.folder = dir / "absent"}, report); }, ErrorCode::NoInput, "data.folder");
}

TEST(PictureLibrary, AFewBrokenPicturesAreLeftOutAndNamed) {
  const test::TempDir dir;
  test::write_photos(dir / "p", 19, 64, 1);
  write_file_atomically(dir / "p" / "broken.png", "not a picture");
  DataReport report;
  EXPECT_EQ(load({.folder = dir / "p"}, report).size(), 19u);
  ASSERT_EQ(report.unreadable.size(), 1u);
  EXPECT_THAT(report.unreadable[0], HasSubstr("broken.png"));
  EXPECT_THAT(report.to_text(), HasSubstr("broken.png"));
}

TEST(PictureLibrary, MoreThanATenthBrokenOrTooSmallIsRefused) {
  const test::TempDir dir;
  test::write_photos(dir / "p", 8, 64, 1);
  write_file_atomically(dir / "p" / "broken.png", "not a picture");
  write_image(dir / "p" / "small.png", test::synthetic_photo(40, 20, 50));
  DataReport report;
  expect_error([&] { load({.folder = dir / "p"}, report); }, ErrorCode::BadData, "data.broken");
  EXPECT_EQ(report.unreadable.size(), 1u);
  EXPECT_EQ(report.too_small.size(), 1u);
}

TEST(PictureLibrary, DoubledPicturesAreUsedOnce) {
  const test::TempDir dir;
  test::write_photos(dir / "p", 3, 64, 1);
  std::filesystem::copy_file(dir / "p" / "photo-1.png", dir / "p" / "zz-copy.png");
  DataReport report;
  EXPECT_EQ(load({.folder = dir / "p"}, report).size(), 3u);
  EXPECT_THAT(report.duplicate, ::testing::ElementsAre("zz-copy.png"));
}

TEST(PictureLibrary, BlurredAndGreyPicturesAreKeptAndReported) {
  const test::TempDir dir;
  test::write_photos(dir / "p", 1, 64, 1);
  Image soft(64, 64), grey(64, 64);
  for (int y = 0; y < 64; ++y) {
    for (int x = 0; x < 64; ++x) {
      const std::size_t at = 3 * static_cast<std::size_t>(y * 64 + x);
      for (std::size_t c = 0; c < 3; ++c) {
        soft.rgb8()[at + c] = static_cast<std::uint8_t>(c == 0 ? 2 * x + y : 20);
        grey.rgb8()[at + c] = static_cast<std::uint8_t>((x * 37 + y * 91) % 251);
      }
    }
  }
  write_image(dir / "p" / "soft.png", soft);
  write_image(dir / "p" / "grey.png", grey);
  DataReport report;
  EXPECT_EQ(load({.folder = dir / "p"}, report).size(), 3u);
  EXPECT_THAT(report.blurred, ::testing::ElementsAre("soft.png"));
  EXPECT_THAT(report.near_grey, ::testing::ElementsAre("grey.png"));
}

TEST(PictureLibrary, TheManifestSaysWhichPicturesMayBeUsed) {
  const test::TempDir dir;
  test::write_photos(dir / "p", 3, 64, 1);
  std::ofstream(dir / "p" / "m.tsv") << "file\ttitle\tartist\tyear\tstyle\tsource\tlicence\n"
                                     << "photo-0.png\tOne\tA\t1900\tcubism\tx\tCC0\n"
                                     << "photo-1.png\tTwo\tB\t1901\tfauvism\tx\tall rights reserved\n"
                                     << "photo-2.png\tThree\tC\t1902\tcubism\tx\tprobably CC0\n";
  DataReport report;
  const auto pictures =
      load({.folder = dir / "p", .manifest = "m.tsv", .licence = "CC0", .licence_not = "probably"}, report);
  ASSERT_EQ(pictures.size(), 1u);
  EXPECT_EQ(pictures[0].title, "One");
  EXPECT_EQ(pictures[0].label, "cubism");
  EXPECT_EQ(report.labels.at("cubism"), 1u);

  expect_error([&] { load({.folder = dir / "p", .manifest = "m.tsv", .licence = "CC0("}, report); },
               ErrorCode::Config, "config.licence");
  expect_error([&] { load({.folder = dir / "p", .manifest = "absent.tsv"}, report); }, ErrorCode::NoInput,
               "data.manifest");
  std::ofstream(dir / "p" / "short.tsv") << "file\ttitle\nphoto-0.png\tOne\n";
  expect_error([&] { load({.folder = dir / "p", .manifest = "short.tsv"}, report); }, ErrorCode::BadData,
               "data.manifest");
}

// ---- crops

TEST(RandomCrop, HasItsSizeWhateverThePictures) {
  Random random(1);
  for (const auto& [h, w] : std::vector<std::pair<int, int>>{{50, 70}, {32, 32}, {200, 33}, {20, 24}}) {
    const at::Tensor bytes = torch::randint(0, 256, {3, h, w}, torch::kUInt8);
    for (int i = 0; i < 10; ++i) {
      const at::Tensor crop = random_crop(bytes, 32, 2.5, random);
      EXPECT_EQ(test::shape(crop), (std::vector<std::int64_t>{3, 32, 32})) << h << 'x' << w;
      EXPECT_GE(crop.min().item<float>(), -1e-5);
      EXPECT_LE(crop.max().item<float>(), 1 + 1e-5);
    }
  }
}

TEST(RandomCrop, IsDecidedByItsGeneratorAlone) {
  const at::Tensor bytes = torch::randint(0, 256, {3, 90, 80}, torch::kUInt8);
  const auto crop = [&](std::int64_t step) {
    Random random = random_for(7, step, 2);
    return random_crop(bytes, 32, 2, random);
  };
  EXPECT_TRUE(tensors_equal(crop(3), crop(3)));
  EXPECT_FALSE(tensors_near(crop(3), crop(4), 1e-3));
}

TEST(RandomCrop, WithoutZoomIsAWindowOrItsMirrorImage) {
  const at::Tensor bytes = torch::arange(3 * 12 * 12).view({3, 12, 12}).remainder(251).to(torch::kUInt8);
  Random random(4);
  bool plain = false, mirrored = false;
  for (int i = 0; i < 40; ++i) {
    const at::Tensor crop = random_crop(bytes, 8, 1, random).mul(255);
    bool found = false;
    for (int y = 0; y <= 4 && !found; ++y) {
      for (int x = 0; x <= 4 && !found; ++x) {
        const at::Tensor window = bytes.narrow(1, y, 8).narrow(2, x, 8).to(torch::kFloat32);
        const bool same = static_cast<bool>(tensors_near(crop, window, 1e-3)),
                   flipped = static_cast<bool>(tensors_near(crop, window.flip(2), 1e-3));
        plain = plain || same;
        mirrored = mirrored || flipped;
        found = same || flipped;
      }
    }
    EXPECT_TRUE(found);
  }
  EXPECT_TRUE(plain && mirrored);
}

TEST(RandomFor, EverySeedStepAndPurposeHasItsOwnNumbers) {
  EXPECT_EQ(random_for(1, 2, 3)(), random_for(1, 2, 3)());
  const std::set<std::uint64_t> numbers = {random_for(1, 2, 3)(), random_for(2, 2, 3)(),
                                           random_for(1, 3, 3)(), random_for(1, 2, 4)(),
                                           random_for(std::uint64_t{1} << 32, 2, 3)()};
  EXPECT_EQ(numbers.size(), 5u);
}

TEST(Recolour, GivesAPictureTheColoursOfAnother) {
  torch::manual_seed(3);
  const at::Tensor picture = torch::rand({3, 40, 40}) * 0.3 + 0.35;
  const at::Tensor palette =
      torch::rand({3, 30, 50}) * 0.15 + torch::tensor({0.5, 0.35, 0.25}).view({3, 1, 1});
  const at::Tensor result = recolour(picture, palette);
  ASSERT_EQ(result.sizes(), picture.sizes());
  const auto colours = [](const at::Tensor& p) {
    return nn::srgb_to_lab(p.unsqueeze(0)).flatten(2).squeeze(0);
  };
  const auto covariance = [](const at::Tensor& c) {
    const at::Tensor centred = c - c.mean(1, true);
    return torch::matmul(centred, centred.t()) / static_cast<double>(c.size(1));
  };
  EXPECT_TRUE(tensors_near(colours(result).mean(1), colours(palette).mean(1), 2e-3));
  EXPECT_TRUE(tensors_near(covariance(colours(result)), covariance(colours(palette)), 3e-4));
  EXPECT_FALSE(tensors_near(covariance(colours(picture)), covariance(colours(palette)), 3e-4))
      << "or nothing was asked";
}

// ---- plans

class Plans : public ::testing::Test {
 protected:
  Plans() {
    for (int i = 0; i < 3; ++i) {
      content_.push_back(
          {.file = "c",
           .bytes = tensor::to_bytes(test::synthetic_photo(72, 64, 10 + static_cast<unsigned>(i)))});
      style_.push_back(
          {.file = "s",
           .label = i == 0 ? "rare" : "common",
           .bytes = tensor::to_bytes(test::synthetic_photo(64, 64, 20 + static_cast<unsigned>(i)))});
    }
    torch::manual_seed(2);
    phi_ = nn::PerceptualNetwork(PerceptualOptions{.widths = {4, 4, 4, 4}, .convs = {1, 1, 1, 1}});
    catalogue_ =
        std::make_unique<StyleCatalogue>(style_, std::vector<StyleCatalogue::Measure>{{phi_.get(), 4, "phi"}},
                                         StyleSides{64, 64}, 1, c10::Device("cpu"));
    options_ = TrainingOptions::parse(smallest());
  }

  std::vector<TrainingPicture> content_, style_;
  nn::PerceptualNetwork phi_{nullptr};
  std::unique_ptr<StyleCatalogue> catalogue_;
  TrainingOptions options_;
};

TEST_F(Plans, DependOnTheStepAloneNotOnWhatWasDrawnBefore) {
  const StepPlanner planner(content_, style_, *catalogue_, options_);
  const StepPlan first = planner.plan(41, 48, 2);
  planner.plan(3, 48, 2);
  const StepPlan again = planner.plan(41, 48, 2), other = planner.plan(42, 48, 2);
  EXPECT_TRUE(tensors_equal(again.content, first.content));
  EXPECT_TRUE(tensors_equal(again.own, first.own));
  EXPECT_TRUE(tensors_equal(again.detail, first.detail));
  EXPECT_EQ(again.styles, first.styles);
  EXPECT_EQ(again.noise_seed, first.noise_seed);
  EXPECT_NE(other.noise_seed, first.noise_seed);
  EXPECT_EQ(test::shape(first.content), (std::vector<std::int64_t>{2, 3, 48, 48}));
}

TEST_F(Plans, StylesOfWeightZeroAreNeverDrawn) {
  options_.label_weights = {{"common", 0.0}};
  const StepPlanner planner(content_, style_, *catalogue_, options_);
  std::set<const StyleEntry*> rare;
  for (int v = 0; v < StyleCatalogue::kVariants; ++v) rare.insert(&catalogue_->at(0, v));
  for (int step = 0; step < 20; ++step) {
    for (const StyleEntry* entry : planner.plan(step, 32, 2).styles) EXPECT_EQ(rare.count(entry), 1u);
  }
}

TEST_F(Plans, LayPhotosOnTheirOwnPiecesOfTheCanvas) {
  EXPECT_TRUE(
      StepPlanner(content_, style_, *catalogue_, options_).plan(1, 48, 2).canvas.eq(0).all().item<bool>());
  options_.canvas = 0.03;
  const StepPlanner planner(content_, style_, *catalogue_, options_);
  const StepPlan plan = planner.plan(1, 48, 2);
  EXPECT_EQ(test::shape(plan.canvas), (std::vector<std::int64_t>{2, 1, 48, 48}));
  EXPECT_NEAR(plan.canvas.std().item<double>(), 0.03, 0.006);
  EXPECT_FALSE(tensors_equal(plan.canvas[0], plan.canvas[1]));
  EXPECT_TRUE(tensors_equal(planner.plan(1, 48, 2).canvas, plan.canvas));
}

TEST_F(Plans, BlendsAsOftenAsAsked) {
  for (const auto& [share, low, high] :
       std::vector<std::tuple<double, int, int>>{{0, 0, 0}, {1, 30, 30}, {0.5, 5, 25}}) {
    options_.mixup = share;
    const StepPlanner planner(content_, style_, *catalogue_, options_);
    int blends = 0;
    for (int step = 0; step < 30; ++step) blends += planner.plan(step, 32, 1).blend_with.empty() ? 0 : 1;
    EXPECT_GE(blends, low) << share;
    EXPECT_LE(blends, high) << share;
  }
}

TEST_F(Plans, ACatalogueMeasuresAStyleOnceAndTheSameInAnyOrder) {
  const StyleEntry& entry = catalogue_->at(1, 1);
  EXPECT_EQ(&catalogue_->at(1, 1), &entry);
  StyleCatalogue other(style_, {{phi_.get(), 4, "phi"}}, StyleSides{64, 64}, 1, c10::Device("cpu"));
  other.at(2, 3);
  EXPECT_TRUE(tensors_equal(other.at(1, 1).described.palette, entry.described.palette));
  EXPECT_TRUE(tensors_equal(other.at(1, 1).targets[0][3].gram, entry.targets[0][3].gram));
  const StyleBatch batch = stack({&entry, &catalogue_->at(0, 0)});
  EXPECT_TRUE(tensors_equal(batch.described.palette.narrow(0, 0, 1), entry.described.palette));
  EXPECT_EQ(batch.targets[0][0].mean.size(0), 2);
}

TEST_F(Plans, MeasuredStylesComeBackFromTheCacheAsTheyWere) {
  test::TempDir folder;
  const auto catalogue = [&](const std::string& identity) {
    return std::make_unique<StyleCatalogue>(
        style_, std::vector<StyleCatalogue::Measure>{{phi_.get(), 4, identity}}, StyleSides{64, 64}, 1,
        c10::Device("cpu"), StyleCache(folder.path()));
  };
  const auto files = [&] {
    return std::distance(std::filesystem::directory_iterator(folder.path()),
                         std::filesystem::directory_iterator());
  };
  const auto first = catalogue("phi");
  const StyleEntry& measured = first->at(1, 3);
  EXPECT_EQ(files(), 1);
  const auto second = catalogue("phi");
  const StyleEntry& found = second->at(1, 3);
  EXPECT_EQ(files(), 1) << "measured once";
  EXPECT_TRUE(tensors_equal(found.described.texture, measured.described.texture));
  EXPECT_TRUE(tensors_equal(found.targets[0][2].gram, measured.targets[0][2].gram));
  EXPECT_TRUE(tensors_equal(found.bytes, measured.bytes));
  catalogue("another network")->at(1, 3);
  EXPECT_EQ(files(), 2) << "another network measures anew";
}

TEST_F(Plans, ABrokenFileInTheCacheIsMeasuredAgain) {
  test::TempDir folder;
  const StyleCache cache(folder.path());
  write_file_atomically(folder / "key.safetensors", "cut off");
  EXPECT_FALSE(cache.find("key"));
  EXPECT_FALSE(cache.find("absent"));
}

TEST(Prefetcher, HandsOverBatchesInOrder) {
  Prefetcher<std::int64_t> batches(5, [](std::int64_t step) { return step * 10; });
  for (std::int64_t step = 5; step < 40; ++step) EXPECT_EQ(batches.next(), step * 10);
}

TEST(Prefetcher, RethrowsWhatTheLoaderThrewAfterTheBatchesBeforeIt) {
  Prefetcher<std::int64_t> batches(0, [](std::int64_t step) {
    if (step == 3) throw Error(ErrorCode::BadData, "test.loader", "broken");
    return step;
  });
  for (std::int64_t step = 0; step < 3; ++step) EXPECT_EQ(batches.next(), step);
  for (int i = 0; i < 2; ++i) expect_error([&] { batches.next(); }, ErrorCode::BadData, "test.loader");
}

TEST(Prefetcher, EndsWhileItsLoaderIsStillAhead) {
  Prefetcher<std::int64_t> batches(
      0, [](std::int64_t step) { return step; }, 2);
  EXPECT_EQ(batches.next(), 0);
}

// ---- checkpoints

Checkpoint checkpoint_at(std::int64_t step) {
  torch::manual_seed(static_cast<std::uint64_t>(step));
  return {.step = step,
          .elapsed_seconds = 12.34567890123 + static_cast<double>(step),
          .identity = {{"seed", 1}},
          .state = {{"style_scale", 0.1 + 0.2}},
          .tensors = {{"a", torch::randn({4, 5})}, {"steps", torch::tensor({step}, torch::kLong)}}};
}

const json kIdentity = {{"seed", 1}};

std::filesystem::path file_of(const test::TempDir& run, int step) {
  return run / ("checkpoint-" + std::to_string(step) + ".safetensors");
}

void flip_a_byte(const std::filesystem::path& file) {
  std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
  stream.seekg(-3, std::ios::end);
  const char byte = static_cast<char>(stream.get() ^ 1);
  stream.seekp(-3, std::ios::end);
  stream.put(byte);
}

TEST(CheckpointStore, GivesBackExactlyWhatWasSaved) {
  const test::TempDir run;
  const Checkpoint saved = checkpoint_at(7);
  CheckpointStore(run.path()).save(saved);
  const auto found = CheckpointStore(run.path()).latest(kIdentity);
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->step, 7);
  EXPECT_EQ(found->elapsed_seconds, saved.elapsed_seconds);
  EXPECT_EQ(found->state, saved.state);
  EXPECT_TRUE(tensors_equal(found->tensors.at("a"), saved.tensors.at("a")));
  EXPECT_TRUE(tensors_equal(found->tensors.at("steps"), saved.tensors.at("steps")));
}

TEST(CheckpointStore, AnEmptyRunHasNone) {
  const test::TempDir run;
  EXPECT_FALSE(CheckpointStore(run.path()).latest(kIdentity).has_value());
}

TEST(CheckpointStore, KeepsTheNewestTwo) {
  const test::TempDir run;
  CheckpointStore store(run.path());
  for (int step = 1; step <= 4; ++step) store.save(checkpoint_at(step));
  EXPECT_FALSE(std::filesystem::exists(file_of(run, 2)));
  EXPECT_TRUE(std::filesystem::exists(file_of(run, 3)));
  EXPECT_EQ(store.latest(kIdentity)->step, 4);
}

TEST(CheckpointStore, SavingAStepAgainReplacesIt) {
  const test::TempDir run;
  CheckpointStore store(run.path());
  store.save(checkpoint_at(1));
  store.save(checkpoint_at(2));
  store.save(checkpoint_at(2));
  EXPECT_TRUE(std::filesystem::exists(file_of(run, 1))) << "the one before stays as a spare";
  EXPECT_EQ(store.latest(kIdentity)->step, 2);
}

TEST(CheckpointStore, ADamagedOrMissingNewestFallsBackToTheOneBefore) {
  const test::TempDir run;
  CheckpointStore store(run.path());
  store.save(checkpoint_at(1));
  store.save(checkpoint_at(2));
  flip_a_byte(file_of(run, 2));
  EXPECT_EQ(store.latest(kIdentity)->step, 1);
  std::filesystem::remove(file_of(run, 2));
  EXPECT_EQ(store.latest(kIdentity)->step, 1);
  flip_a_byte(file_of(run, 1));
  EXPECT_FALSE(store.latest(kIdentity).has_value());
}

TEST(CheckpointStore, WhatAKilledProcessLeftHalfWrittenIsIgnored) {
  const test::TempDir run;
  CheckpointStore store(run.path());
  store.save(checkpoint_at(1));
  std::ofstream(run / ".checkpoint-2.safetensors.tmp-123") << "half";
  // Killed between writing the file and listing it: whole or not, it was never promised.
  std::ofstream(file_of(run, 2)) << "half";
  EXPECT_EQ(store.latest(kIdentity)->step, 1);
  store.save(checkpoint_at(2));
  EXPECT_EQ(store.latest(kIdentity)->step, 2);
}

TEST(CheckpointStore, AnotherTrainingsCheckpointIsRefused) {
  const test::TempDir run;
  CheckpointStore(run.path()).save(checkpoint_at(1));
  EXPECT_THAT(expect_error(
                  [&] {
                    CheckpointStore(run.path()).latest({{"seed", 2}});
                  },
                  ErrorCode::Config, "checkpoint.identity"),
              HasSubstr("another run folder"));
}

TEST(CheckpointStore, NonFiniteWeightsAreNeverWritten) {
  const test::TempDir run;
  CheckpointStore store(run.path());
  store.save(checkpoint_at(1));
  Checkpoint broken = checkpoint_at(2);
  broken.tensors.at("a")[0][0] = std::numeric_limits<float>::quiet_NaN();
  expect_error([&] { store.save(broken); }, ErrorCode::Internal, "weights.nonfinite");
  EXPECT_EQ(store.latest(kIdentity)->step, 1);
}

TEST(CheckpointStore, ABrokenIndexIsNamed) {
  const test::TempDir run;
  write_file_atomically(run / "checkpoints.json", "{");
  expect_error([&] { CheckpointStore(run.path()).latest(kIdentity); }, ErrorCode::BadData,
               "checkpoint.index");
}

TEST(CheckpointStore, AFolderThatCannotBeMadeIsAnError) {
  const test::TempDir run;
  write_file_atomically(run / "file", "x");
  expect_error([&] { CheckpointStore store(run / "file" / "run"); }, ErrorCode::CannotCreate, "run.folder");
}

class AdamState : public ::testing::Test {
 protected:
  struct Learner {
    at::Tensor p = torch::ones({3}, torch::requires_grad());
    torch::optim::Adam adam{std::vector<at::Tensor>{p}, torch::optim::AdamOptions(0.1)};
    void step(double slope) {
      adam.zero_grad();
      (p.square() * slope).sum().backward();
      adam.step();
    }
  };
};

TEST_F(AdamState, AStoredOptimiserGoesOnAsIfItHadNeverStopped) {
  Learner a, b;
  a.step(1);
  a.step(-2);
  tensor::TensorMap stored;
  store_adam(a.adam, "adam.", stored);
  for (auto& item : stored) item.second = item.second.clone();
  b.p.data().copy_(a.p.detach());
  restore_adam(b.adam, "adam.", stored);
  a.step(3);
  b.step(3);
  EXPECT_TRUE(tensors_equal(b.p, a.p));
}

TEST_F(AdamState, RestoringTheStateBeforeTheFirstStepForgetsTheMoments) {
  Learner a, fresh;
  tensor::TensorMap nothing;
  store_adam(a.adam, "adam.", nothing);
  EXPECT_TRUE(nothing.empty());
  a.step(5);
  a.p.data().fill_(1);
  restore_adam(a.adam, "adam.", nothing);
  a.step(-1);
  fresh.step(-1);
  EXPECT_TRUE(tensors_equal(a.p, fresh.p));
}

TEST(RunLock, RefusesASecondTrainerAndNamesTheFirst) {
  const test::TempDir run;
  {
    const RunLock first(run.path());
    const std::string message =
        expect_error([&] { RunLock second(run.path()); }, ErrorCode::TryAgain, "run.locked");
    EXPECT_THAT(message, HasSubstr("process " + std::to_string(::getpid())));
  }
  EXPECT_NO_THROW(RunLock(run.path())) << "free again";
}

// ---- progress

TEST(Progress, KnowsItsStyles) {
  EXPECT_EQ(Progress::parse("json"), Progress::Style::Json);
  EXPECT_EQ(Progress::parse("none"), Progress::Style::Quiet);
  EXPECT_EQ(Progress::parse("auto"), Progress::Style::Auto);
  EXPECT_THROW(Progress::parse("loud"), Error);
}

TEST(Progress, JsonLinesCanBeRead) {
  ::testing::internal::CaptureStderr();
  {
    Progress bar(Progress::Style::Json, "task \"x\"");
    bar.update(1, 12, 0, "note");
  }
  const json line = json::parse(::testing::internal::GetCapturedStderr());
  EXPECT_EQ(line.at("task"), "task \"x\"");
  EXPECT_EQ(line.at("fraction"), 1);
}

TEST(Spearman, KnownValues) {
  EXPECT_DOUBLE_EQ(spearman({1, 2, 3, 4}, {10, 20, 25, 1000}), 1);
  EXPECT_DOUBLE_EQ(spearman({1, 2, 3, 4}, {4, 3, 2, 1}), -1);
  EXPECT_DOUBLE_EQ(spearman({1, 2, 3, 4, 5}, {2, 1, 4, 3, 5}), 0.8);
  EXPECT_NEAR(spearman({1, 2, 2, 3}, {1, 2, 3, 4}), 4.5 / std::sqrt(22.5), 1e-12)
      << "ties share their mean rank";
  EXPECT_EQ(spearman({1, 1, 1}, {1, 2, 3}), 0);
}

TEST(LoadPerceptual, IsFrozen) {
  const test::TempDir dir;
  const LoadedPerceptual loaded = load_perceptual(test::write_perceptual(dir / "p"));
  EXPECT_FALSE(loaded.network->is_training());
  for (const at::Tensor& p : loaded.network->parameters()) EXPECT_FALSE(p.requires_grad());
}

}  // namespace
}  // namespace atelier::training

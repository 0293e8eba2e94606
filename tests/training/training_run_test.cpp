#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cmath>
#include <fstream>
#include <set>

#include "atelier/image/read_image.h"
#include "atelier/model/model_bundle.h"
#include "atelier/training/bundle_export.h"
#include "atelier/training/detail/checkpoint.h"
#include "atelier/training/trainer.h"
#include "support/expect_error.h"
#include "support/tensor_matchers.h"
#include "training/tiny_run.h"

namespace atelier::training {
namespace {

using nlohmann::json;
using test::expect_error;
using test::tensors_equal;
using test::tensors_near;

RunFlags flags(bool resume, std::int64_t stop_after_steps = 0) {
  return {.resume = resume, .stop_after_steps = stop_after_steps, .progress = Progress::Style::Quiet};
}

std::filesystem::path checkpoint_file(const std::filesystem::path& run, int step) {
  return run / ("checkpoint-" + std::to_string(step) + ".safetensors");
}

/// The file's tensors and its "state" numbers.
std::pair<tensor::TensorMap, json> read_checkpoint(const std::filesystem::path& file) {
  const auto stored = weights::SafetensorsFile::read(file);
  return {tensor::to_tensors(stored), json::parse(stored.metadata().at("state"))};
}

bool all_finite(const tensor::TensorMap& tensors) {
  for (const auto& item : tensors) {
    if (!torch::isfinite(item.second).all().item<bool>()) return false;
  }
  return true;
}

/// Sums of floats depend on how they are split over threads.
class Training : public ::testing::Test {
 protected:
  Training() { at::set_num_threads(1); }
};

/// Random weights in the layout of SE-16x.
std::filesystem::path write_teacher(const std::filesystem::path& file) {
  tensor::TensorMap tensors;
  const auto conv = [&](const std::string& name, std::int64_t in, std::int64_t out, std::int64_t side) {
    tensors[name + ".weight"] =
        torch::randn({out, in, side, side}) * std::sqrt(2.0 / static_cast<double>(in * side * side));
    tensors[name + ".bias"] = torch::zeros({out});
  };
  torch::manual_seed(3);
  conv("conv0", 3, 3, 1);
  std::int64_t in = 3;
  for (const char* layer : {"11", "12", "21", "22", "31", "32", "33", "34", "41", "42", "43", "44", "51"}) {
    conv(std::string("conv") + layer, in, 4, 3);
    in = 4;
  }
  weights::write_safetensors(file, tensor::to_named(tensors));
  return file;
}

TEST_F(Training, APublishedNetworkMayTeachAloneAndOurOwnIsStillMeasured) {
  const test::TinyRun tiny;
  json config = tiny.config("run", 4);
  const auto file =
      write_teacher(std::filesystem::path(config["run"].get<std::string>() + "-teacher.safetensors"));
  config["networks"] = {
      {{"kind", "se16x"}, {"file", file.string()}, {"weight", 1}, {"taps", 4}, {"content", 1}}};
  config["loss"]["perceptual"] = 0;
  config["log_every"] = 2;
  const TrainingSummary summary = train_base(TrainingOptions::parse(config), flags(false));
  EXPECT_EQ(summary.dropped_steps, 0);
  EXPECT_GT(summary.content, 0);
  EXPECT_GT(summary.style, 0);
  std::ifstream metrics(config["run"].get<std::string>() + "/metrics.jsonl");
  std::string line;
  ASSERT_TRUE(std::getline(metrics, line));
  const json terms = json::parse(line).at("terms");
  EXPECT_TRUE(terms.contains("content") && terms.contains("content.se16x") && terms.contains("gram.se16x"));
}

TEST_F(Training, LeavesCheckpointsMetricsSheetsAndItsConfiguration) {
  const test::TinyRun tiny;
  json config = tiny.config("run", 12);
  config["sheet_every"] = 8;
  const TrainingSummary summary = train_base(TrainingOptions::parse(config), flags(false));
  EXPECT_TRUE(summary.finished);
  EXPECT_EQ(summary.steps, 12);
  EXPECT_EQ(summary.dropped_steps, 0);
  EXPECT_GT(summary.content, 0);
  EXPECT_GT(summary.style, 0);

  std::ifstream metrics(tiny / "run" / "metrics.jsonl");
  std::set<std::string> terms;
  int lines = 0, games = 0;
  for (std::string text; std::getline(metrics, text); ++lines) {
    const json line = json::parse(text);
    EXPECT_EQ(line.at("step"), lines + 1);
    EXPECT_TRUE(std::isfinite(line.at("total").get<double>()));
    EXPECT_GT(line.at("gradient_norm").get<double>(), 0);
    for (const auto& term : line.at("terms").items()) terms.insert(term.key());
    if (line.contains("discriminator")) ++games;
  }
  EXPECT_EQ(lines, 12);
  EXPECT_GT(games, 0);
  EXPECT_THAT(terms, ::testing::IsSupersetOf({"content", "moments", "gram", "sliced_wasserstein", "identity",
                                              "total_variation", "shift", "structure_guard", "halo_guard",
                                              "code_consistency", "adversarial"}));

  for (const char* sheet : {"sheet-0000008.png", "sheet-0000012.png"}) {
    const ImageInfo info = probe_image(tiny / "run" / sheet);
    EXPECT_EQ(info.width, 256 * 7) << "the photo and six styles";
    EXPECT_EQ(info.height, 256 * 5) << "the styles and four photos";
  }
  EXPECT_TRUE(all_finite(read_checkpoint(checkpoint_file(tiny / "run", 12)).first));
  EXPECT_EQ(TrainingOptions::parse(read_config(tiny / "run" / "config.json")).to_json(),
            TrainingOptions::parse(config).to_json());
}

TEST_F(Training, WithAFrozenEncoderOnlyTheGeneratorLearnsOn) {
  const test::TinyRun tiny(2, 2);
  train_base(tiny.options("run", 4), flags(false));
  json config = tiny.config("run", 8);
  config["freeze_encoder"] = true;
  config["canvas"] = 0.02;
  train_base(TrainingOptions::parse(config), flags(true));
  const tensor::TensorMap before = read_checkpoint(checkpoint_file(tiny / "run", 4)).first,
                          after = read_checkpoint(checkpoint_file(tiny / "run", 8)).first;
  int kept = 0, moved = 0;
  for (const auto& [name, value] : before) {
    const bool same = tensors_equal(after.at(name), value);
    if (name.starts_with("averaged.generator.")) moved += same ? 0 : 1;
    if (!name.starts_with("averaged.encoder.")) continue;
    EXPECT_TRUE(same) << name << ": codes must stay what they are";
    ++kept;
  }
  EXPECT_GT(kept, 0);
  EXPECT_GT(moved, 0);

  config["run"] = (tiny / "new").string();
  expect_error([&] { train_base(TrainingOptions::parse(config), flags(false)); }, ErrorCode::Config,
               "config.freeze_encoder");
}

TEST_F(Training, MayBeginWithAModelAndKeepItsStyleSpace) {
  const test::TinyRun tiny(2, 3);
  const ExportOptions model{
      .gallery = tiny / "gallery.json", .output = tiny / "model", .name = "tiny", .licence = "CC0"};
  write_file_atomically(model.gallery, R"([{"name": "first", "file": "photo-0.png"}])");
  train_base(tiny.options("run", 3), flags(false));
  export_bundle(tiny.options("run", 3), model);

  json config = tiny.config("further", 2);
  config["start_from"] = model.output.string();
  config["freeze_encoder"] = true;
  expect_error([&] { train_base(TrainingOptions::parse(config), flags(false)); }, ErrorCode::Config,
               "config.start_from");  // another perceptual network
  config["perceptual"] = model.output.string();
  config["generator_size"] = "S";
  expect_error([&] { train_base(TrainingOptions::parse(config), flags(false)); }, ErrorCode::Config,
               "config.start_from");
  config["generator_size"] = "XS";
  train_base(TrainingOptions::parse(config), flags(false));

  const auto bundle = model::ModelBundle::open(model.output);
  const tensor::TensorMap start = read_checkpoint(checkpoint_file(tiny / "further", 0)).first;
  for (const auto& [name, value] : tensor::to_tensors(bundle->generator()))
    EXPECT_TRUE(tensors_equal(start.at("averaged.generator." + name), value)) << name;

  ExportOptions further = model;
  further.output = tiny / "further-model";
  export_bundle(TrainingOptions::parse(config), further);
  const model::Manifest manifest = model::ModelBundle::open(further.output)->manifest();
  EXPECT_EQ(manifest.space_id, bundle->manifest().space_id);
  EXPECT_EQ(manifest.training.at("began_with").at("steps"), 3);
  EXPECT_EQ(manifest.training.at("perceptual"), bundle->manifest().training.at("perceptual"));
  EXPECT_NE(manifest.sha256.at("generator.safetensors"),
            bundle->manifest().sha256.at("generator.safetensors"));
}

TEST_F(Training, ExportsWeightsBetweenTheModelItBeganWithAndWhatItLearned) {
  const test::TinyRun tiny(2, 3);
  ExportOptions options{
      .gallery = tiny / "gallery.json", .output = tiny / "model", .name = "tiny", .licence = "CC0"};
  write_file_atomically(options.gallery, R"([{"name": "first", "file": "photo-0.png"}])");
  train_base(tiny.options("run", 3), flags(false));
  export_bundle(tiny.options("run", 3), options);

  json config = tiny.config("further", 3);
  config["start_from"] = config["perceptual"] = options.output.string();
  config["freeze_encoder"] = true;
  train_base(TrainingOptions::parse(config), flags(false));
  const auto weight_at = [&](double share) {
    options.output = tiny / ("share-" + std::to_string(share));
    options.share = share;
    export_bundle(TrainingOptions::parse(config), options);
    return tensor::to_tensors(model::ModelBundle::open(options.output)->generator()).at("e1.conv.weight");
  };
  const at::Tensor start = weight_at(0), half = weight_at(0.5), end = weight_at(1);
  EXPECT_FALSE(tensors_near(start, end, 1e-4));
  EXPECT_TRUE(tensors_near(half, (start + end) / 2, 1e-3));

  options.share = 0.5;
  expect_error([&] { export_bundle(tiny.options("run", 3), options); }, ErrorCode::Usage, "export.share");
  const std::string model = config["start_from"];
  config["start_from"] = (tiny / ("share-" + std::to_string(1.0))).string();
  expect_error([&] { export_bundle(TrainingOptions::parse(config), options); }, ErrorCode::BadData,
               "export.share_model");
  config["start_from"] = model;
  config["freeze_encoder"] = false;
  expect_error([&] { export_bundle(TrainingOptions::parse(config), options); }, ErrorCode::Usage,
               "export.share");
}

// 52 steps pass the point, step 50, where the balance of gradients looks back at what it measured at step 0.
TEST_F(Training, AResumedTrainingRepeatsAnUninterruptedOneBitForBit) {
  const test::TinyRun tiny(2, 2);
  constexpr int kSteps = 52, kPause = 31;
  EXPECT_TRUE(train_base(tiny.options("whole", kSteps), flags(false)).finished);
  const TrainingSummary paused = train_base(tiny.options("parts", kSteps), flags(false, kPause));
  EXPECT_FALSE(paused.finished);
  EXPECT_EQ(paused.steps, kPause);
  EXPECT_TRUE(train_base(tiny.options("parts", kSteps), flags(true)).finished);

  const auto [whole, whole_state] = read_checkpoint(checkpoint_file(tiny / "whole", kSteps));
  const auto [parts, parts_state] = read_checkpoint(checkpoint_file(tiny / "parts", kSteps));
  EXPECT_EQ(parts_state, whole_state);
  ASSERT_EQ(parts.size(), whole.size());
  for (const auto& [name, value] : whole) {
    ASSERT_EQ(parts.count(name), 1u) << name;
    EXPECT_TRUE(tensors_equal(parts.at(name), value)) << name;
  }
  const at::Tensor start =
      read_checkpoint(checkpoint_file(tiny / "parts", kPause)).first.at("generator.e1.conv.weight");
  EXPECT_FALSE(tensors_near(whole.at("generator.e1.conv.weight"), start, 1e-4))
      << "a training that does not move proves nothing";
}

TEST_F(Training, DiscriminatorsThatSeeFeaturesPlayAndResumeBitForBit) {
  const test::TinyRun tiny(2, 2);
  constexpr int kSteps = 14, kPause = 9;
  const auto options = [&](const std::string& run) {
    json config = tiny.config(run, kSteps);
    config["networks"] = {{{"kind", "filters"}, {"weight", 0.3}}};
    config["adversarial"] = {{"sees", "filters"}};
    return TrainingOptions::parse(config);
  };
  train_base(options("whole"), flags(false));
  train_base(options("parts"), flags(false, kPause));
  train_base(options("parts"), flags(true));
  const auto start = read_checkpoint(checkpoint_file(tiny / "parts", kPause)).first;
  const auto whole = read_checkpoint(checkpoint_file(tiny / "whole", kSteps)).first,
             parts = read_checkpoint(checkpoint_file(tiny / "parts", kSteps)).first;
  for (const auto& [name, value] : whole) EXPECT_TRUE(tensors_equal(parts.at(name), value)) << name;
  EXPECT_FALSE(tensors_near(whole.at("discriminator.tap3.conv0.weight"),
                            start.at("discriminator.tap3.conv0.weight"), 1e-6));
  expect_error([&] { train_base(tiny.options("parts", kSteps), flags(true)); }, ErrorCode::Config,
               "checkpoint.identity");
}

TEST_F(Training, AFinishedTrainingIsNotTrainedFurther) {
  const test::TinyRun tiny(1, 1);
  train_base(tiny.options("run", 2), flags(false));
  const auto before = read_checkpoint(checkpoint_file(tiny / "run", 2)).first;
  const TrainingSummary again = train_base(tiny.options("run", 2), flags(true));
  EXPECT_TRUE(again.finished);
  EXPECT_EQ(again.steps, 2);
  EXPECT_TRUE(
      tensors_equal(read_checkpoint(checkpoint_file(tiny / "run", 2)).first.at("generator.e1.conv.weight"),
                    before.at("generator.e1.conv.weight")));
}

TEST_F(Training, DoesNotOverwriteAnotherTraining) {
  const test::TinyRun tiny(1, 1);
  train_base(tiny.options("run", 1), flags(false));
  expect_error([&] { train_base(tiny.options("run", 1), flags(false)); }, ErrorCode::CannotCreate,
               "run.exists");
  json config = tiny.config("run", 1);
  config["seed"] = 6;
  expect_error([&] { train_base(TrainingOptions::parse(config), flags(true)); }, ErrorCode::Config,
               "checkpoint.identity");
  const RunLock held(tiny / "run");
  expect_error([&] { train_base(tiny.options("run", 1), flags(true)); }, ErrorCode::TryAgain, "run.locked");
}

TEST_F(Training, ADivergingTrainingRollsBackAndEndsWithoutABrokenCheckpoint) {
  const test::TinyRun tiny(1, 2);
  json config = tiny.config("run", 60);
  config["optimiser"] = {{"rate", 1e20}, {"rate_end", 1e20}, {"warm_up", 1}, {"discriminator_rate", 1e20}};
  const std::string message = expect_error([&] { train_base(TrainingOptions::parse(config), flags(false)); },
                                           ErrorCode::Internal, "training.diverged");
  EXPECT_THAT(message, ::testing::HasSubstr("roll-backs"));
  const auto [tensors, state] = read_checkpoint(checkpoint_file(tiny / "run", 0));
  EXPECT_TRUE(all_finite(tensors));
  for (const auto& entry : std::filesystem::directory_iterator(tiny / "run")) {
    if (entry.path().extension() != ".safetensors") continue;
    EXPECT_EQ(entry.path(), checkpoint_file(tiny / "run", 0));
  }
}

TEST_F(Training, ABadPerceptualNetworkIsRefusedBeforeAnythingIsTrained) {
  const test::TinyRun tiny(1, 1);
  std::filesystem::resize_file(tiny / "perceptual" / "perceptual.safetensors", 100);
  expect_error([&] { train_base(tiny.options("run", 1), flags(false)); }, ErrorCode::BadData,
               "model.checksum");
  std::filesystem::remove(tiny / "perceptual" / "manifest.json");
  expect_error([&] { train_base(tiny.options("run", 1), flags(false)); }, ErrorCode::NoInput,
               "perceptual.missing");
  EXPECT_FALSE(std::filesystem::exists(tiny / "run" / "checkpoints.json"));
}

TEST_F(Training, CropsLargerThanEveryPhotoAreRefused) {
  const test::TinyRun tiny(1, 1);
  json config = tiny.config("run", 1);
  config["content_short_side"] = 128;
  config["phases"] = {{{"until", 0.5}, {"crop", 48}}, {{"until", 1}, {"crop", 128}}};
  expect_error([&] { train_base(TrainingOptions::parse(config), flags(false)); }, ErrorCode::BadData,
               "data.small");
}

TEST_F(Training, ExportsABundleThatOpens) {
  const test::TinyRun tiny(1, 3);
  const TrainingOptions options = tiny.options("run", 3);
  ExportOptions target{
      .gallery = tiny / "gallery.json", .output = tiny / "bundle", .name = "tiny", .licence = "CC0"};
  write_file_atomically(target.gallery, R"([{"name": "first", "file": "photo-0.png", "detail": 0.25},
                                            {"name": "gone", "file": "no-such-file.png"}])");
  expect_error([&] { export_bundle(options, target); }, ErrorCode::NoInput, "checkpoint.missing");
  train_base(options, flags(false));
  const ExportSummary summary = export_bundle(options, target);
  EXPECT_EQ(summary.styles, 1u);
  EXPECT_EQ(summary.missing, 1u);

  const auto bundle = model::ModelBundle::open(target.output);
  EXPECT_EQ(bundle->manifest().space_id, summary.space_id);
  EXPECT_EQ(bundle->manifest().training.at("steps"), 3);
  EXPECT_EQ(bundle->manifest().data.size(), 4u) << "one photo and three styles";
  EXPECT_EQ(bundle->manifest().training.dump().find((tiny / "run").parent_path().string()), std::string::npos)
      << "folders of this machine are nobody's business";
  const style::NamedStyle* style = bundle->styles().find("first");
  ASSERT_NE(style, nullptr);
  EXPECT_EQ(style->code.values.size(), 16u);
  EXPECT_FLOAT_EQ(style->detail, 0.25f);
  EXPECT_EQ(style->sha256, weights::sha256_file(tiny / "style" / "photo-0.png"));
  ASSERT_TRUE(bundle->space().has_value());
  EXPECT_EQ(bundle->space()->id, summary.space_id);
  EXPECT_TRUE(style::has_all_attributes(style->attributes));
  EXPECT_GT(style->attributes.at("lightness"), 1) << "L, 0..100";
  ASSERT_TRUE(bundle->attributes().has_value());
  EXPECT_EQ(bundle->attributes()->rows.size(), style::attributes().size());
  EXPECT_EQ(bundle->attributes()->space, summary.space_id);

  const auto trained =
      tensor::with_prefix(read_checkpoint(checkpoint_file(tiny / "run", 3)).first, "averaged.generator.");
  const auto exported = tensor::to_tensors(bundle->generator());
  ASSERT_EQ(exported.size(), trained.size());
  for (const auto& [name, value] : trained) EXPECT_TRUE(tensors_near(exported.at(name), value, 2e-3)) << name;
}

}  // namespace
}  // namespace atelier::training

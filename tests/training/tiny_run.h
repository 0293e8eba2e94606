#pragma once

#include <nlohmann/json.hpp>

#include "atelier/core/atomic_file.h"
#include "atelier/image/write_image.h"
#include "atelier/nn/perceptual_network.h"
#include "atelier/tensor/tensor_file.h"
#include "atelier/training/training_options.h"
#include "atelier/weights/safetensors_writer.h"
#include "atelier/weights/sha256.h"
#include "support/synthetic_photo.h"
#include "support/temp_dir.h"

namespace atelier::test {

/// `count` different landscapes named photo-0.png ... in a new folder.
inline std::filesystem::path write_photos(const std::filesystem::path& folder, int count, int side,
                                          unsigned first_seed) {
  std::filesystem::create_directories(folder);
  for (int i = 0; i < count; ++i) {
    write_image(folder / ("photo-" + std::to_string(i) + ".png"),
                synthetic_photo(side + 8, side, first_seed + static_cast<unsigned>(i)));
  }
  return folder;
}

/// A perceptual network of random weights, as `train perceptual` leaves one.
inline std::filesystem::path write_perceptual(const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  const PerceptualOptions options{.widths = {4, 6, 8, 8}, .convs = {1, 1, 1, 1}};
  torch::manual_seed(11);
  const nn::PerceptualNetwork network(options);
  weights::write_safetensors(folder / "perceptual.safetensors", tensor::to_named(tensor::state_of(*network)));
  const nlohmann::json manifest = {{"network", options},
                                   {"sha256", weights::sha256_file(folder / "perceptual.safetensors")}};
  write_file_atomically(folder / "manifest.json", manifest.dump());
  return folder;
}

/// Everything a whole training needs, small enough for a test: made-up photos and styles, a random perceptual
/// network.
class TinyRun {
 public:
  explicit TinyRun(int contents = 3, int styles = 3)
      : content_(write_photos(dir_ / "content", contents, 72, 100)),
        style_(write_photos(dir_ / "style", styles, 96, 200)),
        perceptual_(write_perceptual(dir_ / "perceptual")) {}

  /// Every term of the loss is on from the start or after a quarter.
  nlohmann::json config(const std::string& run, int steps) const {
    return {
        {"run", (dir_ / run).string()},
        {"perceptual", perceptual_.string()},
        {"content", {{{"folder", content_.string()}}}},
        {"style", {{{"folder", style_.string()}}}},
        {"content_short_side", 64},
        {"style_short_side", 64},
        {"stroke_short_side", 64},
        {"generator_size", "XS"},
        {"encoder", {{"palette_dim", 6}, {"palette_hidden", 8}, {"texture_dim", 10}, {"texture_hidden", 16}}},
        {"discriminator_width", 4},
        {"phases",
         {{{"until", 0.5}, {"crop", 48}, {"batch", 2}}, {{"until", 1}, {"crop", 64}, {"batch", 2}}}},
        {"loss",
         {{"shift_from", 0},
          {"code_consistency_from", 0},
          {"adversarial_from", 0.25},
          {"halo_guard", 0.1},
          {"sliced_wasserstein", 0.1}}},
        {"adversarial", {{"crop", 32}, {"r1_every", 2}}},
        {"optimiser", {{"warm_up", 4}}},
        {"mixup", 0.3},
        {"steps", steps},
        {"log_every", 1},
        {"sheet_every", 100000},
        {"seed", 5}};
  }
  training::TrainingOptions options(const std::string& run, int steps) const {
    return training::TrainingOptions::parse(config(run, steps));
  }

  std::filesystem::path operator/(const std::string& name) const { return dir_ / name; }

 private:
  TempDir dir_;
  std::filesystem::path content_, style_, perceptual_;
};

}  // namespace atelier::test

#pragma once

#include <cmath>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "atelier/model/expected_tensors.h"
#include "atelier/model/model_bundle.h"
#include "support/temp_dir.h"

namespace atelier::test {

/// A generator of random numbers that gives the same ones on every machine (splitmix64).
class SeededRandom {
 public:
  explicit SeededRandom(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }
  /// Uniform in [-1, 1).
  float symmetric() { return static_cast<float>(static_cast<double>(next() >> 11) * 0x1p-52 - 1); }

 private:
  std::uint64_t state_;
};

/// Random weights for these tensors, scaled so that activations neither vanish nor explode: layers by their
/// fan-in, normalisation weights and statistics' standard deviations around 1.
inline std::vector<weights::NamedTensor> random_tensors(const std::vector<weights::ExpectedTensor>& expected,
                                                        SeededRandom& random) {
  std::vector<weights::NamedTensor> tensors;
  for (const weights::ExpectedTensor& want : expected) {
    std::int64_t count = 1;
    for (const std::int64_t dimension : want.shape) count *= dimension;
    const bool is_layer = want.shape.size() > 1;
    const bool is_scale = !is_layer && (want.name.ends_with(".weight") || want.name.ends_with(".std"));
    const double fan_in = is_layer ? static_cast<double>(count / want.shape.front()) : 0;
    const auto spread = static_cast<float>(is_layer ? std::sqrt(6 / fan_in) : 0.1);
    weights::NamedTensor tensor{.name = want.name, .shape = want.shape};
    for (std::int64_t i = 0; i < count; ++i) {
      tensor.values.push_back((is_scale ? 1.0f : 0.0f) + spread * random.symmetric());
    }
    tensors.push_back(std::move(tensor));
  }
  return tensors;
}

/// A valid bundle with a tiny generator, seeded random weights and the styles "alpha", "beta" and "gamma",
/// all in memory.
inline model::BundleContents tiny_bundle_contents(unsigned seed = 1) {
  model::Manifest manifest;
  manifest.name = "tiny";
  manifest.licence = "CC0";
  manifest.space_id = "tiny-" + std::to_string(seed);
  manifest.generator = {.size = "tiny",
                        .c1 = 8,
                        .c2 = 16,
                        .c3 = 16,
                        .encoder_blocks = 1,
                        .core_blocks = 1,
                        .decoder_blocks = 1,
                        .code_dim = 16,
                        .hidden = 16};
  manifest.perceptual = {.widths = {8, 8, 16, 16}, .convs = {1, 2, 1, 1}};
  manifest.encoder = {.palette_dim = 8, .palette_hidden = 8, .texture_dim = 8, .texture_hidden = 16};
  manifest.training = {{"seed", seed}};

  SeededRandom random(seed);
  style::StyleLibrary styles(manifest.space_id);
  for (const char* name : {"alpha", "beta", "gamma"}) {
    StyleCode code{.space = manifest.space_id, .values = {}};
    for (int i = 0; i < manifest.generator.code_dim; ++i) code.values.push_back(random.symmetric());
    styles.add({.name = name, .title = name, .code = std::move(code)});
  }
  return {.manifest = manifest,
          .generator = random_tensors(model::expected_generator_tensors(manifest.generator), random),
          .encoder =
              random_tensors(model::expected_encoder_tensors(manifest.encoder, manifest.perceptual), random),
          .perceptual = random_tensors(model::expected_perceptual_tensors(manifest.perceptual), random),
          .styles = std::move(styles)};
}

/// The same on disk, in single precision. Returns the folder.
inline std::filesystem::path write_tiny_bundle(const std::filesystem::path& folder, unsigned seed = 1) {
  model::write_bundle(folder, tiny_bundle_contents(seed), weights::DType::F32);
  return folder;
}

inline std::filesystem::path write_tiny_bundle(const TempDir& folder, unsigned seed = 1) {
  return write_tiny_bundle(folder / ("bundle-" + std::to_string(seed)), seed);
}

}  // namespace atelier::test

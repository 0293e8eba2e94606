#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "atelier/model/manifest.h"
#include "atelier/weights/safetensors_file.h"
#include "atelier/weights/safetensors_writer.h"

namespace atelier::model {

/// What one trained style changes in a generator: corrections added to what the style code gives the AdaIN
/// sites, and differences added to the weights of a few layers. Means something only with the bundle it was
/// trained on. On disk: a safetensors file (fp16) with the tensors "modulation" [M] and "layer.<tensor of the
/// generator>", and the metadata "atelier_style_delta" (the format, 1), "space" and "generator" (SHA-256 of
/// generator.safetensors).
struct StyleDelta {
  std::string space;                         ///< id of the style space
  std::string generator_sha256;              ///< of the bundle's generator.safetensors
  std::vector<float> modulation;             ///< in the order of style.sites' output; empty: none
  std::vector<weights::NamedTensor> layers;  ///< differences, named like the generator's tensors; often none

  bool empty() const { return modulation.empty() && layers.empty(); }

  /// The file's content. Error Internal "weights.nonfinite" when a number does not fit into fp16.
  std::vector<std::byte> to_bytes() const;
  /// Error NoInput "style.delta_missing" when the file is not there; BadData "style.delta_checksum" when it
  /// is not the one that `sha256` names, "style.delta" when it is no style delta or a newer one, and those of
  /// SafetensorsFile.
  static StyleDelta read(const std::filesystem::path& path, const std::string& sha256);

  /// Error BadData "style.delta_model" unless it was trained on this bundle's generator; `style` is its name.
  void require_fits(const Manifest& manifest, const std::string& style) const;
  /// The generator with the layers' differences added, single precision. Error BadData "model.tensors" when a
  /// layer is not one of the generator's.
  weights::SafetensorsFile applied_to(const weights::SafetensorsFile& generator) const;
};

/// Numbers that style.sites gives: two a channel of every AdaIN site.
int modulation_length(const GeneratorOptions& options);

}  // namespace atelier::model

#include "atelier/model/style_delta.h"

#include <algorithm>
#include <cmath>

#include "atelier/core/error.h"
#include "atelier/weights/sha256.h"
#include "atelier/weights/tensor_checks.h"

namespace atelier::model {
namespace {

constexpr const char* kFormatKey = "atelier_style_delta";
constexpr const char* kFormat = "1";
constexpr const char* kModulation = "modulation";
constexpr const char* kLayer = "layer.";

[[noreturn]] void refuse(const std::string& id, const std::string& message) {
  throw Error(ErrorCode::BadData, id, message);
}

}  // namespace

int modulation_length(const GeneratorOptions& options) {
  int channels = 0;
  for (const int site : options.adain_sites()) channels += site;
  return 2 * channels;
}

std::vector<std::byte> StyleDelta::to_bytes() const {
  std::vector<weights::NamedTensor> tensors;
  if (!modulation.empty())
    tensors.push_back({kModulation, {static_cast<std::int64_t>(modulation.size())}, modulation});
  for (const weights::NamedTensor& layer : layers)
    tensors.push_back({kLayer + layer.name, layer.shape, layer.values});
  return weights::serialize_safetensors(
      tensors, weights::DType::F16,
      {{kFormatKey, kFormat}, {"space", space}, {"generator", generator_sha256}});
}

StyleDelta StyleDelta::read(const std::filesystem::path& path, const std::string& sha256) {
  const std::string where = printable(path.string());
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) {
    throw Error(ErrorCode::NoInput, "style.delta_missing",
                where +
                    ": this file of a trained style is gone; train the style again, or remove it with "
                    "'atelier styles remove'");
  }
  if (weights::sha256_file(path) != sha256) {
    refuse("style.delta_checksum", where +
                                       ": damaged, its checksum is not the one in your gallery; train the "
                                       "style again");
  }
  const weights::SafetensorsFile file = weights::SafetensorsFile::read(path);
  const auto text = [&](const char* key) {
    const auto found = file.metadata().find(key);
    return found == file.metadata().end() ? std::string() : found->second;
  };
  if (text(kFormatKey) != kFormat) {
    refuse("style.delta", where + ": is no trained style that this program reads; a newer program may");
  }
  weights::require_finite(file);
  StyleDelta delta{text("space"), text("generator"), {}, {}};
  for (const weights::TensorView& tensor : file.tensors()) {
    if (tensor.name == kModulation) {
      delta.modulation = weights::to_floats(tensor);
    } else if (tensor.name.starts_with(kLayer)) {
      delta.layers.push_back({tensor.name.substr(std::char_traits<char>::length(kLayer)), tensor.shape,
                              weights::to_floats(tensor)});
    } else {
      refuse("style.delta", where + ": holds the unknown tensor '" + printable(tensor.name) + "'");
    }
  }
  return delta;
}

void StyleDelta::require_fits(const Manifest& manifest, const std::string& style) const {
  const auto generator = manifest.sha256.find("generator.safetensors");
  const bool same = space == manifest.space_id && generator != manifest.sha256.end() &&
                    generator->second == generator_sha256 &&
                    (modulation.empty() ||
                     modulation.size() == static_cast<std::size_t>(modulation_length(manifest.generator)));
  if (same) return;
  refuse("style.delta_model", "the style '" + printable(style) + "' was trained on another model than '" +
                                  printable(manifest.name) +
                                  "'; train it again with this one, or choose its own "
                                  "with --model");
}

weights::SafetensorsFile StyleDelta::applied_to(const weights::SafetensorsFile& generator) const {
  std::vector<weights::NamedTensor> tensors;
  for (const weights::TensorView& tensor : generator.tensors())
    tensors.push_back({tensor.name, tensor.shape, weights::to_floats(tensor)});
  for (const weights::NamedTensor& layer : layers) {
    const auto found = std::find_if(tensors.begin(), tensors.end(), [&](const weights::NamedTensor& tensor) {
      return tensor.name == layer.name && tensor.shape == layer.shape;
    });
    if (found == tensors.end()) {
      refuse("model.tensors", generator.name() + ": has no layer '" + printable(layer.name) + "' of shape " +
                                  weights::shape_text(layer.shape) + " for the trained style to change");
    }
    for (std::size_t i = 0; i < layer.values.size(); ++i) found->values[i] += layer.values[i];
  }
  return weights::SafetensorsFile::parse(weights::serialize_safetensors(tensors), generator.name());
}

}  // namespace atelier::model

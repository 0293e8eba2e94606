#include "atelier/training/detail/style_cache.h"

#include <torch/torch.h>

#include "atelier/core/error.h"
#include "atelier/tensor/tensor_file.h"

namespace atelier::training {
namespace {

std::string layer_name(std::size_t network, std::size_t layer) {
  return std::to_string(network) + "." + std::to_string(layer) + ".";
}

}  // namespace

StyleCache::StyleCache(std::filesystem::path folder) : folder_(std::move(folder)) {
  std::error_code failed;
  std::filesystem::create_directories(folder_, failed);
  if (failed) {
    throw Error(
        ErrorCode::CannotCreate, "style_cache.folder",
        printable(folder_.string()) + ": " + failed.message() + "; name another folder as \"style_cache\"");
  }
}

std::optional<MeasuredStyle> StyleCache::find(const std::string& key) const {
  const std::filesystem::path file = folder_ / (key + ".safetensors");
  if (std::error_code ignored; !std::filesystem::exists(file, ignored)) return std::nullopt;
  try {
    tensor::TensorMap tensors = tensor::to_tensors(weights::SafetensorsFile::read(file));
    MeasuredStyle style{{tensors.at("texture"), tensors.at("palette")}, {}};
    for (std::size_t network = 0; tensors.contains(layer_name(network, 0) + "mean"); ++network) {
      style.targets.emplace_back();
      for (std::size_t layer = 0; tensors.contains(layer_name(network, layer) + "mean"); ++layer) {
        const std::string name = layer_name(network, layer);
        style.targets.back().push_back(
            {tensors.at(name + "mean"), tensors.at(name + "std"), tensors.at(name + "gram")});
      }
    }
    return style;
  } catch (const Error&) {
    return std::nullopt;
  } catch (const std::out_of_range&) {
    return std::nullopt;
  }
}

void StyleCache::keep(const std::string& key, const MeasuredStyle& style) const {
  tensor::TensorMap tensors = {{"texture", style.described.texture}, {"palette", style.described.palette}};
  for (std::size_t network = 0; network < style.targets.size(); ++network) {
    for (std::size_t layer = 0; layer < style.targets[network].size(); ++layer) {
      const std::string name = layer_name(network, layer);
      const nn::LayerStatistics& statistics = style.targets[network][layer];
      tensors.emplace(name + "mean", statistics.mean);
      tensors.emplace(name + "std", statistics.std);
      tensors.emplace(name + "gram", statistics.gram);
    }
  }
  try {
    weights::write_safetensors(folder_ / (key + ".safetensors"), tensor::to_named(tensors));
  } catch (const Error&) {
    return;
  }
}

}  // namespace atelier::training

#include "atelier/judging/detail/inception.h"

#include <torch/torch.h>

#include "atelier/core/error.h"

namespace atelier::judging::detail {
namespace {

// The average over the 3 x 3 neighbours that exist, as TensorFlow does.
at::Tensor pooled(const at::Tensor& x) {
  return torch::avg_pool2d(x, 3, 1, 1, /*ceil_mode=*/false, /*count_include_pad=*/false);
}

}  // namespace

Inception::Inception(const std::filesystem::path& file)
    : file_(file.string()), tensors_(tensor::to_tensors(weights::SafetensorsFile::read(file))) {
  features(torch::zeros({1, 3, 64, 64}));  // names a missing tensor now
}

at::Tensor Inception::conv(const at::Tensor& x, const std::string& name, int stride, bool same) const {
  const auto weight = tensors_.find(name + ".weight"), bias = tensors_.find(name + ".bias");
  if (weight == tensors_.end() || bias == tensors_.end()) {
    throw Error(ErrorCode::BadData, "model.tensors",
                printable(file_) + ": tensor '" + name + "' is missing; is this Inception-v3 of 2015?");
  }
  const std::vector<std::int64_t> padding = {same ? weight->second.size(2) / 2 : 0,
                                             same ? weight->second.size(3) / 2 : 0};
  return torch::relu(torch::conv2d(x, weight->second, bias->second, stride, padding));
}

// name, name_1, name_2 ... one after the other.
at::Tensor Inception::tower(at::Tensor x, const std::string& name, int convolutions) const {
  x = conv(x, name);
  for (int i = 1; i < convolutions; ++i) x = conv(x, name + "_" + std::to_string(i));
  return x;
}

at::Tensor Inception::mixed_35(const at::Tensor& x, const std::string& name) const {
  return torch::cat({conv(x, name + "_conv"), tower(x, name + "_tower_conv", 2),
                     tower(x, name + "_tower_1_conv", 3), conv(pooled(x), name + "_tower_2_conv")},
                    1);
}

at::Tensor Inception::mixed_17(const at::Tensor& x, const std::string& name) const {
  return torch::cat({conv(x, name + "_conv"), tower(x, name + "_tower_conv", 3),
                     tower(x, name + "_tower_1_conv", 5), conv(pooled(x), name + "_tower_2_conv")},
                    1);
}

at::Tensor Inception::features(const at::Tensor& picture) const {
  namespace F = torch::nn::functional;
  at::Tensor x = F::interpolate(picture, F::InterpolateFuncOptions()
                                             .size(std::vector<std::int64_t>{299, 299})
                                             .mode(torch::kBilinear)
                                             .align_corners(false));
  x = x * 2 - 1;
  x = conv(x, "conv", 2, false);
  x = conv(x, "conv_1", 1, false);
  x = torch::max_pool2d(conv(x, "conv_2"), 3, 2);
  x = conv(x, "conv_3", 1, false);
  x = torch::max_pool2d(conv(x, "conv_4", 1, false), 3, 2);
  for (const char* name : {"mixed", "mixed_1", "mixed_2"}) x = mixed_35(x, name);
  const at::Tensor inner = tower(x, "mixed_3_tower_conv", 2);
  x = torch::cat({conv(x, "mixed_3_conv", 2, false), conv(inner, "mixed_3_tower_conv_2", 2, false),
                  torch::max_pool2d(x, 3, 2)},
                 1);
  for (const char* name : {"mixed_4", "mixed_5", "mixed_6", "mixed_7"}) x = mixed_17(x, name);
  return x.mean({2, 3});
}

}  // namespace atelier::judging::detail

#include "atelier/nn/reference_networks.h"

#include <torch/torch.h>

#include "atelier/core/error.h"
#include "atelier/nn/filter_bank.h"
#include "atelier/tensor/tensor_file.h"

namespace atelier::nn {
namespace {

using tensor::TensorMap;

class Weights {
 public:
  Weights(const std::filesystem::path& file, c10::Device device)
      : name_(file.string()), tensors_(tensor::to_tensors(weights::SafetensorsFile::read(file))) {
    for (auto& item : tensors_) item.second = item.second.to(device);
  }

  at::Tensor get(const std::string& key) const {
    const auto found = tensors_.find(key);
    if (found == tensors_.end()) {
      throw Error(ErrorCode::BadData, "model.tensors",
                  printable(name_) + ": tensor '" + key + "' is missing; is this the right network?");
    }
    return found->second;
  }

  at::Tensor conv(const at::Tensor& x, const std::string& key, int stride, int padding) const {
    return torch::conv2d(x, get(key + ".weight"), get(key + ".bias"), stride, padding);
  }

 private:
  std::string name_;
  TensorMap tensors_;
};

at::Tensor channels(const at::Tensor& like, double a, double b, double c) {
  return torch::tensor({a, b, c}, like.options()).view({1, 3, 1, 1});
}

class Vgg19 : public FeatureNetwork {
 public:
  Vgg19(const std::filesystem::path& file, c10::Device device) : weights_(file, device) {}

  std::vector<at::Tensor> features(const at::Tensor& picture) override {
    // Caffe's convention: BGR, 0..255, mean subtracted, no division.
    at::Tensor x = picture.flip(1) * 255 - channels(picture, 103.939, 116.779, 123.68);
    std::vector<at::Tensor> taps;
    for (const int layer : {0, 2, 5, 7, 10, 12, 14, 16}) {
      if (layer == 5 || layer == 10) x = torch::max_pool2d(x, 2);
      x = torch::relu(weights_.conv(x, "features." + std::to_string(layer), 1, 1));
      if (layer == 0 || layer == 5 || layer == 10 || layer == 16) taps.push_back(x);
    }
    return taps;
  }

 private:
  Weights weights_;
};

class Se16x : public FeatureNetwork {
 public:
  Se16x(const std::filesystem::path& file, c10::Device device) : weights_(file, device) {}

  std::vector<at::Tensor> features(const at::Tensor& picture) override {
    at::Tensor x = weights_.conv(picture, "conv0", 1, 0);
    std::vector<at::Tensor> taps;
    for (const char* layer : {"11", "12", "21", "22", "31", "32", "33", "34", "41", "42", "43", "44", "51"}) {
      const std::string name = layer;
      if (name[1] == '1' && name != "11") x = torch::max_pool2d(x, 2);
      x = torch::nn::functional::pad(
          x, torch::nn::functional::PadFuncOptions({1, 1, 1, 1}).mode(torch::kReflect));
      x = torch::relu(weights_.conv(x, "conv" + name, 1, 0));
      if (name[1] == '1') taps.push_back(x);
    }
    return taps;
  }

 private:
  Weights weights_;
};

// The scaling that LPIPS puts before torchvision's networks (Zhang et al. 2018).
at::Tensor lpips_input(const at::Tensor& picture) {
  return (picture * 2 - 1 - channels(picture, -0.030, -0.088, -0.188)) /
         channels(picture, 0.458, 0.448, 0.450);
}

class SqueezeNet : public FeatureNetwork {
 public:
  SqueezeNet(const std::filesystem::path& file, c10::Device device) : weights_(file, device) {}

  std::vector<at::Tensor> features(const at::Tensor& picture) override {
    at::Tensor x = torch::relu(weights_.conv(lpips_input(picture), "features.0", 2, 0));
    std::vector<at::Tensor> taps = {x};
    for (const int layer : {3, 4, 6, 7, 9, 10, 11, 12}) {
      if (layer == 3 || layer == 6 || layer == 9) x = torch::max_pool2d(x, 3, 2, 0, 1, /*ceil_mode=*/true);
      x = fire(x, "features." + std::to_string(layer));
      if (layer == 4 || layer == 7 || layer >= 9) taps.push_back(x);
    }
    return taps;
  }

 private:
  at::Tensor fire(const at::Tensor& x, const std::string& name) const {
    const at::Tensor squeezed = torch::relu(weights_.conv(x, name + ".squeeze", 1, 0));
    return torch::cat({torch::relu(weights_.conv(squeezed, name + ".expand1x1", 1, 0)),
                       torch::relu(weights_.conv(squeezed, name + ".expand3x3", 1, 1))},
                      1);
  }

  Weights weights_;
};

class AlexNet : public FeatureNetwork {
 public:
  AlexNet(const std::filesystem::path& file, c10::Device device) : weights_(file, device) {}

  std::vector<at::Tensor> features(const at::Tensor& picture) override {
    std::vector<at::Tensor> taps = {torch::relu(weights_.conv(lpips_input(picture), "features.0", 4, 2))};
    taps.push_back(torch::relu(weights_.conv(torch::max_pool2d(taps.back(), 3, 2), "features.3", 1, 2)));
    taps.push_back(torch::relu(weights_.conv(torch::max_pool2d(taps.back(), 3, 2), "features.6", 1, 1)));
    taps.push_back(torch::relu(weights_.conv(taps.back(), "features.8", 1, 1)));
    taps.push_back(torch::relu(weights_.conv(taps.back(), "features.10", 1, 1)));
    return taps;
  }

 private:
  Weights weights_;
};

[[noreturn]] void throw_unknown_kind(const std::string& kind) {
  throw Error(
      ErrorCode::Usage, "network.kind",
      "network '" + printable(kind) + "' is unknown; use vgg19, se16x, squeezenet, alexnet or filters");
}

}  // namespace

std::unique_ptr<FeatureNetwork> load_reference_network(const std::string& kind,
                                                       const std::filesystem::path& file,
                                                       c10::Device device) {
  if (kind == "vgg19") return std::make_unique<Vgg19>(file, device);
  if (kind == "se16x") return std::make_unique<Se16x>(file, device);
  if (kind == "squeezenet") return std::make_unique<SqueezeNet>(file, device);
  if (kind == "alexnet") return std::make_unique<AlexNet>(file, device);
  if (kind == "filters") {
    if (!file.empty())
      throw Error(ErrorCode::Usage, "network.file",
                  "network 'filters' is computed and reads no file: leave out " + printable(file.string()));
    return std::make_unique<FilterBank>();
  }
  throw_unknown_kind(kind);
}

std::vector<std::int64_t> reference_channels(const std::string& kind) {
  if (kind == "vgg19") return {64, 128, 256, 256};
  if (kind == "se16x") return {16, 32, 64, 128, 128};
  if (kind == "squeezenet") return {64, 128, 256, 384, 384, 512, 512};
  if (kind == "alexnet") return {64, 192, 384, 256, 256};
  if (kind == "filters") return std::vector<std::int64_t>(FilterBank::kScales, FilterBank::kChannels);
  throw_unknown_kind(kind);
}

}  // namespace atelier::nn

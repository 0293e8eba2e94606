#include "atelier/training/detail/teacher_network.h"

#include <torch/torch.h>

#include "atelier/engine/vgg19_engine.h"
#include "atelier/nn/reference_networks.h"
#include "atelier/tensor/borrow.h"

namespace atelier::training {
namespace {

class Vgg19Teacher : public nn::FeatureNetwork {
 public:
  explicit Vgg19Teacher(const std::filesystem::path& file)
      : with_gradients_(nn::load_reference_network("vgg19", file)),
        engine_(weights::SafetensorsFile::read(file), {.threads = at::get_num_threads()}) {}

  std::vector<at::Tensor> features(const at::Tensor& picture) override {
    if (at::GradMode::is_enabled() && picture.requires_grad()) return with_gradients_->features(picture);
    std::vector<at::Tensor> taps;
    const at::Tensor pixels = picture.detach().contiguous();
    const auto height = pixels.size(2), width = pixels.size(3);
    for (std::int64_t n = 0; n < pixels.size(0); ++n) {
      std::size_t tap = 0;
      engine_.features(
          {pixels.data_ptr<float>() + n * 3 * height * width, static_cast<std::size_t>(3 * height * width)},
          static_cast<int>(height), static_cast<int>(width), [&](const engine::Vgg19Layer& layer) {
            if (n == 0)
              taps.push_back(torch::empty({pixels.size(0), layer.channels, layer.height, layer.width}));
            taps[tap++][n].copy_(
                tensor::borrow_planes(layer.values, layer.height, layer.width, layer.channels));
          });
    }
    return taps;
  }

 private:
  std::unique_ptr<nn::FeatureNetwork> with_gradients_;
  engine::Vgg19Engine engine_;
};

}  // namespace

std::unique_ptr<nn::FeatureNetwork> load_teacher_network(const std::string& kind,
                                                         const std::filesystem::path& file,
                                                         c10::Device device) {
  if (kind == "vgg19" && device.is_cpu()) return std::make_unique<Vgg19Teacher>(file);
  return nn::load_reference_network(kind, file, device);
}

}  // namespace atelier::training

#include "atelier/judging/detail/vgg19_judge.h"

#include <torch/torch.h>

#include "atelier/tensor/borrow.h"

namespace atelier::judging::detail {
namespace {

// [1, C, h, w] of a layer without a copy: gone when the layer is.
at::Tensor borrow(const engine::Vgg19Layer& layer) {
  return tensor::borrow_planes(layer.values, layer.height, layer.width, layer.channels).unsqueeze(0);
}

}  // namespace

Vgg19Judge::Vgg19Judge(const std::filesystem::path& file)
    : engine_(weights::SafetensorsFile::read(file), {.threads = 1}) {}

Vgg19Judge::Seen Vgg19Judge::look_at(const at::Tensor& picture) const {
  const at::Tensor pixels = picture.contiguous();
  Seen seen;
  constexpr std::size_t kStyleLayers = 3;
  engine_.features({pixels.data_ptr<float>(), static_cast<std::size_t>(pixels.numel())},
                   static_cast<int>(pixels.size(2)), static_cast<int>(pixels.size(3)),
                   [&](const engine::Vgg19Layer& layer) {
                     if (seen.style.layers.size() < kStyleLayers) {
                       add_layer(seen.style, borrow(layer));
                     } else {
                       seen.content = borrow(layer).clone(at::MemoryFormat::Contiguous);
                     }
                   });
  return seen;
}

}  // namespace atelier::judging::detail

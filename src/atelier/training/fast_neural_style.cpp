#include "atelier/training/fast_neural_style.h"

#include <torch/torch.h>

#include <algorithm>
#include <cmath>

#include "atelier/core/cancel.h"
#include "atelier/core/error.h"
#include "atelier/losses/perceptual_losses.h"
#include "atelier/losses/pixel_losses.h"
#include "atelier/nn/transformer_net.h"
#include "atelier/tensor/image_tensor.h"
#include "atelier/tensor/tensor_file.h"
#include "atelier/training/detail/crops.h"
#include "atelier/training/detail/teacher_network.h"
#include "atelier/training/detail/tuning_clock.h"
#include "atelier/training/style_tuning.h"

namespace atelier::training {
namespace {

constexpr std::size_t kStyleTaps = 3, kContentTap = 3;
constexpr double kVariation = 0.05, kMostGradient = 5, kMostZoom = 2;

void require_good(const Image& style, const std::vector<Image>& photos,
                  const FastNeuralStyleOptions& options) {
  if (options.crop < 64 || options.crop > 512 || options.crop % 16 != 0) {
    throw Error(ErrorCode::Usage, "rival.crop",
                "--crop " + std::to_string(options.crop) + " must be a multiple of 16 from 64 to 512");
  }
  if (photos.empty())
    throw Error(ErrorCode::Usage, "rival.photos", "photos to paint are needed; name a folder with --content");
  require_structure(style, "the style picture");
  for (const Image& photo : photos) require_structure(photo, "a photo to learn on");
}

std::vector<at::Tensor> style_taps(const std::vector<at::Tensor>& taps) {
  return {taps.begin(), taps.begin() + kStyleTaps};
}

// The mean of the first fifty values, a running one from then on.
void follow(double& mean, double value, std::int64_t count) {
  mean += (value - mean) * std::max(0.02, 1.0 / static_cast<double>(count));
}

}  // namespace

FastNeuralStyle train_fast_neural_style(const Image& style, const std::vector<Image>& photos,
                                        const std::filesystem::path& file,
                                        const FastNeuralStyleOptions& options) {
  require_good(style, photos, options);
  torch::manual_seed(options.seed);
  const auto vgg = load_teacher_network("vgg19", options.vgg19);
  nn::TransformerNet network = options.from.empty() ? nn::TransformerNet() : nn::TransformerNet(options.from);
  const std::vector<at::Tensor> parameters = network.parameters();
  torch::optim::Adam adam(parameters, torch::optim::AdamOptions(options.rate).betas({0.9, 0.99}));

  std::vector<nn::LayerStatistics> wanted;
  std::vector<at::Tensor> pictures;
  {
    const torch::NoGradGuard no_grad;
    wanted = nn::layer_statistics(style_taps(vgg->features(tensor::to_tensor(style))));
    for (const Image& photo : photos) pictures.push_back(tensor::to_bytes(photo));
  }
  for (nn::LayerStatistics& layer : wanted) {
    layer.gram = layer.gram.expand({options.batch, -1, -1});
  }

  FastNeuralStyle result;
  TuningClock clock(0, options.steps);
  while (pending_signal() == 0 && clock.spent() < 1) {
    Random random = random_for(options.seed, clock.steps(), 31);
    std::uniform_int_distribution<std::size_t> any(0, pictures.size() - 1);
    std::vector<at::Tensor> crops;
    for (int i = 0; i < options.batch; ++i)
      crops.push_back(random_crop(pictures[any(random)], options.crop, kMostZoom, random));
    const at::Tensor content = torch::stack(crops);
    at::Tensor photo;
    {
      const torch::NoGradGuard no_grad;
      photo = vgg->features(content)[kContentTap];
    }
    for (auto& group : adam.param_groups())
      static_cast<torch::optim::AdamOptions&>(group.options()).lr(options.rate * annealed(clock.spent()));
    adam.zero_grad();
    const at::Tensor painting = network(content);
    const std::vector<at::Tensor> taps = vgg->features(painting.clamp(0, 1));
    const at::Tensor kept = losses::ContentLoss{.standardised = false}(taps[kContentTap], photo);
    const at::Tensor look = losses::GramLoss()(nn::layer_statistics(style_taps(taps)), wanted);
    // Beyond black and white VGG sees nothing: what leaves the range is called back.
    const at::Tensor outside = (painting - painting.clamp(0, 1)).square().mean();
    const at::Tensor loss =
        kept + look * options.style + losses::TotalVariationLoss()(painting) * kVariation + outside;
    loss.backward();
    const double norm = torch::nn::utils::clip_grad_norm_(parameters, kMostGradient);
    if (!std::isfinite(norm)) {
      throw Error(ErrorCode::Internal, "rival.diverged",
                  "the loss is not finite after " + std::to_string(clock.steps()) +
                      " steps; try another --seed or a smaller --style-weight");
    }
    adam.step();
    clock.count_step();
    follow(result.content, kept.item<double>(), clock.steps());
    follow(result.style, look.item<double>(), clock.steps());
    if (options.progress) {
      char note[64];
      std::snprintf(note, sizeof note, "content %.3f, style %.3f", result.content, result.style);
      options.progress(std::clamp(clock.spent(), 1e-3, 1.0), clock.steps(), clock.seconds_left(), note);
    }
  }
  result.steps = clock.steps();
  result.seconds = clock.seconds();
  result.finished = pending_signal() == 0;
  tensor::TensorMap learned;
  for (const auto& [name, values] : network.tensors()) learned[name] = values.detach();
  weights::write_safetensors(file, tensor::to_named(learned));
  return result;
}

}  // namespace atelier::training

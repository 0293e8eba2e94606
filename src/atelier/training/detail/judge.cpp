#include "atelier/training/detail/judge.h"

#include <torch/torch.h>

#include <algorithm>

#include "atelier/losses/perceptual_losses.h"
#include "atelier/tensor/canvas.h"
#include "atelier/training/detail/crops.h"

namespace atelier::training {
namespace {

double style_loss(const std::vector<nn::LayerStatistics>& painting,
                  const std::vector<nn::LayerStatistics>& target) {
  return (losses::MomentLoss()(painting, target) + losses::GramLoss()(painting, target)).item<double>();
}

double mean_difference(const at::Tensor& a, const at::Tensor& b) {
  return (a - b).abs().mean().item<double>();
}

}  // namespace

PictureSigns signs_of(const at::Tensor& photo, const at::Tensor& painting) {
  const at::Tensor a = photo.cpu().contiguous(), b = painting.cpu().contiguous();
  const auto size = static_cast<std::size_t>(a.numel());
  return picture_signs({a.data_ptr<float>(), size}, {b.data_ptr<float>(), size}, static_cast<int>(a.size(1)),
                       static_cast<int>(a.size(2)));
}

at::Tensor middle_square(const at::Tensor& bytes, std::int64_t side) {
  const auto shorter = std::min(bytes.size(1), bytes.size(2));
  const at::Tensor middle = bytes.narrow(1, (bytes.size(1) - shorter) / 2, shorter)
                                .narrow(2, (bytes.size(2) - shorter) / 2, shorter)
                                .to(torch::kFloat32)
                                .div(255);
  return resize_antialiased(middle, side, side);
}

Judge::Judge(nn::PerceptualNetwork phi, std::shared_ptr<nn::FeatureNetwork> reference,
             std::vector<at::Tensor> photos, const std::vector<at::Tensor>& styles, c10::Device device)
    : phi_(std::move(phi)), reference_(std::move(reference)), photos_(std::move(photos)), device_(device) {
  const torch::NoGradGuard no_grad;
  std::vector<at::Tensor> texture, palette;
  for (const at::Tensor& picture : styles) {
    const at::Tensor one = picture.unsqueeze(0).to(device_);
    const nn::StyleStatistics described = nn::style_statistics(one, *phi_);
    texture.push_back(described.texture);
    palette.push_back(described.palette);
    style_targets_.push_back(nn::layer_statistics(phi_->features(one)));
    if (reference_) reference_targets_.push_back(nn::layer_statistics(reference_->features(one)));
  }
  described_ = {torch::cat(texture), torch::cat(palette)};
}

Judgement Judge::operator()(TrainedNetworks& networks, double detail) {
  const torch::NoGradGuard no_grad;
  const at::Tensor codes = networks.averaged_encoder(described_);
  const at::Tensor stroke = torch::zeros({1}, codes.options()),
                   dial = torch::full({1}, detail, codes.options());
  const double share = 1.0 / static_cast<double>(pairs());
  Judgement mean;
  if (reference_) mean.reference_content = mean.reference_style = 0;
  std::vector<PictureSigns> signs;
  std::vector<at::Tensor> above;  // the paintings of the photo before
  int beside = 0, below = 0;
  for (const at::Tensor& picture : photos_) {
    const at::Tensor photo = picture.unsqueeze(0).to(device_);
    const std::vector<at::Tensor> taps = phi_->features(photo);
    const std::vector<at::Tensor> reference_taps =
        reference_ ? reference_->features(photo) : std::vector<at::Tensor>();
    std::vector<at::Tensor> row;
    for (std::size_t s = 0; s < style_targets_.size(); ++s) {
      const at::Tensor painting = networks.averaged_generator->forward(
          tensor::on_canvas(photo, networks.canvas), codes.narrow(0, static_cast<std::int64_t>(s), 1), stroke,
          dial);
      const std::vector<at::Tensor> seen = phi_->features(painting);
      mean.content += share * losses::ContentLoss()(seen.back(), taps.back()).item<double>();
      mean.style += share * style_loss(nn::layer_statistics(seen), style_targets_[s]);
      if (reference_) {
        const std::vector<at::Tensor> other = reference_->features(painting);
        *mean.reference_content +=
            share * losses::ContentLoss()(other.back(), reference_taps.back()).item<double>();
        *mean.reference_style += share * style_loss(nn::layer_statistics(other), reference_targets_[s]);
      }
      signs.push_back(signs_of(picture, painting.squeeze(0)));
      if (!row.empty()) mean.across_styles += mean_difference(painting, row.back()), ++beside;
      if (!above.empty()) mean.across_contents += mean_difference(painting, above[s]), ++below;
      row.push_back(painting);
    }
    above = std::move(row);
  }
  mean.across_styles /= std::max(1, beside);
  mean.across_contents /= std::max(1, below);
  mean.signs = mean_signs(signs);
  return mean;
}

}  // namespace atelier::training

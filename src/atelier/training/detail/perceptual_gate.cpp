#include "atelier/training/detail/perceptual_gate.h"

#include <torch/torch.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "atelier/core/error.h"
#include "atelier/losses/perceptual_losses.h"
#include "atelier/training/detail/crops.h"

namespace atelier::training {
namespace {

constexpr int kSide = 128;
constexpr int kPhotos = 5, kStyles = 8;
constexpr int kFewSteps = 8, kManySteps = 24;

std::vector<double> ranks(const std::vector<double>& values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  std::vector<double> result(values.size());
  for (std::size_t i = 0; i < order.size();) {
    std::size_t j = i;
    while (j < order.size() && values[order[j]] == values[order[i]]) ++j;
    for (std::size_t k = i; k < j; ++k) result[order[k]] = static_cast<double>(i + j - 1) / 2;
    i = j;
  }
  return result;
}

// The photo optimised through the painter's features; returned after kFewSteps and after kManySteps.
std::pair<at::Tensor, at::Tensor> optimised(const at::Tensor& photo, const at::Tensor& style,
                                            nn::FeatureNetwork& painter) {
  std::vector<nn::LayerStatistics> target;
  at::Tensor structure;
  {
    torch::NoGradGuard no_grad;
    target = nn::layer_statistics(painter.features(style));
    structure = painter.features(photo)[3];
  }
  at::Tensor picture = photo.clone().requires_grad_();
  torch::optim::Adam adam({picture}, torch::optim::AdamOptions(0.02));
  at::Tensor early;
  for (int step = 0; step < kManySteps; ++step) {
    adam.zero_grad();
    const std::vector<at::Tensor> taps = painter.features(picture);
    const at::Tensor loss = 5 * losses::GramLoss()(nn::layer_statistics(taps), target) +
                            losses::ContentLoss()(taps[3], structure);
    loss.backward();
    adam.step();
    torch::NoGradGuard no_grad;
    picture.clamp_(0, 1);
    if (step + 1 == kFewSteps) early = picture.detach().clone();
  }
  return {early, picture.detach()};
}

double content_distance(const at::Tensor& y, const at::Tensor& c) {
  return ((y - c).square().mean() / c.var(false)).item<double>();
}

}  // namespace

double spearman(const std::vector<double>& a, const std::vector<double>& b) {
  const std::vector<double> ra = ranks(a), rb = ranks(b);
  const double n = static_cast<double>(a.size());
  const double mean = (n - 1) / 2;
  double ab = 0, aa = 0, bb = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    ab += (ra[i] - mean) * (rb[i] - mean);
    aa += (ra[i] - mean) * (ra[i] - mean);
    bb += (rb[i] - mean) * (rb[i] - mean);
  }
  return aa > 0 && bb > 0 ? ab / std::sqrt(aa * bb) : 0;
}

PerceptualGate measure_perceptual(nn::FeatureNetwork& student, nn::FeatureNetwork& vgg19,
                                  nn::FeatureNetwork& painter, const std::vector<TrainingPicture>& held_out,
                                  std::uint64_t seed) {
  if (held_out.size() < kPhotos + kStyles) {
    throw Error(ErrorCode::BadData, "data.few",
                "measuring the network needs at least " + std::to_string(10 * (kPhotos + kStyles)) +
                    " pictures; add more");
  }
  Random random = random_for(seed, 0, 77);
  std::vector<std::size_t> order(held_out.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::shuffle(order.begin(), order.end(), random);
  const auto picture = [&](std::size_t i) {
    return random_crop(held_out[order[i]].bytes, kSide, 2.0, random).unsqueeze(0);
  };
  std::vector<at::Tensor> photos, styles;
  for (int i = 0; i < kPhotos; ++i) photos.push_back(picture(static_cast<std::size_t>(i)));
  for (int i = 0; i < kStyles; ++i) styles.push_back(picture(static_cast<std::size_t>(kPhotos + i)));

  std::vector<double> style_own, style_vgg, content_own, content_vgg;
  std::vector<at::Tensor> alive;
  const auto first_three = [](std::vector<at::Tensor> taps) {
    taps.resize(3);
    return nn::layer_statistics(taps);
  };
  const auto measure = [&](const at::Tensor& painting, const at::Tensor& photo, const at::Tensor& style,
                           bool is_photo) {
    torch::NoGradGuard no_grad;
    const auto own_y = student.features(painting), own_s = student.features(style),
               own_c = student.features(photo);
    const auto vgg_y = vgg19.features(painting), vgg_s = vgg19.features(style), vgg_c = vgg19.features(photo);
    const auto y = nn::layer_statistics(own_y), s = nn::layer_statistics(own_s);
    style_own.push_back((losses::MomentLoss()(y, s) + losses::GramLoss()(y, s)).item<double>());
    style_vgg.push_back(losses::GramLoss()(first_three(vgg_y), first_three(vgg_s)).item<double>());
    if (!is_photo) {
      content_own.push_back(content_distance(own_y[3], own_c[3]));
      content_vgg.push_back(content_distance(vgg_y[3], vgg_c[3]));
    }
    for (std::size_t t = 0; t < own_y.size(); ++t) {
      const at::Tensor top = own_y[t].amax({0, 2, 3});
      if (alive.size() <= t) alive.push_back(top);
      alive[t] = torch::maximum(alive[t], top);
    }
  };
  for (const at::Tensor& photo : photos) {
    for (const at::Tensor& style : styles) {
      const auto [early, late] = optimised(photo, style, painter);
      measure(photo, photo, style, true);
      measure(recolour(photo.squeeze(0), style.squeeze(0)).unsqueeze(0), photo, style, false);
      measure(early, photo, style, false);
      measure(late, photo, style, false);
    }
  }
  PerceptualGate gate;
  gate.pairs = static_cast<int>(style_own.size());
  gate.style_spearman = spearman(style_own, style_vgg);
  gate.content_spearman = spearman(content_own, content_vgg);
  double dead = 0, channels = 0;
  for (const at::Tensor& top : alive) {
    dead += (top <= 1e-6).sum().item<double>();
    channels += static_cast<double>(top.numel());
  }
  gate.dead_channels = dead / channels;
  return gate;
}

}  // namespace atelier::training

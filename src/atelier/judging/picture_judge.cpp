#include "atelier/judging/picture_judge.h"

#include <torch/torch.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>

#include "atelier/core/error.h"
#include "atelier/evaluation/pictures/blob_meter.h"
#include "atelier/evaluation/pictures/border_meter.h"
#include "atelier/evaluation/pictures/clipping_meter.h"
#include "atelier/evaluation/pictures/grid_meter.h"
#include "atelier/evaluation/pictures/palette_distance.h"
#include "atelier/evaluation/pictures/ssim.h"
#include "atelier/judging/detail/content_distance.h"
#include "atelier/judging/detail/inception.h"
#include "atelier/judging/detail/lpips.h"
#include "atelier/judging/detail/style_distances.h"
#include "atelier/judging/detail/vgg19_judge.h"
#include "atelier/nn/perceptual_network.h"
#include "atelier/tensor/image_tensor.h"
#include "atelier/tensor/tensor_file.h"

namespace atelier::judging {
namespace {

using detail::StyleFeatures;

constexpr int kSmallestSide = 64;   // below, deep layers have no pixels left
constexpr int kLpipsStyleTaps = 3;  // of LPIPS's networks: deeper ones see things, not brushwork

bool all_finite(const StyleFeatures& features) {
  return std::all_of(features.layers.begin(), features.layers.end(), [](const nn::LayerStatistics& layer) {
    return torch::isfinite(layer.gram).all().item<bool>();
  });
}

}  // namespace

struct JudgedPicture::Features {
  evaluation::Plane luma;
  std::optional<evaluation::GridMeter::Lines> grid;
  evaluation::LabGrid colours;
  evaluation::Palette palette;
  double clipping = 0;

  StyleFeatures phi, vgg, alex, squeeze;  // empty without that judge
  at::Tensor phi_content, vgg_content;    // undefined without
  std::vector<at::Tensor> phi_unit, alexnet, squeezenet;
  at::Tensor inception;  // [768]
  bool finite = true;
};

namespace {

std::vector<const StyleFeatures*> features_of(const std::vector<JudgedPicture>& styles,
                                              StyleFeatures JudgedPicture::Features::*network) {
  std::vector<const StyleFeatures*> features;
  for (const JudgedPicture& style : styles) features.push_back(&(style.features().*network));
  return features;
}

// One look of an LPIPS network serves both: style from its first taps, LPIPS from all.
void look_by(const detail::Lpips& network, const at::Tensor& pixels, StyleFeatures& style,
             std::vector<at::Tensor>& lpips) {
  std::vector<at::Tensor> taps = network.taps(pixels);
  style = detail::style_features({taps.begin(), taps.begin() + kLpipsStyleTaps});
  lpips = network.features(std::move(taps));
}

}  // namespace

JudgedPicture JudgedPicture::as_style() const {
  auto kept = std::make_shared<Features>(*features_);
  kept->luma = {};
  kept->phi_content = at::Tensor();
  kept->vgg_content = at::Tensor();
  for (auto* maps : {&kept->phi_unit, &kept->alexnet, &kept->squeezenet}) maps->clear();
  return JudgedPicture(std::move(kept));
}

std::vector<float> JudgedPicture::inception() const {
  const at::Tensor& t = features_->inception;
  if (!t.defined()) return {};
  return {t.data_ptr<float>(), t.data_ptr<float>() + t.numel()};
}

bool JudgedPicture::finite() const {
  return features_->finite;
}

struct PictureJudge::Networks {
  Networks(const model::ModelBundle& bundle, const JudgeWeights& weights)
      : phi(bundle.manifest().perceptual) {
    tensor::load_state(*phi, tensor::to_tensors(bundle.perceptual()), bundle.perceptual().name());
    if (weights.vgg19) vgg.emplace(*weights.vgg19);
    if (weights.alexnet) alexnet.emplace("alexnet", *weights.alexnet, *weights.alexnet_lpips);
    if (weights.squeezenet) squeezenet.emplace("squeezenet", *weights.squeezenet, *weights.squeezenet_lpips);
    if (weights.inception) inception.emplace(*weights.inception);
  }

  nn::PerceptualNetwork phi;
  std::optional<detail::Vgg19Judge> vgg;
  std::optional<detail::Lpips> alexnet, squeezenet;
  std::optional<detail::Inception> inception;
};

PictureJudge::PictureJudge(const model::ModelBundle& bundle, const JudgeWeights& weights) {
  const torch::NoGradGuard no_gradients;
  networks_ = std::make_unique<Networks>(bundle, weights);
}
PictureJudge::~PictureJudge() = default;

JudgedPicture PictureJudge::look_at(const Image& picture) const {
  if (std::min(picture.width(), picture.height()) < kSmallestSide) {
    throw Error(ErrorCode::BadData, "judge.too_small",
                "a picture of " + std::to_string(picture.width()) + " x " + std::to_string(picture.height()) +
                    " pixels is too small to judge; both sides must have at least " +
                    std::to_string(kSmallestSide));
  }
  const torch::NoGradGuard no_gradients;
  auto seen = std::make_shared<JudgedPicture::Features>();
  seen->luma = evaluation::luma_of(picture);
  seen->grid = evaluation::GridMeter().lines(seen->luma);
  seen->colours = evaluation::lab_grid(picture, evaluation::BlobMeter::kGrid);
  seen->palette = evaluation::palette_of(seen->colours);
  seen->clipping = evaluation::ClippingMeter()(picture);

  const at::Tensor pixels = tensor::to_tensor(picture);
  {
    const std::vector<at::Tensor> taps = networks_->phi->features(pixels);
    seen->phi = detail::style_features(taps);
    seen->phi_content = taps.back();
    seen->phi_unit = detail::unit_features(taps);
  }
  if (networks_->vgg) {
    detail::Vgg19Judge::Seen vgg = networks_->vgg->look_at(pixels);
    seen->vgg = std::move(vgg.style);
    seen->vgg_content = std::move(vgg.content);
  }
  if (networks_->alexnet) look_by(*networks_->alexnet, pixels, seen->alex, seen->alexnet);
  if (networks_->squeezenet) look_by(*networks_->squeezenet, pixels, seen->squeeze, seen->squeezenet);
  if (networks_->inception) seen->inception = networks_->inception->features(pixels).squeeze(0).contiguous();
  seen->finite = all_finite(seen->phi) && all_finite(seen->vgg) && all_finite(seen->alex) &&
                 all_finite(seen->squeeze) &&
                 (!seen->inception.defined() || torch::isfinite(seen->inception).all().item<bool>());
  return JudgedPicture(std::move(seen));
}

std::map<std::string, double> PictureJudge::judge(const JudgedPicture& painting, const JudgedPicture& photo,
                                                  const std::vector<JudgedPicture>& styles,
                                                  std::size_t asked) const {
  const torch::NoGradGuard no_gradients;
  const JudgedPicture::Features &y = painting.features(), &c = photo.features(),
                                &s = styles[asked].features();
  std::map<std::string, double> values;
  const auto put = [&](const char* key, std::optional<double> value) {
    if (value && std::isfinite(*value)) values[key] = *value;
  };
  const detail::ContentDistance content;
  const detail::GramDistance gram;
  const detail::MomentDistance moments;
  const detail::SlicedWasserstein sliced;
  // Style in one network's features, under `names`: Gram, moments, sliced Wasserstein, the style asked for
  // found first.
  const auto put_style = [&](const std::array<const char*, 4>& names,
                             StyleFeatures JudgedPicture::Features::*network) {
    put(names[0], gram(y.*network, s.*network));
    put(names[1], moments(y.*network, s.*network));
    put(names[2], sliced(y.*network, s.*network));
    const std::size_t rank = detail::rank_of_style(y.*network, features_of(styles, network), asked);
    put(names[3], rank <= 1 ? 1 : 0);
    return rank;
  };
  if (networks_->vgg) {
    put("content", content(y.vgg_content, c.vgg_content));
    const std::size_t rank = put_style({"style", "moments", "swd", "top1"}, &JudgedPicture::Features::vgg);
    put("top5", rank <= 5 ? 1 : 0);
  }
  put("phi_content", content(y.phi_content, c.phi_content));
  const std::size_t rank =
      put_style({"phi_gram", "phi_style", "phi_swd", "phi_top1"}, &JudgedPicture::Features::phi);
  put("phi_top5", rank <= 5 ? 1 : 0);
  put("phi_distance", detail::Lpips::distance(y.phi_unit, c.phi_unit));
  if (networks_->alexnet) {
    put_style({"alex_style", "alex_moments", "alex_swd", "alex_top1"}, &JudgedPicture::Features::alex);
    put("lpips_alex", detail::Lpips::distance(y.alexnet, c.alexnet));
  }
  if (networks_->squeezenet) {
    put_style({"squeeze_style", "squeeze_moments", "squeeze_swd", "squeeze_top1"},
              &JudgedPicture::Features::squeeze);
    put("lpips_squeeze", detail::Lpips::distance(y.squeezenet, c.squeezenet));
  }
  put("ssim", evaluation::Ssim()(y.luma, c.luma));
  put("palette", evaluation::PaletteDistance()(y.palette, s.palette));
  put("grid", evaluation::GridMeter::excess(y.grid, c.grid));
  put("border", evaluation::BorderMeter()(y.luma, c.luma));
  put("blob", evaluation::BlobMeter()(y.colours, c.colours));
  put("clipping", y.clipping - c.clipping);
  return values;
}

}  // namespace atelier::judging

#include "atelier/evaluation/pictures/metric_catalogue.h"

namespace atelier::evaluation {

const std::vector<Metric>& pair_metrics() {
  static const std::vector<Metric> metrics = {
      {"content", "content loss (VGG-19)", false, 3, true,
       "|F(y) - F(c)|^2 / |F(c) - mean F(c)|^2 with F = VGG-19 relu3_4"},
      {"style", "style loss (VGG-19 Gram)", false, 3, true,
       "sum over VGG-19 relu1_1, 2_1, 3_1 of |G(y) - G(s)|^2 / |G(s)|^2 with G = F F' / (h w)"},
      {"moments", "style loss (VGG-19 mean, std)", false, 3, false,
       "sum over the same layers of (|mean_y - mean_s|^2 + |sd_y - sd_s|^2) / (|mean_s|^2 + |sd_s|^2)"},
      {"swd", "style loss (VGG-19 sliced Wasserstein)", false, 3, false,
       "sum over the same layers of the mean squared difference of 256 quantiles along 32 random directions, "
       "divided "
       "by the style's variance"},
      {"top1", "style identified (VGG-19)", true, 3, true,
       "share of paintings whose Gram matrices are nearer to the style asked for than to any other of the "
       "set"},
      {"top5", "style among five nearest (VGG-19)", true, 3, false, "the same, among the five nearest"},
      {"alex_style", "style loss (AlexNet Gram)", false, 3, true,
       "as style, on the first three layers of AlexNet, after ReLU"},
      {"alex_moments", "style loss (AlexNet mean, std)", false, 3, false, "as moments, on the same layers"},
      {"alex_swd", "style loss (AlexNet sliced Wasserstein)", false, 3, false, "as swd, on the same layers"},
      {"alex_top1", "style identified (AlexNet)", true, 3, false,
       "as top1, by the same layers' Gram matrices"},
      {"squeeze_style", "style loss (SqueezeNet Gram)", false, 3, true,
       "as style, on the first layer and fires 4 and 7 of SqueezeNet 1.1, after ReLU"},
      {"squeeze_moments", "style loss (SqueezeNet mean, std)", false, 3, false,
       "as moments, on the same layers"},
      {"squeeze_swd", "style loss (SqueezeNet sliced Wasserstein)", false, 3, false,
       "as swd, on the same layers"},
      {"squeeze_top1", "style identified (SqueezeNet)", true, 3, false,
       "as top1, by the same layers' Gram matrices"},
      {"lpips_alex", "LPIPS-Alex to the photo", false, 3, true,
       "LPIPS v0.1: sum over layers of the weighted squared difference of unit-length features, mean over "
       "the picture"},
      {"lpips_squeeze", "LPIPS-Squeeze to the photo", false, 3, false, "the same on SqueezeNet 1.1"},
      {"ssim", "SSIM to the photo", true, 3, true,
       "luma, Gaussian windows 11 x 11 of sigma 1.5, K 0.01 and 0.03"},
      {"phi_content", "content loss (own network)", false, 3, false,
       "as content, on relu4_1 of the model's own network"},
      {"phi_style", "style loss (own network, mean, std)", false, 3, false,
       "as moments, on relu1_1 to relu4_1 of the model's own network: the loss it was trained on"},
      {"phi_gram", "style loss (own network, Gram)", false, 3, false, "as style, on the same four layers"},
      {"phi_swd", "style loss (own network, sliced Wasserstein)", false, 3, false,
       "as swd, on the same four layers"},
      {"phi_distance", "perceptual distance PD (own network)", false, 3, false,
       "LPIPS's formula on the own network's four layers with equal weights; not LPIPS"},
      {"phi_top1", "style identified (own network)", true, 3, false,
       "as top1, by the own network's Gram matrices"},
      {"phi_top5", "style among five nearest (own network)", true, 3, false,
       "the same, among the five nearest"},
      {"palette", "palette distance to the style", false, 2, true,
       "earth mover's distance of five-colour palettes in CIEDE2000"},
      {"grid", "grid print, dB", false, 2, true,
       "worst spectral line of period 8, 4, 8/3 or 2 pixels above its neighbours, less the photo's own"},
      {"border", "border print", false, 4, false,
       "step of luma and of its gradient between the outermost 8 pixels and the next 16, less the photo's "
       "own"},
      {"blob", "colour blobs in flat areas", false, 2, false,
       "95th percentile of chroma steps where the photo is flat (Lab), less the photo's own"},
      {"clipping", "clipped samples", false, 4, false, "share of samples at 0 or 255, less the photo's own"},
      {"seam", "seams of tiles", false, 3, false,
       "mean step across tile boundaries over mean step elsewhere; only for paintings made in tiles"},
  };
  return metrics;
}

const std::vector<Metric>& set_metrics() {
  static const std::vector<Metric> metrics = {
      {"kid", "KID-768 to the styles", false, 4, true,
       "unbiased squared MMD with (x.y / d + 1)^3 on 768 features of Inception 2015 after mixed_7, against "
       "the style "
       "pictures"},
      {"fid", "FID-768 to the styles", false, 3, false,
       "Frechet distance on the same features; depends on N: never beside another N or a published FID"},
      {"artfid", "(1 + LPIPS-Alex)(1 + FID-768)", false, 3, false,
       "ArtFID's product on FID-768; copying the photo or the style can win it, so read it beside the "
       "control rows"},
  };
  return metrics;
}

const Metric* find_metric(std::string_view key) {
  for (const auto* metrics : {&pair_metrics(), &set_metrics()}) {
    for (const Metric& metric : *metrics) {
      if (metric.key == key) return &metric;
    }
  }
  return nullptr;
}

std::vector<std::string> metric_keys() {
  std::vector<std::string> keys;
  for (const auto* metrics : {&pair_metrics(), &set_metrics()}) {
    for (const Metric& metric : *metrics) keys.push_back(metric.key);
  }
  return keys;
}

}  // namespace atelier::evaluation

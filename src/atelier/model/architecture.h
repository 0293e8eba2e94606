#pragma once

#include <array>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace atelier {

/// The networks' shapes as plain values, shared by the LibTorch modules (room nn) and the torch-free engine,
/// so that both read the same weights. Every struct validates itself (Error, Config) and converts to and from
/// JSON; an unknown key is an error.

/// Generator(content, code) -> painting. With c1 = base, c2, c3 the channels at 1/2, 1/4 and 1/8 of the input
/// size:
///
///   content [N,3,H,W] RGB in [0,1], H and W multiples of 8
///   U   pixel-unshuffle 2 (channel c*4 + dy*2 + dx)                               12 @ H/2
///   E1  conv3x3 reflect 12->c1, norm e1, ReLU                                     c1 @ H/2
///   E2  blur-pool, conv3x3 reflect c1->c2, norm e2, ReLU                          c2 @ H/4
///   E3  x + norm e3.1(conv(ReLU(norm e3.0(conv x))))     (encoder_blocks times)   c2 @ H/4
///   E4  blur-pool, conv3x3 reflect c2->c3, norm e4, ReLU                          c3 @ H/8
///   B   x + AdaIN(conv(ReLU(AdaIN(conv x))))             (core_blocks times)      c3 @ H/8
///   D1  bilinear x2, conv3x3 replicate c3->c2, AdaIN                              c2 @ H/4
///   SK  conv1x1 c2->c2 of E3's output, AdaIN; then ReLU(D1 + detail * SK)         c2 @ H/4
///   D2  residual as B                                    (decoder_blocks times)   c2 @ H/4
///   D3  bilinear x2, conv3x3 replicate c2->c1, AdaIN, ReLU                        c1 @ H/2
///   O   conv3x3 reflect c1->12, pixel-shuffle 2, sigmoid                          [N,3,H,W] RGB in [0,1]
///
/// blur-pool: depthwise [1 3 3 1]^2 / 64, stride 2, reflect padding 1. bilinear: half-pixel centres
/// (align_corners false), edges clamped. norm: (x - mean) / sqrt(var + 1e-5) * weight + bias per channel,
/// biased variance over H x W. AdaIN: the same with weight = 1 + dgamma and bias = beta from the code:
///   h = SiLU(style.mlp [code; log2 stroke; detail]),  [dgamma; beta] of every site = style.sites h
/// Sites in order: for each core block .0 and .1, d1, sk, for each decoder block .0 and .1, d3; per site C
/// numbers dgamma, then C numbers beta.
///
/// Tensors: e1.conv, e1.norm, e2.*, e3.{i}.conv0, e3.{i}.norm0, e3.{i}.conv1, e3.{i}.norm1, e4.*,
/// core.{i}.conv0|conv1, d1.conv, sk.conv, dec.{i}.conv0|conv1, d3.conv, out.conv, style.mlp, style.sites;
/// each .weight ([out,in,kh,kw] or [out,in]) and .bias.
struct GeneratorOptions {
  std::string size = "M";  ///< a name for people: XS, S, M, L
  int c1 = 32, c2 = 64, c3 = 128;
  int encoder_blocks = 1, core_blocks = 4, decoder_blocks = 1;
  int code_dim = 128;
  int hidden = 256;

  static GeneratorOptions named(const std::string& size);  ///< XS, S, M or L; Error Config otherwise
  void validate() const;
  /// Channels of every AdaIN site, in the order above.
  std::vector<int> adain_sites() const;
  /// Channels of every normalisation in the order they run: e1, e2, e3..., e4, core..., d1, sk, dec..., d3.
  std::vector<int> norm_sites() const;
  bool operator==(const GeneratorOptions&) const = default;
};

/// PerceptualNetwork phi: VGG-19's shape to relu4_1, narrowed. (x - mean) / std with ImageNet's numbers
/// (0.485, 0.456, 0.406) / (0.229, 0.224, 0.225), then conv3x3 (zero padding 1) + ReLU, `convs[b]` of them in
/// block b with widths[b] channels, max-pool 2x2 between blocks. Taps: the first ReLU of every block (relu1_1
/// .. relu4_1). Tensors: conv{b}_{i}.weight, .bias, counted from 1.
struct PerceptualOptions {
  std::array<int, 4> widths = {16, 32, 64, 128};
  std::array<int, 4> convs = {2, 2, 4, 1};

  void validate() const;
  int statistics() const;  ///< length of the vector of means and log standard deviations of all taps
  bool operator==(const PerceptualOptions&) const = default;
};

/// StyleEncoder: style picture -> code = [palette | texture].
///   texture: luma (0.299, 0.587, 0.114), shifted and scaled to mean 0.5 and standard deviation 0.2 (divisor
///   at least
///     0.02), on three channels through phi; t = for each tap the channel means, then log(std + 1e-3);
///     (t - texture.mean) / max(texture.std, 0.05) / 2 -> texture.fc0 -> SiLU -> texture.fc1
///   palette: the picture averaged onto 64x64 (adaptive average pooling), CIE Lab (D65) / 100; 24 numbers:
///   mean (3), the
///     lower triangle row by row of the Cholesky factor of the covariance + 1e-4 I (6), the mean Lab of the
///     five fifths of the pixels in order of lightness (15); (p - palette.mean) / max(palette.std, 0.02) / 2
///     -> palette.fc0 -> SiLU
///     -> palette.fc1
/// Tensors: texture.mean, texture.std, texture.fc0.weight ..., palette.mean, ...
struct StyleEncoderOptions {
  int palette_dim = 32, palette_hidden = 64;
  int texture_dim = 96, texture_hidden = 256;

  static constexpr int kPaletteStatistics = 24;
  static constexpr int kPaletteSide = 64;
  void validate() const;
  int code_dim() const { return palette_dim + texture_dim; }
  bool operator==(const StyleEncoderOptions&) const = default;
};

void to_json(nlohmann::json& json, const GeneratorOptions& options);
void from_json(const nlohmann::json& json, GeneratorOptions& options);
void to_json(nlohmann::json& json, const PerceptualOptions& options);
void from_json(const nlohmann::json& json, PerceptualOptions& options);
void to_json(nlohmann::json& json, const StyleEncoderOptions& options);
void from_json(const nlohmann::json& json, StyleEncoderOptions& options);

}  // namespace atelier

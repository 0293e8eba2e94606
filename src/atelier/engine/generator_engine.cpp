#include "atelier/engine/generator_engine.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <utility>

#include "atelier/core/error.h"
#include "atelier/engine/detail/arena.h"
#include "atelier/engine/detail/brush_shares.h"
#include "atelier/engine/detail/channel_moments.h"
#include "atelier/engine/detail/conv3x3.h"
#include "atelier/engine/detail/dense.h"
#include "atelier/engine/detail/feature_map.h"
#include "atelier/engine/detail/kernels.h"
#include "atelier/engine/detail/passes.h"
#include "atelier/engine/detail/pointwise_conv.h"
#include "atelier/engine/detail/tile_sinks.h"
#include "atelier/engine/detail/tile_sources.h"

namespace atelier::engine {

using detail::ArenaPlan;
using detail::BrushBlocks;
using detail::BrushShares;
using detail::ChannelMoments;
using detail::Conv3x3;
using detail::Dense;
using detail::FeatureMap;
using detail::Kernels;
using detail::MapSink;
using detail::MapSource;
using detail::padded_channels;
using detail::Padding;
using detail::PointwiseConv;
using detail::ReadAffine;

namespace {

constexpr double kNormEpsilon = 1e-5;

std::vector<float> conv_weight(const weights::SafetensorsFile& file, const std::string& name, int out, int in,
                               int side = 3) {
  return file.floats(name + ".weight", {out, in, side, side});
}

/// Scale and shift of one normalisation, padded and 64-byte aligned.
class Affine {
 public:
  explicit Affine(int channels)
      : channels_(static_cast<std::size_t>(padded_channels(channels))), values_(2 * channels_) {
    std::fill_n(values_.data(), 2 * channels_, 0.0f);
  }
  float* scale() { return values_.data(); }
  float* shift() { return values_.data() + channels_; }
  operator ReadAffine() const { return {values_.data(), values_.data() + channels_}; }
  const float* values() const { return values_.data(); }  ///< the scales, then the shifts
  std::size_t size() const { return values_.size(); }

 private:
  std::size_t channels_;
  detail::AlignedBuffer values_;
};

/// Where everything lies in the one block of memory of a run. Steps are the layers of GeneratorOptions in
/// their order; within a residual block the two inner maps follow each other.
struct Layout {
  std::size_t e1, e2_input, quarter, encoder_inner[2], e4_input, eighth, core_inner[2], d1, decoder_inner[2],
      d3;
  std::size_t scratch;
  std::size_t floats;
};

}  // namespace

struct GeneratorEngine::Network {
  /// A convolution followed by a normalisation. The convolution's bias would be taken away again by the
  /// normalisation, so it is never added: only statistics that leave or enter the engine know about it.
  struct Layer {
    Conv3x3 conv;
    std::vector<float> bias;
  };
  struct EncoderNorm {
    std::vector<float> weight, bias;
  };

  Network(const GeneratorOptions& o, const weights::SafetensorsFile& file, const EngineOptions& engine)
      : options(o),
        kernels(detail::best_kernels()),
        threads(engine.resolved_threads()),
        site_channels(o.norm_sites()),
        mlp(file, "style.mlp", o.code_dim + 2, o.hidden),
        sites(file, "style.sites", o.hidden, modulation_length(o)),
        e1(layer(file, "e1.conv", o.c1, 12)),
        e2(layer(file, "e2.conv", o.c2, o.c1)),
        e4(layer(file, "e4.conv", o.c3, o.c2)),
        d1{Conv3x3::upsampling(kernels, conv_weight(file, "d1.conv", o.c2, o.c3), o.c2, o.c3),
           file.floats("d1.conv.bias", {o.c2})},
        d3{Conv3x3::upsampling(kernels, conv_weight(file, "d3.conv", o.c1, o.c2), o.c1, o.c2),
           file.floats("d3.conv.bias", {o.c1})},
        sk(kernels, conv_weight(file, "sk.conv", o.c2, o.c2, 1), o.c2),
        sk_bias(file.floats("sk.conv.bias", {o.c2})),
        out(kernels, conv_weight(file, "out.conv", 12, o.c1), 12, o.c1),
        out_bias(static_cast<std::size_t>(padded_channels(12))) {
    const std::vector<float> bias = file.floats("out.conv.bias", {12});
    std::fill_n(out_bias.data(), out_bias.size(), 0.0f);
    std::copy(bias.begin(), bias.end(), out_bias.data());
    encoder_norms.push_back(norm(file, "e1.norm", o.c1));
    encoder_norms.push_back(norm(file, "e2.norm", o.c2));
    for (int i = 0; i < o.encoder_blocks; ++i) {
      const std::string name = "e3." + std::to_string(i);
      for (const char* half : {"0", "1"}) {
        encoder.push_back(layer(file, name + ".conv" + half, o.c2, o.c2));
        encoder_norms.push_back(norm(file, name + ".norm" + half, o.c2));
      }
    }
    encoder_norms.push_back(norm(file, "e4.norm", o.c3));
    for (int i = 0; i < o.core_blocks; ++i) {
      for (const char* half : {".conv0", ".conv1"}) {
        core.push_back(layer(file, "core." + std::to_string(i) + half, o.c3, o.c3));
      }
    }
    for (int i = 0; i < o.decoder_blocks; ++i) {
      for (const char* half : {".conv0", ".conv1"}) {
        decoder.push_back(layer(file, "dec." + std::to_string(i) + half, o.c2, o.c2));
      }
    }
  }

  static int modulation_length(const GeneratorOptions& o) {
    int total = 0;
    for (const int channels : o.adain_sites()) total += 2 * channels;
    return total;
  }

  Layer layer(const weights::SafetensorsFile& file, const std::string& name, int channels, int in) const {
    return {Conv3x3(kernels, conv_weight(file, name, channels, in), channels, in),
            file.floats(name + ".bias", {channels})};
  }

  static EncoderNorm norm(const weights::SafetensorsFile& file, const std::string& name, int channels) {
    return {file.floats(name + ".weight", {channels}), file.floats(name + ".bias", {channels})};
  }

  /// What the AdaIN sites get from a style code.
  std::vector<float> modulation(std::span<const float> code, std::span<const float> correction, float stroke,
                                float detail) const;

  Layout layout(int height, int width) const;

  GeneratorOptions options;
  const Kernels& kernels;
  int threads;
  std::vector<int> site_channels;
  Dense mlp, sites;
  Layer e1, e2, e4, d1, d3;
  PointwiseConv sk;
  std::vector<float> sk_bias;
  Conv3x3 out;
  detail::AlignedBuffer out_bias;
  std::vector<EncoderNorm> encoder_norms;
  std::vector<Layer> encoder, core, decoder;
  mutable detail::ScratchPool pool;
};

Layout GeneratorEngine::Network::layout(int height, int width) const {
  const auto floats = [&](int shrink, int channels) {
    return static_cast<std::size_t>(height / shrink) * static_cast<std::size_t>(width / shrink) *
           static_cast<std::size_t>(padded_channels(channels));
  };
  const std::size_t half = floats(2, options.c1), quarter = floats(4, options.c2),
                    eighth = floats(8, options.c3);
  enum Step { kE1, kBlur2, kE2, kE3, kBlur4, kE4, kCore, kD1, kDecoder, kD3, kOut };
  ArenaPlan plan;
  Layout at;
  // The largest neighbours first: they decide the size, the others fit into their shadow.
  at.d3 = plan.place(half, kD3, kOut);
  at.e1 = plan.place(half, kE1, kBlur2);
  at.d1 = plan.place(quarter, kD1, kD3);
  at.quarter = plan.place(quarter, kE2, kD1);
  for (std::size_t& inner : at.encoder_inner)
    inner = plan.place(options.encoder_blocks ? quarter : 0, kE3, kE3);
  for (std::size_t& inner : at.decoder_inner)
    inner = plan.place(options.decoder_blocks ? quarter : 0, kDecoder, kDecoder);
  at.eighth = plan.place(eighth, kE4, kD1);
  for (std::size_t& inner : at.core_inner) inner = plan.place(eighth, kCore, kCore);
  at.e2_input = plan.place(floats(4, options.c1), kBlur2, kE2);
  at.e4_input = plan.place(floats(8, options.c2), kBlur4, kE4);

  std::size_t scratch = sk.scratch_floats(threads);
  const auto need = [&](const Conv3x3& conv, int shrink) {
    scratch = std::max(scratch, conv.scratch_floats(height / shrink, width / shrink, threads));
  };
  need(e1.conv, 2);
  need(e2.conv, 4);
  for (const Layer& each : encoder) need(each.conv, 4);
  need(e4.conv, 8);
  for (const Layer& each : core) need(each.conv, 8);
  need(d1.conv, 8);
  for (const Layer& each : decoder) need(each.conv, 4);
  need(d3.conv, 4);
  need(out, 2);
  const std::size_t lines = static_cast<std::size_t>(threads) *
                            std::max(static_cast<std::size_t>(width / 2 * padded_channels(options.c1)),
                                     static_cast<std::size_t>(width / 4 * padded_channels(options.c2)));
  at.scratch = plan.place(std::max(scratch, lines), kE1, kOut);
  at.floats = plan.size();
  return at;
}

namespace {

void require(bool good, const char* id, const std::string& message) {
  if (!good) throw Error(ErrorCode::Usage, id, message);
}

}  // namespace

GeneratorEngine::GeneratorEngine(const GeneratorOptions& options, const weights::SafetensorsFile& weights,
                                 EngineOptions engine) {
  options.validate();
  engine.validate();
  network_ = std::make_unique<const Network>(options, weights, engine);
}

GeneratorEngine::~GeneratorEngine() = default;
GeneratorEngine::GeneratorEngine(GeneratorEngine&&) noexcept = default;
GeneratorEngine& GeneratorEngine::operator=(GeneratorEngine&&) noexcept = default;

const GeneratorOptions& GeneratorEngine::options() const {
  return network_->options;
}

std::vector<float> GeneratorEngine::Network::modulation(std::span<const float> code,
                                                        std::span<const float> correction, float stroke,
                                                        float detail) const {
  require(code.size() == static_cast<std::size_t>(options.code_dim), "engine.code",
          "the style code has " + std::to_string(code.size()) + " numbers, this generator takes " +
              std::to_string(options.code_dim) + ": use a code of the model's own style space");
  require(detail >= 0 && detail <= 1, "engine.detail",
          "detail is " + std::to_string(detail) + "; use 0 to 1");
  std::vector<float> condition(code.begin(), code.end());
  condition.push_back(std::log2(stroke));
  condition.push_back(detail);
  std::vector<float> hidden = mlp(condition);
  detail::silu(hidden);
  std::vector<float> result = sites(hidden);
  require(correction.empty() || correction.size() == result.size(), "engine.modulation",
          "the style's corrections have " + std::to_string(correction.size()) +
              " numbers, this generator takes " + std::to_string(result.size()) +
              ": train the style again with this model");
  for (std::size_t i = 0; i < correction.size(); ++i) result[i] += correction[i];
  return result;
}

std::size_t GeneratorEngine::scratch_bytes(int height, int width) const {
  return network_->layout(height, width).floats * sizeof(float);
}

namespace {

/// Turns the moments of one site after another into the scale and shift of its normalisation.
class Normaliser {
 public:
  /// The first call is about site `first`.
  Normaliser(const std::vector<int>& channels, std::size_t first, std::vector<float> modulation,
             const SiteStatistics* frozen, SiteStatistics* collect)
      : channels_(channels),
        modulation_(std::move(modulation)),
        site_(first),
        frozen_(frozen),
        collect_(collect) {
    if (frozen_) check(*frozen_);
  }

  /// The next site, whose weight and bias are given.
  Affine next(const std::optional<ChannelMoments>& moments, const std::vector<float>& conv_bias,
              const float* weight, const float* bias) {
    const std::size_t count = static_cast<std::size_t>(channels_[site_]);
    std::vector<float> statistics(2 * count);
    Affine affine(channels_[site_]);
    for (std::size_t c = 0; c < count; ++c) {
      // `mean` is that of the convolution without its bias, as the maps hold it.
      double mean, deviation;
      if (frozen_) {
        const std::vector<float>& site = frozen_->sites[site_];
        mean = static_cast<double>(site[c]) - conv_bias[c];
        deviation = site[count + c];
      } else {
        mean = moments->mean[c];
        deviation = std::sqrt(moments->variance[c] + kNormEpsilon);
      }
      const double scale = weight[c] / deviation;
      affine.scale()[c] = static_cast<float>(scale);
      affine.shift()[c] = static_cast<float>(bias[c] - mean * scale);
      statistics[c] = static_cast<float>(mean + conv_bias[c]);
      statistics[count + c] = static_cast<float>(deviation);
    }
    if (collect_) collected_.sites.push_back(std::move(statistics));
    ++site_;
    return affine;
  }

  /// The next site, driven by the style code.
  Affine next_adain(const std::optional<ChannelMoments>& moments, const std::vector<float>& conv_bias) {
    const std::size_t count = static_cast<std::size_t>(channels_[site_]);
    std::vector<float> weight(modulation_.begin() + offset_, modulation_.begin() + offset_ + count);
    for (float& value : weight) value += 1;
    const float* bias = modulation_.data() + offset_ + static_cast<std::ptrdiff_t>(count);
    offset_ += 2 * static_cast<std::ptrdiff_t>(count);
    return next(moments, conv_bias, weight.data(), bias);
  }

  void finish() {
    if (collect_) *collect_ = std::move(collected_);
  }

 private:
  void check(const SiteStatistics& statistics) const {
    bool good = statistics.sites.size() == channels_.size();
    for (std::size_t s = 0; good && s < channels_.size(); ++s) {
      const std::vector<float>& site = statistics.sites[s];
      const std::size_t count = static_cast<std::size_t>(channels_[s]);
      good = site.size() == 2 * count;
      for (std::size_t c = 0; good && c < count; ++c) good = std::isfinite(site[c]) && site[count + c] > 0;
    }
    require(good, "engine.statistics",
            "the frozen statistics do not belong to this generator: collect them with the model that paints");
  }

  const std::vector<int>& channels_;
  std::vector<float> modulation_;
  std::ptrdiff_t offset_ = 0;
  std::size_t site_;
  const SiteStatistics* frozen_;
  SiteStatistics* collect_;
  SiteStatistics collected_;
};

/// The scale and shift of one normalisation: one for all pixels, or one a brush.
using Affines = std::vector<Affine>;

BrushBlocks blocks_of(const Affines& affines) {
  BrushBlocks blocks;
  blocks.length = affines.front().size();
  for (const Affine& affine : affines) blocks.blocks.push_back(affine.values());
  return blocks;
}

/// The brushes of one run, the request's own first, and how they share the pixels.
class Brushes {
 public:
  Brushes(const std::vector<int>& channels, std::size_t adain_sites, const GeneratorRequest& request)
      : channels_(channels), first_adain_(channels.size() - adain_sites) {
    if (request.others.empty()) return;
    std::vector<std::span<const float>> shares;
    for (const MaskedBrush& other : request.others) shares.push_back(other.share);
    for (const int shrink : {2, 4, 8}) shares_.emplace_back(shares, request.height, request.width, shrink);
  }

  void add(std::vector<float> modulation, float detail, const SiteStatistics* frozen,
           SiteStatistics* collect) {
    // The encoder knows no style: the first brush normalises it for all.
    normalisers_.emplace_back(channels_, normalisers_.empty() ? 0 : first_adain_, std::move(modulation),
                              frozen, collect);
    details_.push_back(detail);
  }

  bool are_several() const { return normalisers_.size() > 1; }
  bool any_detail() const { return *std::max_element(details_.begin(), details_.end()) > 0; }
  const std::vector<float>& details() const { return details_; }
  /// Of a map of 1 / shrink of the picture's size; only for several brushes.
  const BrushShares& shares(int shrink) const { return shares_[shrink == 2 ? 0 : shrink == 4 ? 1 : 2]; }

  Affines next_encoder(const std::optional<ChannelMoments>& moments, const std::vector<float>& conv_bias,
                       const float* weight, const float* bias) {
    Affines affines;
    affines.push_back(normalisers_.front().next(moments, conv_bias, weight, bias));
    return affines;
  }

  Affines next_adain(const std::optional<ChannelMoments>& moments, const std::vector<float>& conv_bias) {
    Affines affines;
    for (Normaliser& normaliser : normalisers_) affines.push_back(normaliser.next_adain(moments, conv_bias));
    return affines;
  }

  void finish() { normalisers_.front().finish(); }

 private:
  const std::vector<int>& channels_;
  std::size_t first_adain_;
  std::vector<Normaliser> normalisers_;
  std::vector<float> details_;
  std::vector<BrushShares> shares_;
};

}  // namespace

void GeneratorEngine::run(const GeneratorRequest& request, std::span<float> painting) const {
  const Network& net = *network_;
  const GeneratorOptions& o = net.options;
  const int height = request.height, width = request.width;
  require(height >= 16 && width >= 16 && height % 8 == 0 && width % 8 == 0, "engine.size",
          "the picture is " + std::to_string(width) + "x" + std::to_string(height) +
              "; the generator takes sides that are multiples of 8, at least 16: pad it");
  const std::size_t values = 3 * static_cast<std::size_t>(height) * static_cast<std::size_t>(width);
  require(request.content.size() == values && painting.size() == values, "engine.size",
          "content and painting must hold 3 x " + std::to_string(height) + " x " + std::to_string(width) +
              " numbers");
  require(request.stroke >= 0.25f && request.stroke <= 4, "engine.stroke",
          "stroke is " + std::to_string(request.stroke) + "; use 0.25 to 4");
  require(request.others.empty() || (request.frozen && !request.collect), "engine.brushes",
          "several brushes share a picture only with frozen statistics, and leave none to collect");
  for (const MaskedBrush& other : request.others) {
    require(
        other.share.size() == values / 3, "engine.brushes",
        "a brush's share must hold " + std::to_string(height) + " x " + std::to_string(width) + " numbers");
  }

  Brushes brushes(net.site_channels, o.adain_sites().size(), request);
  brushes.add(net.modulation(request.code, request.modulation, request.stroke, request.detail),
              request.detail, request.frozen, request.collect);
  for (const MaskedBrush& other : request.others) {
    require(other.frozen != nullptr, "engine.brushes",
            "every brush of a shared picture needs its statistics");
    brushes.add(net.modulation(other.code, other.modulation, request.stroke, other.detail), other.detail,
                other.frozen, nullptr);
  }

  const Layout at = net.layout(height, width);
  detail::Scratch memory(net.pool, at.floats);
  float* const scratch = memory.data() + at.scratch;
  const Kernels& kernels = net.kernels;
  const int threads = net.threads;
  const bool live = request.frozen == nullptr;
  const auto map = [&](std::size_t offset, int shrink, int channels) {
    return FeatureMap{memory.data() + offset, height / shrink, width / shrink, padded_channels(channels)};
  };
  const auto convolve = [&](const Network::Layer& layer, const detail::TileSource& source,
                            const FeatureMap& to) {
    return layer.conv.run(source, MapSink(to), live, scratch, threads);
  };
  std::size_t encoder_site = 0;
  const auto encoder_norm = [&](const std::optional<ChannelMoments>& moments, const Network::Layer& layer) {
    const Network::EncoderNorm& norm = net.encoder_norms[encoder_site++];
    return brushes.next_encoder(moments, layer.bias, norm.weight.data(), norm.bias.data());
  };
  const auto adain = [&](const std::optional<ChannelMoments>& moments, const Network::Layer& layer) {
    return brushes.next_adain(moments, layer.bias);
  };
  // The map as the next convolution sees it, normalised and through the ReLU; with one brush that happens
  // while it is read.
  const auto activated = [&](const FeatureMap& x, const Affines& affines, int shrink) {
    if (affines.size() == 1) return MapSource(x, Padding::Reflect, affines.front());
    detail::affine_relu(kernels, x, blocks_of(affines), brushes.shares(shrink), threads);
    return MapSource(x, Padding::Reflect);
  };
  const auto add = [&](const FeatureMap& x, const FeatureMap& y, const Affines& affines, int shrink) {
    if (affines.size() == 1) return detail::add_affine(kernels, x, y, affines.front(), threads);
    detail::add_affine(kernels, x, y, blocks_of(affines), brushes.shares(shrink), threads);
  };
  const auto residuals = [&](const std::vector<Network::Layer>& layers, const FeatureMap& x,
                             const std::size_t(&inner)[2], int shrink, int channels, const auto& norm) {
    const FeatureMap first = map(inner[0], shrink, channels), second = map(inner[1], shrink, channels);
    for (std::size_t i = 0; i < layers.size(); i += 2) {
      const Affines before = norm(convolve(layers[i], MapSource(x, Padding::Reflect), first), layers[i]);
      const MapSource between = activated(first, before, shrink);
      const Affines after = norm(convolve(layers[i + 1], between, second), layers[i + 1]);
      add(x, second, after, shrink);
    }
  };

  const FeatureMap e1 = map(at.e1, 2, o.c1);
  const Affines e1_norm =
      encoder_norm(convolve(net.e1, detail::UnshuffleSource(request.content, height, width), e1), net.e1);
  const FeatureMap e2_input = map(at.e2_input, 4, o.c1);
  detail::blur_pool(kernels, e1, e1_norm.front(), e2_input, scratch, threads);

  const FeatureMap quarter = map(at.quarter, 4, o.c2);
  const Affines e2_norm =
      encoder_norm(convolve(net.e2, MapSource(e2_input, Padding::Reflect), quarter), net.e2);
  detail::affine_relu(kernels, quarter, e2_norm.front(), threads);
  residuals(net.encoder, quarter, at.encoder_inner, 4, o.c2, encoder_norm);
  const FeatureMap e4_input = map(at.e4_input, 8, o.c2);
  detail::blur_pool(kernels, quarter, {}, e4_input, scratch, threads);

  const FeatureMap x = map(at.eighth, 8, o.c3);
  const Affines e4_norm = encoder_norm(convolve(net.e4, MapSource(e4_input, Padding::Reflect), x), net.e4);
  detail::affine_relu(kernels, x, e4_norm.front(), threads);
  residuals(net.core, x, at.core_inner, 8, o.c3, adain);

  const FeatureMap d1 = map(at.d1, 4, o.c2);
  Affines d1_norm = adain(
      net.d1.conv.run(MapSource(x, Padding::Replicate), detail::ShuffleSink(d1), live, scratch, threads),
      net.d1);
  // A closed gate needs no skip, unless somebody wants to know its statistics.
  const bool skip = brushes.any_detail() || (live && request.collect);
  std::optional<ChannelMoments> sk_moments;
  if (skip) {
    sk_moments = net.sk.run(quarter, live, scratch, threads);
  } else if (live) {
    sk_moments = ChannelMoments{std::vector<double>(static_cast<std::size_t>(quarter.channels)),
                                std::vector<double>(static_cast<std::size_t>(quarter.channels))};
  }
  Affines sk_norm = brushes.next_adain(sk_moments, net.sk_bias);
  for (std::size_t b = 0; b < sk_norm.size(); ++b) {
    const float detail = brushes.details()[b];
    for (int c = 0; c < quarter.channels; ++c) {
      sk_norm[b].scale()[c] *= detail;
      d1_norm[b].shift()[c] += detail * sk_norm[b].shift()[c];
    }
  }
  if (!brushes.are_several()) {
    detail::merge_relu(kernels, d1, quarter, d1_norm.front(), skip ? sk_norm.front().scale() : nullptr,
                       threads);
  } else {
    std::vector<std::vector<float>> merged;
    BrushBlocks blocks;
    for (std::size_t b = 0; b < sk_norm.size(); ++b) {
      std::vector<float>& block =
          merged.emplace_back(d1_norm[b].values(), d1_norm[b].values() + d1_norm[b].size());
      block.insert(block.end(), sk_norm[b].scale(), sk_norm[b].shift());
    }
    for (const std::vector<float>& block : merged) blocks.blocks.push_back(block.data());
    blocks.length = merged.front().size();
    detail::merge_relu(kernels, d1, quarter, blocks, brushes.shares(4), threads);
  }
  residuals(net.decoder, d1, at.decoder_inner, 4, o.c2, adain);

  const FeatureMap d3 = map(at.d3, 2, o.c1);
  const Affines d3_norm = adain(
      net.d3.conv.run(MapSource(d1, Padding::Replicate), detail::ShuffleSink(d3), live, scratch, threads),
      net.d3);
  net.out.run(activated(d3, d3_norm, 2), detail::PaintingSink(painting, height, width, net.out_bias.data()),
              false, scratch, threads);
  brushes.finish();
}

}  // namespace atelier::engine

#include "atelier/model/expected_tensors.h"

#include <numeric>

namespace atelier::model {
namespace {

using weights::ExpectedTensor;

/// Collects names and shapes; every layer has a weight and a bias.
class TensorList {
 public:
  void layer(const std::string& name, std::vector<std::int64_t> weight_shape) {
    const std::int64_t out = weight_shape.front();
    tensors_.push_back({.name = name + ".weight", .shape = std::move(weight_shape)});
    tensors_.push_back({.name = name + ".bias", .shape = {out}});
  }
  void conv(const std::string& name, int in, int out, int side = 3) { layer(name, {out, in, side, side}); }
  void norm(const std::string& name, int channels) { layer(name, {channels}); }
  void linear(const std::string& name, int in, int out) { layer(name, {out, in}); }
  void vector(const std::string& name, int length) { tensors_.push_back({.name = name, .shape = {length}}); }

  std::vector<ExpectedTensor> take() { return std::move(tensors_); }

 private:
  std::vector<ExpectedTensor> tensors_;
};

}  // namespace

std::vector<ExpectedTensor> expected_generator_tensors(const GeneratorOptions& o) {
  constexpr int kShuffledChannels = 12;  // RGB of 2 x 2 pixels
  TensorList list;
  list.conv("e1.conv", kShuffledChannels, o.c1);
  list.norm("e1.norm", o.c1);
  list.conv("e2.conv", o.c1, o.c2);
  list.norm("e2.norm", o.c2);
  for (int i = 0; i < o.encoder_blocks; ++i) {
    const std::string block = "e3." + std::to_string(i);
    list.conv(block + ".conv0", o.c2, o.c2);
    list.norm(block + ".norm0", o.c2);
    list.conv(block + ".conv1", o.c2, o.c2);
    list.norm(block + ".norm1", o.c2);
  }
  list.conv("e4.conv", o.c2, o.c3);
  list.norm("e4.norm", o.c3);
  for (int i = 0; i < o.core_blocks; ++i) {
    const std::string block = "core." + std::to_string(i);
    list.conv(block + ".conv0", o.c3, o.c3);
    list.conv(block + ".conv1", o.c3, o.c3);
  }
  list.conv("d1.conv", o.c3, o.c2);
  list.conv("sk.conv", o.c2, o.c2, 1);
  for (int i = 0; i < o.decoder_blocks; ++i) {
    const std::string block = "dec." + std::to_string(i);
    list.conv(block + ".conv0", o.c2, o.c2);
    list.conv(block + ".conv1", o.c2, o.c2);
  }
  list.conv("d3.conv", o.c2, o.c1);
  list.conv("out.conv", o.c1, kShuffledChannels);
  const std::vector<int> sites = o.adain_sites();
  list.linear("style.mlp", o.code_dim + 2, o.hidden);  // the code, log2 stroke and detail
  list.linear("style.sites", o.hidden, 2 * std::accumulate(sites.begin(), sites.end(), 0));
  return list.take();
}

std::vector<ExpectedTensor> expected_perceptual_tensors(const PerceptualOptions& o) {
  TensorList list;
  int channels = 3;
  for (std::size_t block = 0; block < o.widths.size(); ++block) {
    for (int i = 1; i <= o.convs[block]; ++i) {
      list.conv("conv" + std::to_string(block + 1) + "_" + std::to_string(i), channels, o.widths[block]);
      channels = o.widths[block];
    }
  }
  return list.take();
}

std::vector<ExpectedTensor> expected_encoder_tensors(const StyleEncoderOptions& o,
                                                     const PerceptualOptions& perceptual) {
  const auto branch = [](TensorList& list, const std::string& name, int statistics, int hidden, int out) {
    list.vector(name + ".mean", statistics);
    list.vector(name + ".std", statistics);
    list.linear(name + ".fc0", statistics, hidden);
    list.linear(name + ".fc1", hidden, out);
  };
  TensorList list;
  branch(list, "texture", perceptual.statistics(), o.texture_hidden, o.texture_dim);
  branch(list, "palette", StyleEncoderOptions::kPaletteStatistics, o.palette_hidden, o.palette_dim);
  return list.take();
}

}  // namespace atelier::model

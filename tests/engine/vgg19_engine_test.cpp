#include "atelier/engine/vgg19_engine.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "atelier/core/error.h"
#include "engine/reference_networks.h"

namespace atelier::engine {
namespace {

constexpr int kTorchIndex[] = {0, 2, 5, 7, 10, 12, 14, 16};
constexpr int kOut[] = {64, 64, 128, 128, 256, 256, 256, 256};

std::vector<weights::ExpectedTensor> expected_tensors() {
  std::vector<weights::ExpectedTensor> expected;
  int in = 3;
  for (int i = 0; i < 8; ++i) {
    const std::string name = "features." + std::to_string(kTorchIndex[i]);
    expected.push_back({name + ".weight", {kOut[i], in, 3, 3}});
    expected.push_back({name + ".bias", {kOut[i]}});
    in = kOut[i];
  }
  return expected;
}

// [height, width, channels] of every tap by plain loops.
std::vector<std::vector<double>> plain_taps(const test::Tensors& tensors, const std::vector<float>& picture,
                                            int height, int width) {
  constexpr double kMeanBgr[] = {103.939, 116.779, 123.68};
  const test::Map rgb = test::to_map(picture, 3, height, width);
  test::Map x(3, height, width);
  for (int c = 0; c < 3; ++c) {
    for (int i = 0; i < height; ++i) {
      for (int j = 0; j < width; ++j) x.at(c, i, j) = 255 * rgb.at(2 - c, i, j) - kMeanBgr[c];
    }
  }
  std::vector<std::vector<double>> taps;
  for (int layer = 0; layer < 8; ++layer) {
    if (layer == 2 || layer == 4) x = test::max_pool(x);
    const std::string name = "features." + std::to_string(kTorchIndex[layer]);
    x = test::convolve(x, tensors.at(name + ".weight"), tensors.at(name + ".bias"), kOut[layer], 3,
                       test::Border::Zero);
    for (double& value : x.values) value = std::max(0.0, value);
    if (layer != 0 && layer != 2 && layer != 4 && layer != 7) continue;
    std::vector<double>& tap = taps.emplace_back();
    for (int i = 0; i < x.height; ++i) {
      for (int j = 0; j < x.width; ++j) {
        for (int c = 0; c < x.channels; ++c) tap.push_back(x.at(c, i, j));
      }
    }
  }
  return taps;
}

TEST(Vgg19Engine, SeesWhatPlainLoopsSeeOfBgrWithZeroPadding) {
  const auto expected = expected_tensors();
  const test::Tensors tensors = test::random_tensors(expected, 3);
  const Vgg19Engine engine(test::to_file(expected, tensors), {1});
  for (const auto& [height, width] : {std::pair{16, 16}, {19, 26}}) {
    const std::vector<float> picture = test::synthetic_picture(height, width, 4);
    const auto wanted = plain_taps(tensors, picture, height, width);
    std::size_t tap = 0;
    engine.features(picture, height, width, [&](const Vgg19Layer& layer) {
      ASSERT_LT(tap, wanted.size());
      EXPECT_EQ(static_cast<std::size_t>(layer.height * layer.width * layer.channels), wanted[tap].size());
      EXPECT_LT(test::relative_rms(layer.values, wanted[tap]), 1e-5) << "tap " << tap;
      ++tap;
    });
    EXPECT_EQ(tap, 4u);
  }
}

TEST(Vgg19Engine, RefusesPicturesThatAreTooSmallAndOtherNetworks) {
  auto expected = expected_tensors();
  const Vgg19Engine engine(test::to_file(expected, test::random_tensors(expected, 5)), {1});
  const std::vector<float> picture(3 * 15 * 64);
  EXPECT_THROW(engine.features(picture, 15, 64, [](const Vgg19Layer&) {}), Error);
  expected.pop_back();
  EXPECT_THROW(Vgg19Engine(test::to_file(expected, test::random_tensors(expected, 5)), {1}), Error);
}

}  // namespace
}  // namespace atelier::engine

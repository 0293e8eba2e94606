#include "atelier/training/detail/tuning_scenes.h"

#include <torch/torch.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "atelier/image/resize.h"
#include "atelier/tensor/image_tensor.h"
#include "atelier/training/style_tuning.h"
#include "atelier/training/tuning_split.h"

namespace atelier::training {
namespace {

constexpr int kLongest = 3;  // times the short side; what is longer is cut to its middle
constexpr std::size_t kTrainingCrops = 24, kHeldOutCrops = 6;

std::vector<TuningScene> cut(const std::vector<at::Tensor>& pictures, std::size_t count, Random& random) {
  std::vector<TuningScene> scenes;
  for (std::size_t i = 0; i < count; ++i) {
    const at::Tensor& picture = pictures[i % pictures.size()];
    const auto pick = [&](std::int64_t axis) {
      return std::uniform_int_distribution<std::int64_t>(0, picture.size(axis) - kTuningCrop)(random);
    };
    const auto top = pick(1), left = pick(2);
    at::Tensor photo = picture.narrow(1, top, kTuningCrop).narrow(2, left, kTuningCrop);
    if (random() % 2 == 1) photo = photo.flip(2);
    scenes.push_back({photo.contiguous().unsqueeze(0), {}, {}});
  }
  return scenes;
}

}  // namespace

at::Tensor prepared(const Image& image, int short_side) {
  const int shorter = std::min(image.width(), image.height());
  const int width = std::min(image.width(), shorter * kLongest),
            height = std::min(image.height(), shorter * kLongest);
  Image middle = crop(image, (image.width() - width) / 2, (image.height() - height) / 2, width, height);
  const double scale = static_cast<double>(short_side) / shorter;
  const auto side = [&](int length) { return static_cast<int>(std::lround(length * scale)); };
  return tensor::to_tensor(resize(middle, side(width), side(height))).squeeze(0);
}

TuningScenes cut_scenes(const std::vector<Image>& contents, std::uint64_t seed) {
  std::vector<at::Tensor> pictures;
  for (const Image& content : contents) {
    require_structure(content, "a photo to learn on");
    pictures.push_back(prepared(content, kTuningSide));
  }
  const TuningSplit split = split_contents(pictures.size());
  const auto chosen = [&](const std::vector<std::size_t>& indices) {
    std::vector<at::Tensor> some;
    for (const std::size_t i : indices) some.push_back(pictures[i]);
    return some;
  };
  Random random = random_for(seed, 0, 1);
  TuningScenes scenes;
  scenes.training = cut(chosen(split.training), std::max(kTrainingCrops, split.training.size()), random);
  scenes.held_out = cut(chosen(split.held_out), kHeldOutCrops, random);
  return scenes;
}

std::size_t next_scene(std::vector<std::size_t>& order, std::size_t count, std::uint64_t seed,
                       std::int64_t step) {
  if (order.empty()) {
    order.resize(count);
    std::iota(order.begin(), order.end(), std::size_t{0});
    Random random = random_for(seed, step, 2);
    std::shuffle(order.begin(), order.end(), random);
  }
  const std::size_t scene = order.back();
  order.pop_back();
  return scene;
}

}  // namespace atelier::training

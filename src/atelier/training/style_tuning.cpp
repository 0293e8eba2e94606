#include "atelier/training/style_tuning.h"

#include <spdlog/spdlog.h>
#include <torch/torch.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numbers>

#include "atelier/core/cancel.h"
#include "atelier/core/error.h"
#include "atelier/image/resize.h"
#include "atelier/losses/perceptual_losses.h"
#include "atelier/losses/pixel_losses.h"
#include "atelier/nn/reference_networks.h"
#include "atelier/tensor/image_tensor.h"
#include "atelier/training/detail/crops.h"
#include "atelier/training/detail/style_painter.h"

namespace atelier::training {
namespace {

using Clock = std::chrono::steady_clock;
using Statistics = std::vector<nn::LayerStatistics>;

constexpr int kShortSide = 512;    // photos and style pictures are compared at this size
constexpr int kEncoderSide = 256;  // what the encoder was trained to see
constexpr int kSmallestSide = 64;
constexpr int kLongest = 3;  // times the short side; what is longer is cut to its middle
constexpr std::int64_t kCrop = 192;
constexpr std::size_t kTrainingCrops = 24, kHeldOutCrops = 6;
constexpr double kMustGain = 0.98;  // of the simpler level's score, else the simpler one is kept
constexpr int kScores = 12;         // over the whole time
constexpr int kMostBadSteps = 20;

// The base's own recipe (configs/train/base.json) with twice its weight of correlations; the content's weight
// is found as it goes.
constexpr double kMoments = 2.5, kGram = 1.6, kNearContent = 0.5;
constexpr double kStructure = 3, kColour = 0.8, kHalo = 5, kGrid = 2, kVariation = 0.1;
constexpr double kFirstContentWeight = 1.3, kContentStep = 0.2;
constexpr double kCodeAnchor = 0.02;  // keeps the code near where its pictures lie in the style space
constexpr double kCodeRate = 0.02, kCorrectionRate = 0.01, kLayerRate = 5e-4;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

std::string size_text(const Image& picture) {
  return std::to_string(picture.width()) + "x" + std::to_string(picture.height());
}

bool is_one_colour(const at::Tensor& picture) {
  return (picture.amax({1, 2}) - picture.amin({1, 2})).max().item<double>() < 3.0 / 255;
}

// [3, H, W] with this short side, the middle of what is very long.
at::Tensor prepared(const Image& image, int short_side) {
  const int shorter = std::min(image.width(), image.height());
  const int width = std::min(image.width(), shorter * kLongest),
            height = std::min(image.height(), shorter * kLongest);
  Image middle = crop(image, (image.width() - width) / 2, (image.height() - height) / 2, width, height);
  const double scale = static_cast<double>(short_side) / shorter;
  const auto side = [&](int length) { return static_cast<int>(std::lround(length * scale)); };
  return tensor::to_tensor(resize(middle, side(width), side(height))).squeeze(0);
}

// Statistics of several pictures as if they were one.
Statistics pooled(const std::vector<Statistics>& pictures) {
  Statistics result;
  for (std::size_t layer = 0; layer < pictures.front().size(); ++layer) {
    at::Tensor mean, square, gram;
    for (const Statistics& picture : pictures) {
      const nn::LayerStatistics& one = picture[layer];
      const at::Tensor own_square = one.std.square() + one.mean.square();
      mean = mean.defined() ? mean + one.mean : one.mean;
      square = square.defined() ? square + own_square : own_square;
      gram = gram.defined() ? gram + one.gram : one.gram;
    }
    const auto count = static_cast<double>(pictures.size());
    mean = mean / count;
    result.push_back({mean, (square / count - mean.square()).clamp_min(1e-8).sqrt(), gram / count});
  }
  return result;
}

/// A network that measures style, and what the style pictures measure in it.
struct Measure {
  nn::FeatureNetwork* network;
  int taps;
  double weight;
  Statistics target;

  Statistics look(const std::vector<at::Tensor>& features) const {
    const auto used = std::min(features.size(), static_cast<std::size_t>(taps));
    return nn::layer_statistics({features.begin(), features.begin() + static_cast<std::ptrdiff_t>(used)});
  }
  at::Tensor loss(const Statistics& seen) const {
    return (losses::MomentLoss()(seen, target) * kMoments + losses::GramLoss()(seen, target) * kGram) *
           weight;
  }
};

/// A piece of a photo to paint, and what its paintings are held against, measured when it is first used.
struct Scene {
  at::Tensor photo;              ///< [1, 3, kCrop, kCrop]
  std::vector<at::Tensor> taps;  ///< of phi; empty until it is measured
  double zero_shot_content = 1;
};

class Tuner {
 public:
  Tuner(const model::ModelBundle& bundle, const std::vector<Image>& styles,
        const std::vector<Image>& contents, const StyleTuningOptions& options)
      : options_(options), start_(Clock::now()), painter_(bundle) {
    learn_targets(styles);
    cut_scenes(contents);
  }

  TunedStyle run() {
    const TuningLevel top = options_.level.value_or(level_for(options_.minutes));
    TunedStyle tuned;
    tuned.zero_shot = painter_.code_of(best_);
    first_ = best_;
    zero_shot_ = best_scores_ = measure_held_out();
    tuned.rungs.push_back({TuningLevel::ZeroShot, zero_shot_, 0, seconds_since(start_)});
    double best_of_simpler = best_score_ = 1;
    StylePainter::State kept = best_;
    for (const Stretch& stretch : plan(top)) {
      const std::int64_t steps_before = steps_;
      if (!tuned.finished || spent() >= stretch.until) continue;
      tuned.finished = climb(stretch.level, stretch.until);
      tuned.rungs.push_back({stretch.level, best_scores_, steps_ - steps_before, seconds_since(start_)});
      if (best_score_ >= best_of_simpler * kMustGain) continue;
      best_of_simpler = best_score_;
      kept = best_;
      tuned.level = stretch.level;
    }
    tuned.code = painter_.code_of(kept);
    tuned.delta = painter_.delta_of(kept);
    return tuned;
  }

 private:
  struct Stretch {
    TuningLevel level;
    double until;  ///< share of the time
  };

  static std::vector<Stretch> plan(TuningLevel top) {
    switch (top) {
      case TuningLevel::ZeroShot:
        return {};
      case TuningLevel::Code:
        return {{TuningLevel::Code, 1}};
      case TuningLevel::Affine:
        return {{TuningLevel::Code, 0.2}, {TuningLevel::Affine, 1}};
      case TuningLevel::Layers:
        return {{TuningLevel::Code, 0.1}, {TuningLevel::Affine, 0.4}, {TuningLevel::Layers, 1}};
    }
    return {};
  }

  void learn_targets(const std::vector<Image>& styles) {
    const torch::NoGradGuard no_grad;
    measures_.push_back({painter_.phi().get(), 4, 1, {}});
    for (const ReferenceNetwork& network : options_.networks) {
      references_.push_back(nn::load_reference_network(network.kind, network.file));
      measures_.push_back({references_.back().get(), network.taps, network.weight, {}});
    }
    std::vector<std::vector<Statistics>> seen(measures_.size());
    at::Tensor code;
    for (const Image& style : styles) {
      require_strokes(style, "a style picture");
      const at::Tensor picture = prepared(style, kShortSide);
      for (std::size_t i = 0; i < measures_.size(); ++i)
        seen[i].push_back(measures_[i].look(measures_[i].network->features(picture.unsqueeze(0))));
      const at::Tensor own = painter_.encode(prepared(style, kEncoderSide).unsqueeze(0));
      code = code.defined() ? code + own : own;
    }
    for (std::size_t i = 0; i < measures_.size(); ++i) measures_[i].target = pooled(seen[i]);
    painter_.set_code(code / static_cast<double>(styles.size()));
    best_ = painter_.snapshot();
    code_spread_ = best_.code.square().mean().item<double>() + 1e-6;
  }

  void cut_scenes(const std::vector<Image>& contents) {
    std::vector<at::Tensor> training, held_out;
    for (std::size_t i = 0; i < contents.size(); ++i) {
      require_structure(contents[i], "a photo to learn on");
      // Of few pictures all take part in both, with other crops.
      const bool few = contents.size() < 4;
      const at::Tensor picture = prepared(contents[i], kShortSide);
      if (few || i % 4 != 3) training.push_back(picture);
      if (few || i % 4 == 3) held_out.push_back(picture);
    }
    Random random = random_for(options_.seed, 0, 1);
    scenes_ = cut(training, std::max(kTrainingCrops, training.size()), random);
    held_out_ = cut(held_out, kHeldOutCrops, random);
  }

  static std::vector<Scene> cut(const std::vector<at::Tensor>& pictures, std::size_t count, Random& random) {
    std::vector<Scene> scenes;
    for (std::size_t i = 0; i < count; ++i) {
      const at::Tensor& picture = pictures[i % pictures.size()];
      const auto pick = [&](std::int64_t axis) {
        return std::uniform_int_distribution<std::int64_t>(0, picture.size(axis) - kCrop)(random);
      };
      const auto top = pick(1), left = pick(2);
      at::Tensor photo = picture.narrow(1, top, kCrop).narrow(2, left, kCrop);
      if (random() % 2 == 1) photo = photo.flip(2);
      scenes.push_back({photo.contiguous().unsqueeze(0), {}, 1});
    }
    return scenes;
  }

  void measure(Scene& scene) {
    const torch::NoGradGuard no_grad;
    scene.taps = painter_.phi()->features(scene.photo);
    const StylePainter::State now = painter_.snapshot();
    painter_.restore(first_);
    const at::Tensor painting = painter_.paint(scene.photo, options_.detail);
    painter_.restore(now);
    scene.zero_shot_content = content_loss(painter_.phi()->features(painting), scene).item<double>();
  }

  /// 0..1 of the time or of the steps.
  double spent() const {
    return options_.steps > 0 ? static_cast<double>(steps_) / static_cast<double>(options_.steps)
                              : seconds_since(start_) / (options_.minutes * 60);
  }

  static at::Tensor content_loss(const std::vector<at::Tensor>& taps, const Scene& scene) {
    const losses::ContentLoss loss;
    return loss(taps[3], scene.taps[3]) + loss(taps[2], scene.taps[2]) * kNearContent;
  }

  at::Tensor style_loss(const at::Tensor& painting, const std::vector<at::Tensor>& taps) const {
    at::Tensor total = measures_[0].loss(measures_[0].look(taps));
    for (std::size_t i = 1; i < measures_.size(); ++i)
      total = total + measures_[i].loss(measures_[i].look(measures_[i].network->features(painting)));
    return total;
  }

  TuningScore measure_held_out() {
    const torch::NoGradGuard no_grad;
    TuningScore mean;
    for (Scene& scene : held_out_) {
      if (scene.taps.empty()) scene.taps = painter_.phi()->features(scene.photo);
      const at::Tensor painting = painter_.paint(scene.photo, options_.detail);
      const std::vector<at::Tensor> taps = painter_.phi()->features(painting);
      mean.style += style_loss(painting, taps).item<double>() / static_cast<double>(held_out_.size());
      mean.content += content_loss(taps, scene).item<double>() / static_cast<double>(held_out_.size());
    }
    return mean;
  }

  // Style against zero-shot's, 1 for zero-shot; what costs too much structure counts as worse.
  double score(const TuningScore& measured) const {
    const double excess = measured.content / zero_shot_.content - options_.most_content;
    return measured.style / zero_shot_.style + 10 * std::max(0.0, excess);
  }

  void keep_if_best() {
    const TuningScore measured = measure_held_out();
    const double value = score(measured);
    spdlog::debug("step {}: style {:.4f}, content {:.4f}, score {:.4f}, content weight {:.2f}", steps_,
                  measured.style, measured.content, value, content_weight_);
    if (!(value < best_score_)) return;
    best_score_ = value;
    best_scores_ = measured;
    best_ = painter_.snapshot();
  }

  // False when a signal ended it.
  bool climb(TuningLevel level, double until) {
    painter_.restore(best_);
    painter_.train(true, level != TuningLevel::Code, level == TuningLevel::Layers);
    const auto group = [](std::vector<at::Tensor> parameters, double rate) {
      return torch::optim::OptimizerParamGroup(std::move(parameters),
                                               std::make_unique<torch::optim::AdamOptions>(rate));
    };
    std::vector<torch::optim::OptimizerParamGroup> groups = {group({painter_.code()}, kCodeRate)};
    if (level != TuningLevel::Code) groups.push_back(group({painter_.correction()}, kCorrectionRate));
    if (level == TuningLevel::Layers) groups.push_back(group(painter_.layers(), kLayerRate));
    torch::optim::Adam adam(groups, torch::optim::AdamOptions(kCodeRate).betas({0.9, 0.99}));
    std::vector<double> rates = {kCodeRate, kCorrectionRate, kLayerRate};

    const double from = spent();
    double scored = from;
    int bad = 0;
    while (pending_signal() == 0 && bad < kMostBadSteps) {
      const double now = spent();
      if (now + cost_of_score_ >= until) break;
      const double cosine = 0.5 * (1 + std::cos(std::numbers::pi * (now - from) / (until - from)));
      for (std::size_t i = 0; i < adam.param_groups().size(); ++i) {
        static_cast<torch::optim::AdamOptions&>(adam.param_groups()[i].options())
            .lr(rates[i] * (0.05 + 0.95 * cosine));
      }
      bad = step(adam) ? 0 : bad + 1;
      if (now - scored > 1.0 / kScores) {
        score_now(level);
        scored = spent();
      }
      tell(level);
    }
    score_now(level);
    painter_.train(false, false, false);
    if (bad == kMostBadSteps)
      spdlog::warn("level {}: gave numbers that are not finite; stopped there", to_string(level));
    return pending_signal() == 0;
  }

  void score_now(TuningLevel level) {
    const double before = spent();
    keep_if_best();
    cost_of_score_ = spent() - before;
    tell(level);
  }

  // False, and nothing changed, when a number was not finite.
  bool step(torch::optim::Adam& adam) {
    if (order_.empty()) {
      order_.resize(scenes_.size());
      for (std::size_t i = 0; i < order_.size(); ++i) order_[i] = i;
      Random random = random_for(options_.seed, steps_, 2);
      std::shuffle(order_.begin(), order_.end(), random);
    }
    Scene& scene = scenes_[order_.back()];
    order_.pop_back();
    if (scene.taps.empty()) measure(scene);
    ++steps_;

    adam.zero_grad();
    const at::Tensor painting = painter_.paint(scene.photo, options_.detail);
    const std::vector<at::Tensor> taps = painter_.phi()->features(painting);
    const at::Tensor content = content_loss(taps, scene);
    at::Tensor loss = style_loss(painting, taps) + content * content_weight_;
    loss = loss + losses::StructureGuard()(painting, scene.photo) * kStructure +
           losses::ColourGuard()(painting, scene.photo) * kColour +
           losses::HaloGuard()(painting, scene.photo) * kHalo + losses::GridGuard()(painting) * kGrid +
           losses::TotalVariationLoss()(painting) * kVariation;
    loss = loss + (painter_.code() - first_.code).square().mean() / code_spread_ * kCodeAnchor;
    loss.backward();
    if (!std::isfinite(loss.item<double>())) return false;
    adam.step();

    // Dual ascent: the content's weight grows while paintings lose more structure than allowed.
    const double excess = content.item<double>() / scene.zero_shot_content - options_.most_content;
    content_weight_ = std::clamp(content_weight_ * std::exp(kContentStep * excess), 0.2, 30.0);
    return true;
  }

  void tell(TuningLevel level) const {
    if (!options_.progress) return;
    std::string note = to_string(level);
    if (best_score_ < 1)
      note += ", style " + std::to_string(std::lround(best_score_ * 100)) + " % of zero-shot's";
    const double share = std::clamp(spent(), 1e-3, 1.0), seconds = seconds_since(start_);
    const double all = options_.steps > 0 ? seconds / share : options_.minutes * 60;
    options_.progress(share, steps_, std::max(0.0, all - seconds), note);
  }

  const StyleTuningOptions& options_;
  Clock::time_point start_;
  StylePainter painter_;
  std::vector<std::unique_ptr<nn::FeatureNetwork>> references_;
  std::vector<Measure> measures_;
  std::vector<Scene> scenes_, held_out_;
  std::vector<std::size_t> order_;  ///< scenes still to come in this round
  TuningScore zero_shot_, best_scores_;
  StylePainter::State first_, best_;
  double best_score_ = 1, content_weight_ = kFirstContentWeight, code_spread_ = 1;
  double cost_of_score_ = 0;  ///< in shares of the time
  std::int64_t steps_ = 0;
};

}  // namespace

const char* to_string(TuningLevel level) {
  switch (level) {
    case TuningLevel::ZeroShot:
      return "zero-shot";
    case TuningLevel::Code:
      return "code";
    case TuningLevel::Affine:
      return "affine";
    case TuningLevel::Layers:
      return "layers";
  }
  return "";
}

TuningLevel parse_tuning_level(const std::string& name) {
  for (const TuningLevel level :
       {TuningLevel::ZeroShot, TuningLevel::Code, TuningLevel::Affine, TuningLevel::Layers}) {
    if (name == to_string(level)) return level;
  }
  throw Error(ErrorCode::Usage, "tuning.level",
              "'" + printable(name) + "' is no level; use zero-shot, code, affine or layers");
}

TuningLevel level_for(double minutes) {
  return minutes < 0.3  ? TuningLevel::ZeroShot
         : minutes < 1  ? TuningLevel::Code
         : minutes <= 3 ? TuningLevel::Affine
                        : TuningLevel::Layers;
}

const TuningRung& TunedStyle::kept() const {
  return *std::find_if(rungs.begin(), rungs.end(),
                       [&](const TuningRung& rung) { return rung.level == level; });
}

void require_strokes(const Image& style, const std::string& name) {
  const std::string size = size_text(style);
  if (std::min(style.width(), style.height()) < kSmallestSide) {
    throw Error(ErrorCode::BadData, "style.too_small",
                name + ": " + size + " pixels are too few to learn strokes from: use a picture of at least " +
                    std::to_string(kSmallestSide) + " pixels on a side, better " +
                    std::to_string(kShortSide));
  }
  if (is_one_colour(tensor::to_tensor(style).squeeze(0))) {
    throw Error(ErrorCode::BadData, "style.one_colour",
                name + ": has one colour (" + size +
                    "), so there are no strokes to learn: use a painting, or 'atelier styles add' for the "
                    "colour alone");
  }
}

void require_structure(const Image& photo, const std::string& name) {
  if (std::min(photo.width(), photo.height()) >= kSmallestSide) return;
  throw Error(ErrorCode::BadData, "content.too_small",
              name + ": " + size_text(photo) +
                  " pixels are too few to learn on: leave it out, or use photos of at "
                  "least " +
                  std::to_string(kSmallestSide) + " pixels on a side, better " + std::to_string(kShortSide));
}

TunedStyle tune_style(const model::ModelBundle& bundle, const std::vector<Image>& styles,
                      const std::vector<Image>& contents, const StyleTuningOptions& options) {
  if (styles.empty() || contents.empty())
    throw Error(ErrorCode::Usage, "tuning.pictures", "a style picture and a photo to train on are needed");
  return Tuner(bundle, styles, contents, options).run();
}

}  // namespace atelier::training

#include "atelier/training/collection_tuning.h"

#include <spdlog/spdlog.h>
#include <torch/torch.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "atelier/core/cancel.h"
#include "atelier/core/error.h"
#include "atelier/training/detail/collection_game.h"
#include "atelier/training/detail/painter_adam.h"
#include "atelier/training/detail/painter_average.h"
#include "atelier/training/detail/style_painter.h"
#include "atelier/training/detail/tuning_clock.h"
#include "atelier/training/detail/tuning_losses.h"
#include "atelier/training/detail/tuning_ruler.h"
#include "atelier/training/detail/tuning_scenes.h"

namespace atelier::training {
namespace {

constexpr std::size_t kFewestTaught = 8;   // ten works less the two that are held out
constexpr std::size_t kWorksAimedAt = 48;  // works whose statistics, averaged, are what the mean code aims at
constexpr std::int64_t kRealWindows = 2;   // as many as there are paintings in a step
constexpr double kWarmUp = 0.03;           // share of the time in which the rates rise

// The discriminator begins before the painter hears it: an untrained one has nothing to say.
constexpr double kGameFrom = 0.15, kHeardFrom = 0.25;
constexpr double kGameWeight = 0.3;

/// One work of the collection.
struct Work {
  at::Tensor bytes;   ///< [3, H, W] uint8, short side kTuningSide
  at::Tensor offset;  ///< [1, code_dim]: its code less the mean
  StyleLook look;     ///< empty until it is needed
};

class CollectionTuner {
 public:
  CollectionTuner(const model::ModelBundle& bundle, const std::vector<Image>& works,
                  const std::vector<Image>& contents, const CollectionTuningOptions& options)
      : options_(options),
        clock_(options.minutes, options.steps),
        painter_(bundle),
        ruler_(painter_.phi(), options.networks),
        game_(options.adaptive_augmentation, options.seed) {
    look_at(works);
    scenes_ = cut_scenes(contents, options_.seed);
    measure(scenes_, ruler_, painter_, options_.detail);
  }

  TunedCollection run() {
    tuned_.before = best_scores_ = measure_held_out();
    learn();
    if (best_score_ < kMustGain) {
      tuned_.code = painter_.code_of(best_);
      tuned_.delta = painter_.delta_of(best_);
      tuned_.after = best_scores_;
    } else {
      tuned_.code = tuned_.mean_code;
      tuned_.after = tuned_.before;
    }
    tuned_.finished = pending_signal() == 0;
    tuned_.steps = clock_.steps();
    tuned_.seconds = clock_.seconds();
    tuned_.games = game_.games();
    tuned_.accuracy = game_.accuracy();
    tuned_.augmentation = game_.augmentation();
    return std::move(tuned_);
  }

 private:
  void look_at(const std::vector<Image>& pictures) {
    const torch::NoGradGuard no_grad;
    std::vector<at::Tensor> codes;
    for (const Image& picture : pictures) {
      require_strokes(picture, "a work of the collection");
      works_.push_back({prepared(picture, kTuningSide).mul(255).round().to(torch::kUInt8), {}, {}});
      codes.push_back(painter_.encode(prepared(picture, kEncoderSide).unsqueeze(0)));
      tuned_.work_codes.push_back(painter_.code_of({codes.back(), {}, {}}));
      tell("looking at the works");
    }
    const at::Tensor mean = torch::cat(codes).mean(0, /*keepdim=*/true);
    for (std::size_t i = 0; i < works_.size(); ++i) works_[i].offset = codes[i] - mean;
    std::vector<StyleLook> looks;
    for (std::size_t i = 0; i < std::min(kWorksAimedAt, works_.size()); ++i)
      looks.push_back(look_of(works_[i]));
    together_ = averaged(looks);
    painter_.set_code(mean);
    best_ = first_ = painter_.snapshot();
    code_spread_ = mean.square().mean().item<double>() + 1e-6;
    tuned_.mean_code = painter_.code_of(first_);
  }

  const StyleLook& look_of(Work& work) {
    const torch::NoGradGuard no_grad;
    if (work.look.empty())
      work.look = ruler_.look_of(ruler_.view(work.bytes.to(torch::kFloat32).div(255).unsqueeze(0)));
    return work.look;
  }

  void learn() {
    PainterAdam adam(painter_, true, true);
    PainterAverage average(painter_);
    double scored = clock_.spent();
    const double from = scored;
    int bad = 0;
    while (pending_signal() == 0 && bad < kMostBadSteps) {
      const double now = clock_.spent();
      if (now + cost_of_score_ >= 1) break;
      const double progress = (now - from) / (1 - from);
      adam.set_rates(annealed(progress) * std::min(1.0, 0.1 + progress / kWarmUp));
      const bool good = step(adam, progress);
      if (good) average.follow(painter_);
      bad = good ? 0 : bad + 1;
      if (clock_.spent() - scored > 1.0 / kScores) {
        score_now(average);
        scored = clock_.spent();
      }
      tell(best_score_ < 1
               ? "style " + std::to_string(std::lround(best_score_ * 100)) + " % of the mean code's"
               : "learning");
    }
    score_now(average);
    if (bad == kMostBadSteps) spdlog::warn("the training gave numbers that are not finite; it stopped there");
  }

  // Two paintings a step: one in the collection's own code, one in a work's. False, and nothing changed, when
  // a number was not finite.
  bool step(PainterAdam& adam, double progress) {
    Random random = random_for(options_.seed, clock_.steps(), 3);
    const auto next = [&]() -> const TuningScene& {
      return scenes_.training[next_scene(order_, scenes_.training.size(), options_.seed, clock_.steps())];
    };
    const TuningScene &first = next(), &second = next();
    Work& work = works_[random() % works_.size()];
    clock_.count_step();

    adam.zero_grad();
    const at::Tensor photos = torch::cat({first.photo, second.photo});
    const at::Tensor paintings = paint(photos, work);
    const TuningRuler::View seen = ruler_.view(paintings);
    const TuningRuler::Structure structure = ruler_.structure_of(seen);
    at::Tensor loss =
        ruler_.style_loss(seen, stacked({together_, look_of(work)})) +
        ruler_.structure_loss(structure, both(first, second), torch::cat({first.weights, second.weights})) *
            content_weight_.value() +
        guards(paintings, photos) +
        (painter_.code() - first_.code).square().mean() / code_spread_ * kCodeAnchor;
    const at::Tensor windows = window(paintings, random);
    if (progress >= kHeardFrom) loss = loss + game_.persuade(windows) * kGameWeight;
    loss.backward();
    if (!std::isfinite(loss.item<double>())) return false;
    adam.step();
    if (progress >= kGameFrom) game_.teach(works_windows(random), windows);

    const torch::NoGradGuard no_grad;
    content_weight_.follow(own_structure_loss(structure, first).item<double>() / scenes_.zero_shot_content,
                           options_.most_content);
    return true;
  }

  at::Tensor paint(const at::Tensor& photos, const Work& work) {
    return painter_.paint(photos, torch::cat({painter_.code(), painter_.code() + work.offset}),
                          options_.detail);
  }

  static TuningRuler::Structure both(const TuningScene& first, const TuningScene& second) {
    TuningRuler::Structure structure;
    for (std::size_t i = 0; i < first.structure.size(); ++i)
      structure.push_back(torch::cat({first.structure[i], second.structure[i]}));
    return structure;
  }

  // Of the painting in the collection's code, the first of a step: the one whose zero-shot is known.
  at::Tensor own_structure_loss(const TuningRuler::Structure& structure, const TuningScene& scene) const {
    TuningRuler::Structure own;
    for (const at::Tensor& tap : structure) own.push_back(tap.narrow(0, 0, 1));
    return structure_lost(ruler_, own, scene);
  }

  static at::Tensor window(const at::Tensor& pictures, Random& random) {
    const auto place = [&](std::int64_t axis) {
      return std::uniform_int_distribution<std::int64_t>(
          0, pictures.size(axis) - CollectionGame::kWindow)(random);
    };
    const auto top = place(2), left = place(3);
    return pictures.narrow(2, top, CollectionGame::kWindow).narrow(3, left, CollectionGame::kWindow);
  }

  at::Tensor works_windows(Random& random) const {
    std::vector<at::Tensor> windows;
    for (std::int64_t i = 0; i < kRealWindows; ++i)
      windows.push_back(
          random_crop(works_[random() % works_.size()].bytes, CollectionGame::kWindow, 1, random));
    return torch::stack(windows);
  }

  // Every held-out scene in the collection's code and in a work's.
  TuningScore measure_held_out() {
    const torch::NoGradGuard no_grad;
    TuningScore mean;
    const auto count = static_cast<double>(scenes_.held_out.size());
    for (std::size_t i = 0; i < scenes_.held_out.size(); ++i) {
      const TuningScene& scene = scenes_.held_out[i];
      Work& work = works_[i * works_.size() / scenes_.held_out.size()];
      const at::Tensor paintings = paint(scene.photo.expand({2, -1, -1, -1}), work);
      const TuningRuler::View seen = ruler_.view(paintings);
      mean.style += ruler_.style_loss(seen, stacked({together_, look_of(work)})).item<double>() / count;
      mean.content += own_structure_loss(ruler_.structure_of(seen), scene).item<double>() / count;
    }
    return mean;
  }

  void score_now(const PainterAverage& average) {
    const double before = clock_.spent();
    const StylePainter::State now = painter_.snapshot();
    painter_.restore(average.state());
    const TuningScore measured = measure_held_out();
    const double value = relative_score(measured, tuned_.before, options_.most_content);
    spdlog::debug(
        "step {}: style {:.4f}, content {:.4f}, score {:.4f}, content weight {:.2f}, accuracy {:.2f}, p "
        "{:.2f}",
        clock_.steps(), measured.style, measured.content, value, content_weight_.value(), game_.accuracy(),
        game_.augmentation());
    if (value < best_score_) {
      best_score_ = value;
      best_scores_ = measured;
      best_ = painter_.snapshot();
    }
    painter_.restore(now);
    cost_of_score_ = clock_.spent() - before;
  }

  void tell(const std::string& note) const {
    if (options_.progress)
      options_.progress(std::clamp(clock_.spent(), 1e-3, 1.0), clock_.steps(), clock_.seconds_left(), note);
  }

  const CollectionTuningOptions& options_;
  TuningClock clock_;
  StylePainter painter_;
  TuningRuler ruler_;
  CollectionGame game_;
  std::vector<Work> works_;
  StyleLook together_;
  TuningScenes scenes_;
  std::vector<std::size_t> order_;  ///< scenes still to come in this round
  TunedCollection tuned_;
  TuningScore best_scores_;
  StylePainter::State first_, best_;
  ContentWeight content_weight_;
  double best_score_ = 1, code_spread_ = 1;
  double cost_of_score_ = 0;  ///< in shares of the time
};

}  // namespace

StyleCode TunedCollection::code_like(std::size_t work) const {
  StyleCode like = work_codes.at(work);
  for (std::size_t i = 0; i < like.values.size(); ++i) like.values[i] += code.values[i] - mean_code.values[i];
  return like;
}

TunedCollection tune_collection(const model::ModelBundle& bundle, const std::vector<Image>& works,
                                const std::vector<Image>& contents, const CollectionTuningOptions& options) {
  if (works.size() < kFewestTaught) {
    throw Error(ErrorCode::BadData, "collection.too_few",
                std::to_string(works.size()) + " works are too few to learn a collection from; at least " +
                    std::to_string(kFewestTaught) + " are needed beside those kept aside");
  }
  if (contents.empty()) throw Error(ErrorCode::Usage, "tuning.pictures", "a photo to train on is needed");
  return CollectionTuner(bundle, works, contents, options).run();
}

}  // namespace atelier::training

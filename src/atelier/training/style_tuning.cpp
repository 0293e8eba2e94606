#include "atelier/training/style_tuning.h"

#include <spdlog/spdlog.h>
#include <torch/torch.h>

#include <algorithm>
#include <cmath>

#include "atelier/core/cancel.h"
#include "atelier/core/error.h"
#include "atelier/tensor/image_tensor.h"
#include "atelier/training/detail/painter_adam.h"
#include "atelier/training/detail/painter_average.h"
#include "atelier/training/detail/style_painter.h"
#include "atelier/training/detail/tuning_clock.h"
#include "atelier/training/detail/tuning_losses.h"
#include "atelier/training/detail/tuning_ruler.h"
#include "atelier/training/detail/tuning_scenes.h"

namespace atelier::training {
namespace {

constexpr int kSmallestSide = 64;

std::string size_text(const Image& picture) {
  return std::to_string(picture.width()) + "x" + std::to_string(picture.height());
}

bool is_one_colour(const at::Tensor& picture) {
  return (picture.amax({1, 2}) - picture.amin({1, 2})).max().item<double>() < 3.0 / 255;
}

class Tuner {
 public:
  Tuner(const model::ModelBundle& bundle, const std::vector<Image>& styles,
        const std::vector<Image>& contents, const StyleTuningOptions& options)
      : options_(options),
        clock_(options.minutes, options.steps),
        painter_(bundle),
        ruler_(painter_.phi(), options.networks) {
    learn_targets(styles);
    scenes_ = cut_scenes(contents, options_.seed);
    measure(scenes_, ruler_, painter_, options_.detail);
  }

  TunedStyle run() {
    const TuningLevel top = options_.level.value_or(level_for(options_.minutes));
    TunedStyle tuned;
    tuned.zero_shot = painter_.code_of(best_);
    first_ = best_;
    zero_shot_ = best_scores_ = measure_held_out();
    tuned.rungs.push_back({TuningLevel::ZeroShot, zero_shot_, 0, clock_.seconds()});
    double best_of_simpler = best_score_ = 1;
    StylePainter::State kept = best_;
    for (const Stretch& stretch : plan(top)) {
      const std::int64_t steps_before = clock_.steps();
      if (!tuned.finished || clock_.spent() >= stretch.until) continue;
      tuned.finished = climb(stretch.level, stretch.until);
      tuned.rungs.push_back({stretch.level, best_scores_, clock_.steps() - steps_before, clock_.seconds()});
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
    std::vector<StyleLook> seen;
    at::Tensor code;
    for (const Image& style : styles) {
      require_strokes(style, "a style picture");
      seen.push_back(ruler_.look_of(ruler_.view(prepared(style, kTuningSide).unsqueeze(0))));
      const at::Tensor own = painter_.encode(prepared(style, kEncoderSide).unsqueeze(0));
      code = code.defined() ? code + own : own;
    }
    target_ = averaged(seen);
    painter_.set_code(code / static_cast<double>(styles.size()));
    best_ = painter_.snapshot();
    code_spread_ = best_.code.square().mean().item<double>() + 1e-6;
  }

  TuningScore measure_held_out() {
    const torch::NoGradGuard no_grad;
    TuningScore mean;
    const auto count = static_cast<double>(scenes_.held_out.size());
    for (const TuningScene& scene : scenes_.held_out) {
      const TuningRuler::View seen = ruler_.view(painter_.paint(scene.photo, options_.detail));
      mean.style += ruler_.style_loss(seen, target_).item<double>() / count;
      mean.content += structure_lost(ruler_, ruler_.structure_of(seen), scene).item<double>() / count;
    }
    return mean;
  }

  void keep_if_best() {
    const TuningScore measured = measure_held_out();
    const double value = relative_score(measured, zero_shot_, options_.most_content);
    spdlog::debug("step {}: style {:.4f}, content {:.4f}, score {:.4f}, content weight {:.2f}",
                  clock_.steps(), measured.style, measured.content, value, content_weight_.value());
    if (!(value < best_score_)) return;
    best_score_ = value;
    best_scores_ = measured;
    best_ = painter_.snapshot();
  }

  // False when a signal ended it.
  bool climb(TuningLevel level, double until) {
    painter_.restore(best_);
    PainterAdam adam(painter_, level != TuningLevel::Code, level == TuningLevel::Layers);
    PainterAverage average(painter_);
    const double from = clock_.spent();
    double scored = from;
    int bad = 0;
    while (pending_signal() == 0 && bad < kMostBadSteps) {
      const double now = clock_.spent();
      if (now + cost_of_score_ >= until) break;
      adam.set_rates(annealed((now - from) / (until - from)));
      const bool good = step(adam);
      if (good) average.follow(painter_);
      bad = good ? 0 : bad + 1;
      if (now - scored > 1.0 / kScores) {
        score_now(level, average);
        scored = clock_.spent();
      }
      tell(level);
    }
    score_now(level, average);
    if (bad == kMostBadSteps)
      spdlog::warn("level {}: gave numbers that are not finite; stopped there", to_string(level));
    return pending_signal() == 0;
  }

  void score_now(TuningLevel level, const PainterAverage& average) {
    const double before = clock_.spent();
    const StylePainter::State now = painter_.snapshot();
    painter_.restore(average.state());
    keep_if_best();
    painter_.restore(now);
    cost_of_score_ = clock_.spent() - before;
    tell(level);
  }

  // False, and nothing changed, when a number was not finite.
  bool step(PainterAdam& adam) {
    const TuningScene& scene =
        scenes_.training[next_scene(order_, scenes_.training.size(), options_.seed, clock_.steps())];
    clock_.count_step();

    adam.zero_grad();
    const at::Tensor painting = painter_.paint(scene.photo, options_.detail);
    const TuningRuler::View seen = ruler_.view(painting);
    const at::Tensor content = structure_lost(ruler_, ruler_.structure_of(seen), scene);
    at::Tensor loss =
        ruler_.style_loss(seen, target_) + content * content_weight_.value() + guards(painting, scene.photo);
    loss = loss + (painter_.code() - first_.code).square().mean() / code_spread_ * kCodeAnchor;
    loss.backward();
    if (!std::isfinite(loss.item<double>())) return false;
    adam.step();

    content_weight_.follow(content.item<double>() / scenes_.zero_shot_content, options_.most_content);
    return true;
  }

  void tell(TuningLevel level) const {
    if (!options_.progress) return;
    std::string note = to_string(level);
    if (best_score_ < 1)
      note += ", style " + std::to_string(std::lround(best_score_ * 100)) + " % of zero-shot's";
    options_.progress(std::clamp(clock_.spent(), 1e-3, 1.0), clock_.steps(), clock_.seconds_left(), note);
  }

  const StyleTuningOptions& options_;
  TuningClock clock_;
  StylePainter painter_;
  TuningRuler ruler_;
  StyleLook target_;
  TuningScenes scenes_;
  std::vector<std::size_t> order_;  ///< scenes still to come in this round
  TuningScore zero_shot_, best_scores_;
  StylePainter::State first_, best_;
  ContentWeight content_weight_;
  double best_score_ = 1, code_spread_ = 1;
  double cost_of_score_ = 0;  ///< in shares of the time
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
                    std::to_string(kTuningSide));
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
                  std::to_string(kSmallestSide) + " pixels on a side, better " + std::to_string(kTuningSide));
}

TunedStyle tune_style(const model::ModelBundle& bundle, const std::vector<Image>& styles,
                      const std::vector<Image>& contents, const StyleTuningOptions& options) {
  if (styles.empty() || contents.empty())
    throw Error(ErrorCode::Usage, "tuning.pictures", "a style picture and a photo to train on are needed");
  return Tuner(bundle, styles, contents, options).run();
}

}  // namespace atelier::training

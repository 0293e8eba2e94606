#include "atelier/training/distillation.h"

#include <spdlog/spdlog.h>
#include <torch/torch.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "atelier/core/cancel.h"
#include "atelier/core/error.h"
#include "atelier/nn/style_encoder.h"
#include "atelier/nn/style_statistics.h"
#include "atelier/tensor/canvas.h"
#include "atelier/tensor/image_tensor.h"
#include "atelier/training/detail/distillation_plan.h"
#include "atelier/training/detail/distillation_ruler.h"
#include "atelier/training/detail/judge.h"
#include "atelier/training/detail/networks.h"
#include "atelier/training/detail/subpixel_sums.h"
#include "atelier/training/detail/tuning_clock.h"
#include "atelier/training/style_tuning.h"
#include "atelier/training/tuning_split.h"

namespace atelier::training {
namespace {

using nlohmann::json;

constexpr double kRateOfFirst = 2e-3,
                 kRateOfMore = 1e-3;  // from random weights; from weights that paint already
constexpr int kWarmUpSteps = 100;
constexpr double kMostGradient = 5, kAveraged = 0.998;
constexpr int kOwnCodeEvery = 4;  // steps, as the identity term of base training
constexpr double kLargeCropsFrom = 0.75;
constexpr int kMeasuredSide = 256;
constexpr std::size_t kMostMeasured = 120;

struct BatchShape {
  int crop, batch;
};

GeneratorOptions student_options(const model::Manifest& manifest, const std::string& size) {
  GeneratorOptions options = GeneratorOptions::named(size);
  options.code_dim = manifest.generator.code_dim;
  return options;
}

bool teaches_identity(const model::Manifest& manifest) {
  static const json::json_pointer kWeight("/recipe/loss/identity");
  const json& training = manifest.training;
  return training.contains(kWeight) && training.at(kWeight).is_number() && training.at(kWeight) > 0;
}

class Distiller {
 public:
  Distiller(const model::ModelBundle& bundle, std::vector<Image> photos, const DistillationOptions& options)
      : bundle_(bundle),
        options_(options),
        earlier_(bundle.manifest().distilled.find(options.size)),
        goes_on_(earlier_ != bundle.manifest().distilled.end() && !options.fresh),
        teacher_(bundle.manifest().generator),
        phi_(bundle.manifest().perceptual),
        encoder_(bundle.manifest().encoder, bundle.manifest().perceptual),
        ruler_(phi_),
        gallery_(codes_of(bundle.styles())),
        has_identity_(teaches_identity(bundle.manifest())) {
    load_frozen(*teacher_, bundle.generator());
    load_frozen(*phi_, bundle.perceptual());
    load_frozen(*encoder_, bundle.encoder());
    begin_student();
    share_out(std::move(photos));
  }

  Distillation run() {
    Distillation result;
    if (goes_on_) result.before = measure();
    clock_ = TuningClock(options_.minutes, options_.steps);
    learn();
    result.steps = clock_.steps();
    result.seconds = learned_seconds_ = clock_.seconds();
    result.after = measure();
    result.finished = result.after.has_value();
    if (result.steps > 0) write(result.after);
    return result;
  }

 private:
  void begin_student() {
    torch::manual_seed(options_.seed);
    const GeneratorOptions named = student_options(bundle_.manifest(), options_.size);
    const GeneratorOptions shape = goes_on_ ? earlier_->second.generator : named;
    student_ = nn::Generator(shape);
    averaged_ = nn::Generator(shape);
    if (goes_on_) {
      const auto weights = model::ModelBundle::open(bundle_.folder(), options_.size);
      tensor::load_state(*student_, tensor::to_tensors(weights->generator()), weights->generator().name());
    } else {
      inherit();
    }
    tensor::load_state(*averaged_, tensor::state_of(*student_), "student");
    for (at::Tensor& parameter : averaged_->parameters()) parameter.set_requires_grad(false);
  }

  // What has the teacher's shape, above all the style's own layer, begins as the teacher's.
  void inherit() {
    const torch::NoGradGuard no_grad;
    const tensor::TensorMap from = tensor::state_of(*teacher_);
    for (auto&& [name, weight] : tensor::state_of(*student_)) {
      const auto found = from.find(name);
      if (found != from.end() && found->second.sizes() == weight.sizes()) weight.copy_(found->second);
    }
  }

  void share_out(std::vector<Image> photos) {
    const TuningSplit split = split_contents(photos.size());
    std::vector<at::Tensor> training;
    for (const std::size_t i : split.training) training.push_back(tensor::to_bytes(photos[i]));
    for (const std::size_t i : split.held_out)
      held_out_.push_back(middle_square(tensor::to_bytes(photos[i]), kMeasuredSide).unsqueeze(0));
    training_photos_ = training.size();
    planner_ = std::make_unique<DistillationPlanner>(std::move(training), gallery_, options_.seed);
  }

  BatchShape shape_at(double progress) const {
    const bool large = progress >= kLargeCropsFrom;
    return {options_.crop > 0 ? options_.crop
            : large           ? 192
                              : 128,
            options_.batch > 0 ? options_.batch
            : large            ? 2
                               : 4};
  }

  void learn() {
    torch::optim::Adam adam(student_->parameters(),
                            torch::optim::AdamOptions(kRateOfFirst).betas({0.9, 0.99}));
    int bad = 0;
    double saved = 0;
    while (pending_signal() == 0 && clock_.spent() < 1) {
      const double progress = clock_.spent();
      const double warm = std::min(1.0, static_cast<double>(clock_.steps() + 1) / kWarmUpSteps);
      for (auto& group : adam.param_groups())
        static_cast<torch::optim::AdamOptions&>(group.options())
            .lr((goes_on_ ? kRateOfMore : kRateOfFirst) * annealed(progress) * warm);
      bad = step(adam, shape_at(progress)) ? 0 : bad + 1;
      if (bad == kMostBadSteps) {
        throw Error(ErrorCode::Internal, "distil.diverged",
                    "the student's loss was not finite " + std::to_string(bad) +
                        " times in a row; begin again with --fresh and another --seed");
      }
      tell();
      if (clock_.seconds() - saved < options_.save_minutes * 60) continue;
      saved = learned_seconds_ = clock_.seconds();
      spdlog::info("step {}: mean difference to the teacher {:.4f}", clock_.steps(), mean_pixels_);
      write({});
    }
  }

  // False, and nothing changed, when a number was not finite.
  bool step(torch::optim::Adam& adam, const BatchShape& shape) {
    DistillationBatch batch = planner_->batch(clock_.steps(), shape.crop, shape.batch);
    const at::Tensor seen = tensor::on_canvas(batch.photos, bundle_.manifest().canvas, clock_.steps());
    const bool own_code = has_identity_ && clock_.steps() % kOwnCodeEvery == 0;
    clock_.count_step();
    at::Tensor wanted;
    {
      const torch::NoGradGuard no_grad;
      if (own_code) paint_first_as_itself(batch);
      wanted = teacher_->forward(seen, batch.codes, batch.stroke_log2, batch.detail);
    }
    adam.zero_grad();
    const PaintingDistance distance =
        ruler_.distance(student_->forward(seen, batch.codes, batch.stroke_log2, batch.detail), wanted);
    const at::Tensor loss = distance.total();
    loss.backward();
    const double norm = torch::nn::utils::clip_grad_norm_(student_->parameters(), kMostGradient);
    if (!std::isfinite(loss.item<double>()) || !std::isfinite(norm)) return false;
    adam.step();
    average_into(*averaged_, *student_, kAveraged, clock_.steps());

    const auto pixels = distance.pixels.item<double>();
    mean_pixels_ = mean_pixels_ == 0 ? pixels : 0.99 * mean_pixels_ + 0.01 * pixels;
    if (clock_.steps() % 100 == 0) {
      spdlog::debug("step {}: pixels {:.4f}, features {:.3f}, style {:.3f}, gradient {:.2f}, {:.3f} s a step",
                    clock_.steps(), mean_pixels_, distance.features.item<double>(),
                    distance.style.item<double>(), norm,
                    clock_.seconds() / static_cast<double>(clock_.steps()));
    }
    return true;
  }

  // In its own code, with all of its detail, a photo comes back: what strength and blends lean on.
  void paint_first_as_itself(DistillationBatch& batch) {
    const at::Tensor photo = batch.photos.narrow(0, 0, 1);
    batch.codes[0].copy_(encoder_->forward(nn::style_statistics(photo, *phi_))[0]);
    batch.stroke_log2[0].zero_();
    batch.detail[0].fill_(1);
  }

  // Nothing once a signal has come.
  std::optional<DistillationScore> measure() {
    const torch::NoGradGuard no_grad;
    const auto& styles = bundle_.styles().styles();
    const std::size_t count = std::min(styles.size(), kMostMeasured);
    nn::Generator student(averaged_->options());
    tensor::load_state(*student, shipped(), "student");
    DistillationScore mean{.paintings = count};
    for (std::size_t i = 0; i < count; ++i) {
      if (pending_signal() != 0) return {};
      const std::size_t style = i * styles.size() / count;
      const at::Tensor photo = tensor::on_canvas(held_out_[i % held_out_.size()], bundle_.manifest().canvas);
      const at::Tensor code = gallery_.narrow(0, static_cast<std::int64_t>(style), 1);
      const float dial = styles[style].detail >= 0 ? styles[style].detail : bundle_.manifest().default_detail;
      const at::Tensor detail = torch::full({1}, dial),
                       stroke = torch::full({1}, std::log2(bundle_.manifest().strokes.told));
      const at::Tensor wanted = teacher_->forward(photo, code, stroke, detail);
      const at::Tensor painting = student->forward(photo, code, stroke, detail);
      const PaintingDistance distance = ruler_.distance(painting, wanted);
      const auto share = 1.0 / static_cast<double>(count);
      const double squared = std::max(1e-10, (painting - wanted).square().mean().item<double>());
      mean.l1 += distance.pixels.item<double>() * share;
      mean.psnr += -10 * std::log10(squared) * share;
      mean.features += distance.features.item<double>() * share;
      mean.style += distance.style.item<double>() * share;
    }
    return mean;
  }

  tensor::TensorMap shipped() const {
    tensor::TensorMap tensors;
    for (const auto& [name, value] : tensor::state_of(*averaged_)) tensors[name] = value.clone();
    equalise_subpixel_sums(tensors.at("out.conv.weight"), tensors.at("out.conv.bias"));
    return tensors;
  }

  void write(const std::optional<DistillationScore>& score) const {
    model::DistilledGenerator entry{.generator = student_->options()};
    const json before = goes_on_ ? earlier_->second.training : json::object();
    entry.training = {{"teacher", bundle_.manifest().sha256.at("generator.safetensors")},
                      {"steps", before.value("steps", std::int64_t{0}) + clock_.steps()},
                      {"minutes", before.value("minutes", 0.0) + learned_seconds_ / 60},
                      {"photos", training_photos_},
                      {"seed", options_.seed}};
    if (score) {
      entry.metrics = to_json(*score);
      entry.metrics.update({{"held_out_photos", held_out_.size()}, {"side", kMeasuredSide}});
    }
    model::write_distilled(bundle_.folder(), entry, tensor::to_named(shipped()));
  }

  void tell() const {
    if (!options_.progress) return;
    char note[64];
    std::snprintf(note, sizeof note, "difference to the teacher %.4f", mean_pixels_);
    options_.progress(std::clamp(clock_.spent(), 1e-3, 1.0), clock_.steps(), clock_.seconds_left(), note);
  }

  const model::ModelBundle& bundle_;
  const DistillationOptions& options_;
  const std::map<std::string, model::DistilledGenerator>::const_iterator earlier_;
  const bool goes_on_;
  nn::Generator teacher_, student_{nullptr}, averaged_{nullptr};
  nn::PerceptualNetwork phi_;
  nn::StyleEncoder encoder_;
  DistillationRuler ruler_;
  at::Tensor gallery_;
  const bool has_identity_;
  std::unique_ptr<DistillationPlanner> planner_;
  std::vector<at::Tensor> held_out_;  ///< [1, 3, kMeasuredSide, kMeasuredSide]
  std::size_t training_photos_ = 0;
  TuningClock clock_{1, 1};
  double mean_pixels_ = 0, learned_seconds_ = 0;
};

void require_good(const model::ModelBundle& bundle, const std::vector<Image>& photos,
                  const DistillationOptions& options) {
  GeneratorOptions::named(options.size);
  const auto refuse = [](const char* id, const std::string& message) {
    throw Error(ErrorCode::Usage, id, message);
  };
  if (options.size == bundle.manifest().generator.size) {
    refuse("distil.size", "--size " + options.size +
                              ": the model's own generator has this size; choose another of XS, S, M and L");
  }
  if (bundle.styles().styles().empty())
    refuse("distil.styles",
           "the model's gallery is empty, so there is nothing to paint in; use another --model");
  if (photos.empty()) refuse("distil.photos", "photos to paint are needed; name a folder with --content");
  const int crop = options.crop;
  if (crop != 0 && (crop < 32 || crop > 512 || crop % 16 != 0))
    refuse("distil.crop", "--crop " + std::to_string(crop) + " must be a multiple of 16 from 32 to 512");
  for (const Image& photo : photos) require_structure(photo, "a photo to learn on");
}

}  // namespace

json to_json(const DistillationScore& score) {
  return {{"l1", score.l1},
          {"psnr", score.psnr},
          {"features", score.features},
          {"style", score.style},
          {"paintings", score.paintings}};
}

Distillation distil(const model::ModelBundle& bundle, std::vector<Image> photos,
                    const DistillationOptions& options) {
  require_good(bundle, photos, options);
  return Distiller(bundle, std::move(photos), options).run();
}

}  // namespace atelier::training

#include "atelier/training/detail/train_step.h"

#include <torch/torch.h>

#include <algorithm>
#include <cmath>

#include "atelier/losses/diff_augment.h"
#include "atelier/losses/gradient_penalty.h"
#include "atelier/losses/perceptual_losses.h"
#include "atelier/losses/pixel_losses.h"
#include "atelier/losses/quiet_guard.h"
#include "atelier/losses/shift_consistency.h"
#include "atelier/training/detail/crops.h"

namespace atelier::training {
namespace {

constexpr double kCodeNoise = 0.05;  // of the code's spread over the batch
constexpr int kShiftEvery = 3, kIdentityEvery = 4, kCodeEvery = 4, kBalanceEvery = 50;
constexpr double kDiscriminatorLead =
    0.03;  // D starts this much earlier, so that G never meets an untrained one

void to_device(StyleBatch& batch, c10::Device device) {
  if (device.is_cpu()) return;
  batch.described.texture = batch.described.texture.to(device);
  batch.described.palette = batch.described.palette.to(device);
  batch.stroke_log2 = batch.stroke_log2.to(device);
  batch.quiet = batch.quiet.to(device);
  for (auto& target : batch.targets) {
    for (nn::LayerStatistics& layer : target) {
      layer = {layer.mean.to(device), layer.std.to(device), layer.gram.to(device)};
    }
  }
}

std::vector<at::Tensor> detached(const std::vector<at::Tensor>& tensors) {
  std::vector<at::Tensor> without_history;
  for (const at::Tensor& tensor : tensors) without_history.push_back(tensor.detach());
  return without_history;
}

}  // namespace

struct TrainStep::Scene {
  at::Tensor content, seen, code, stroke_log2, detail, painting;  // seen: content on its canvas
  View judged_taps;  // of the painting, where discriminators see features
  bool blended = false, game_on = false;
};

TrainStep::TrainStep(const TrainingOptions& options, TrainedNetworks& networks, nn::PerceptualNetwork phi,
                     std::vector<std::unique_ptr<nn::FeatureNetwork>> references,
                     const StyleCatalogue& catalogue, c10::Device device)
    : options_(options),
      networks_(networks),
      phi_(std::move(phi)),
      references_(std::move(references)),
      catalogue_(catalogue),
      device_(device),
      game_(losses::AdversarialLoss::parse(options.adversarial.kind)) {
  for (std::size_t i = 0; i < options.networks.size(); ++i) {
    if (options.networks[i].kind == options.adversarial.sees) judge_sees_ = i;
  }
}

at::Tensor TrainStep::window(const at::Tensor& pictures, std::uint64_t seed) const {
  const auto side = std::min<std::int64_t>({options_.adversarial.crop, pictures.size(2), pictures.size(3)});
  Random random(seed);
  const auto pick = [&](std::int64_t room) {
    return std::uniform_int_distribution<std::int64_t>(0, room)(random);
  };
  const auto top = pick(pictures.size(2) - side), left = pick(pictures.size(3) - side);
  return pictures.narrow(2, top, side).narrow(3, left, side);
}

void TrainStep::measure_balance(const at::Tensor& painting, const at::Tensor& content,
                                const at::Tensor& style, StepReport& report) {
  const auto norm = [&](const at::Tensor& loss) {
    return torch::autograd::grad({loss}, {painting}, {}, /*retain_graph=*/true)[0].norm().item<double>();
  };
  const double content_norm = norm(content);
  if (content_norm <= 0) return;
  gradient_ratio_ += 0.2 * (norm(style) / content_norm - gradient_ratio_);
  report.style_to_content = gradient_ratio_;
}

void TrainStep::balance() {
  const double miss = gradient_ratio_ > 3     ? 3 / gradient_ratio_
                      : gradient_ratio_ < 0.5 ? 0.5 / gradient_ratio_
                                              : 1;
  style_scale_ = std::clamp(style_scale_ * std::pow(miss, 0.1), 0.4, 2.0);
}

at::Tensor TrainStep::painter_loss(const StepPlan& plan, std::int64_t step, double progress, Scene& scene,
                                   StepReport& report) {
  const LossWeights& weight = options_.loss;
  StyleBatch style = stack(plan.styles);
  to_device(style, device_);
  scene.content = plan.content.to(device_);
  scene.seen = (scene.content + plan.canvas.to(device_)).clamp(0, 1);
  scene.detail = plan.detail.to(device_);
  scene.stroke_log2 = style.stroke_log2;
  scene.code = networks_.encoder(style.described);
  if (!plan.blend_with.empty()) {
    StyleBatch other = stack(plan.blend_with);
    to_device(other, device_);
    const at::Tensor t = plan.blend.to(device_);
    scene.code = torch::lerp(scene.code, networks_.encoder(other.described), t.unsqueeze(1));
    scene.stroke_log2 = torch::lerp(scene.stroke_log2, other.stroke_log2, t);
    style.quiet = torch::lerp(style.quiet, other.quiet, t);
    for (std::size_t i = 0; i < style.targets.size(); ++i)
      style.targets[i] = nn::mix(style.targets[i], other.targets[i], t);
    scene.blended = true;
  }
  const at::Tensor noise = torch::randn_like(scene.code) * scene.code.detach().std() * kCodeNoise;
  scene.painting =
      networks_.generator->forward(scene.seen, scene.code + noise, scene.stroke_log2, scene.detail);
  const at::Tensor& y = scene.painting;

  at::Tensor total = torch::zeros({}, y.options());
  const auto add = [&](const char* name, double w, const at::Tensor& value) {
    report.terms[name] = value.item<double>();
    report.contributions[name] = w * report.terms[name];
    total = total + value * w;
  };
  const auto on = [&](double w, double from) { return w > 0 && progress >= from; };

  // The detail dial decides how much of the photo's structure must survive, and how fine.
  const at::Tensor keep = scene.detail * (1 - weight.content_at_detail_0) + weight.content_at_detail_0;
  at::Tensor content_total = torch::zeros({}, y.options());
  const auto add_content = [&](nn::FeatureNetwork& network, const std::vector<at::Tensor>& taps,
                               const losses::ContentLoss& loss, double share, const std::string& suffix) {
    std::vector<at::Tensor> photo;
    {
      torch::NoGradGuard no_grad;
      photo = network.features(scene.content);
    }
    const at::Tensor value = loss(taps[3], photo[3], keep) + loss(taps[2], photo[2], scene.detail * 0.5);
    report.terms["content" + suffix] = value.item<double>();
    content_total = content_total + value * share;
  };

  const double ramp = std::min(1.0, weight.style_ramp_from + (1 - weight.style_ramp_from) * progress * 5);
  at::Tensor style_total = torch::zeros({}, y.options());
  const auto add_style = [&](std::size_t i, const std::vector<at::Tensor>& features, double share,
                             const std::string& suffix) {
    const auto measured = catalogue_.measure(i, features);
    const at::Tensor moments = losses::MomentLoss()(measured, style.targets[i]);
    const at::Tensor gram = losses::GramLoss()(measured, style.targets[i]);
    report.terms["moments" + suffix] = moments.item<double>();
    report.terms["gram" + suffix] = gram.item<double>();
    style_total = style_total + (moments * weight.moments + gram * weight.gram) * share;
  };
  // A phi without a say is still written down now and then: runs stay comparable.
  std::vector<at::Tensor> taps;
  if (weight.perceptual > 0 || (step + 1) % options_.log_every == 0) {
    at::AutoGradMode learned(weight.perceptual > 0);
    taps = phi_->features(y);
    add_content(*phi_, taps, losses::ContentLoss{}, weight.perceptual, "");
    add_style(0, taps, weight.perceptual, "");
  }
  for (std::size_t i = 0; i < references_.size(); ++i) {
    const ReferenceNetwork& network = options_.networks[i];
    const std::vector<at::Tensor> seen = references_[i]->features(y);
    if (network.content > 0)
      add_content(*references_[i], seen, {.standardised = false}, network.content, "." + network.kind);
    add_style(i + 1, seen, network.weight, "." + network.kind);
    if (judge_sees_ == i) scene.judged_taps = seen;
  }
  report.contributions["content"] = content_total.item<double>() * weight.content;
  total = total + content_total * weight.content;
  if (weight.sliced_wasserstein > 0 && weight.perceptual > 0 && !scene.blended) {
    // Features of the style picture itself are needed here, so this term costs a pass and is off unless asked
    // for.
    const losses::SlicedWassersteinLoss sliced;
    at::Tensor value = torch::zeros({}, y.options());
    for (std::size_t n = 0; n < plan.styles.size(); ++n) {
      const StyleEntry& entry = *plan.styles[n];
      torch::NoGradGuard no_grad;
      const auto own = phi_->features(entry.bytes.to(device_, torch::kFloat32).div(255).unsqueeze(0));
      at::AutoGradMode with_grad(true);
      for (std::size_t t = 1; t < 3; ++t) {
        const at::Tensor directions =
            losses::SlicedWassersteinLoss::directions(16, taps[t].size(1), plan.noise_seed + t).to(device_);
        value =
            value + sliced(sliced.quantiles(taps[t].narrow(0, static_cast<std::int64_t>(n), 1), directions),
                           sliced.quantiles(own[t], directions));
      }
    }
    value = value / static_cast<double>(2 * plan.styles.size());
    report.terms["sliced_wasserstein"] = value.item<double>();
    style_total = style_total + value * weight.sliced_wasserstein;
  }
  if (step % kBalanceEvery == 0) {
    measure_balance(y, content_total * weight.content, style_total * style_scale_, report);
    if (options_.balance) balance();
  }
  report.contributions["style"] = style_total.item<double>() * ramp * style_scale_;
  total = total + style_total * (ramp * style_scale_);

  if (weight.total_variation > 0)
    add("total_variation", weight.total_variation, losses::TotalVariationLoss()(y));
  if (weight.structure_guard > 0)
    add("structure_guard", weight.structure_guard, losses::StructureGuard()(y, scene.content));
  if (weight.halo_guard > 0) add("halo_guard", weight.halo_guard, losses::HaloGuard()(y, scene.content));
  if (weight.colour_guard > 0)
    add("colour_guard", weight.colour_guard, losses::ColourGuard()(y, scene.content));
  if (weight.quiet_guard > 0)
    add("quiet_guard", weight.quiet_guard, losses::QuietGuard()(y, scene.content, style.quiet));
  if (weight.grid_guard > 0) add("grid_guard", weight.grid_guard, losses::GridGuard()(y));

  const double identity = progress < weight.identity_early_until ? weight.identity : weight.identity_late;
  if (identity > 0 && step % kIdentityEvery == 0) {
    const at::Tensor own = plan.own.to(device_);
    nn::StyleStatistics described;
    {
      torch::NoGradGuard no_grad;
      described = nn::style_statistics(own, *phi_);
    }
    const at::Tensor one = torch::ones({1}, own.options()), zero = torch::zeros({1}, own.options());
    add("identity", identity,
        losses::IdentityLoss()(
            networks_.generator->forward((own + plan.canvas.narrow(0, 0, 1).to(device_)).clamp(0, 1),
                                         networks_.encoder(described), zero, one),
            own));
  }
  if (on(weight.shift, weight.shift_from) && step % kShiftEvery == 0) {
    const auto half = std::max<std::int64_t>(1, y.size(0) / 2);
    const auto first = [&](const at::Tensor& t) { return t.narrow(0, 0, half); };
    const at::Tensor moved =
        losses::ShiftConsistencyLoss::shifted(first(scene.seen), plan.shift_x, plan.shift_y);
    const at::Tensor jitter = torch::randn_like(moved) * 0.01;
    const at::Tensor again = networks_.generator->forward(moved + jitter, first(scene.code + noise),
                                                          first(scene.stroke_log2), first(scene.detail));
    add("shift", weight.shift, losses::ShiftConsistencyLoss()(first(y), again, plan.shift_x, plan.shift_y));
  }
  if (on(weight.code_consistency, weight.code_consistency_from) && step % kCodeEvery == 0) {
    const auto half = std::max<std::int64_t>(1, y.size(0) / 2);
    const at::Tensor code = networks_.encoder(nn::style_statistics(y.narrow(0, 0, half), *phi_));
    add("code_consistency", weight.code_consistency,
        losses::CodeConsistencyLoss()(code, scene.code.narrow(0, 0, half).detach()));
  }
  const double adversarial = progress >= 2.0 / 3 ? weight.adversarial_late : weight.adversarial;
  // Counted from one like the rows of metrics.jsonl, which then hold the game's terms.
  scene.game_on = adversarial > 0 && progress >= weight.adversarial_from - kDiscriminatorLead &&
                  !scene.blended && (step + 1) % options_.adversarial.every == 0;
  if (scene.game_on && progress >= weight.adversarial_from) {
    for (at::Tensor& p : networks_.discriminator_parameters) p.set_requires_grad(false);
    View view = scene.judged_taps;
    if (!judge_sees_) {
      auto generator = at::detail::createCPUGenerator(plan.noise_seed);
      view = {losses::diff_augment(window(y, plan.noise_seed), options_.adversarial.augment, generator)};
    }
    const auto fake = judge(view, scene.code);
    // The relativistic form compares with real logits; the other forms ignore them.
    add("adversarial", adversarial, game_.generator(fake, fake));
    for (at::Tensor& p : networks_.discriminator_parameters) p.set_requires_grad(true);
  }
  return total;
}

std::vector<at::Tensor> TrainStep::judge(const View& view, const at::Tensor& code) {
  return judge_sees_ ? networks_.feature_discriminator(view, code)
                     : networks_.discriminator(view.front(), code);
}

at::Tensor TrainStep::real_windows(const StepPlan& plan) const {
  const std::int64_t whole = plan.content.size(2);
  const auto side = judge_sees_ ? whole : std::min<std::int64_t>(options_.adversarial.crop, whole);
  std::vector<at::Tensor> windows;
  for (std::size_t n = 0; n < plan.styles.size(); ++n) {
    Random random(plan.noise_seed + 17 * (n + 1));
    windows.push_back(random_crop(plan.styles[n]->bytes, static_cast<int>(side), 1.0, random));
  }
  return torch::stack(windows).to(device_);
}

void TrainStep::play_discriminator(const StepPlan& plan, std::int64_t step, const Scene& scene,
                                   StepReport& report) {
  View real, fake;
  bool penalise = false;
  if (judge_sees_) {
    torch::NoGradGuard no_grad;
    real = references_[*judge_sees_]->features(real_windows(plan));
    fake = detached(scene.judged_taps);
  } else {
    auto generator = at::detail::createCPUGenerator(plan.noise_seed + 1);
    const auto augmented = [&](const at::Tensor& p) {
      return losses::diff_augment(p, options_.adversarial.augment, generator);
    };
    real = {augmented(real_windows(plan))};
    fake = {augmented(window(scene.painting.detach(), plan.noise_seed))};
    penalise = options_.adversarial.r1_gamma > 0 && (step + 1) % options_.adversarial.r1_every == 0;
    if (penalise) real.front().requires_grad_();
  }
  const at::Tensor code = scene.code.detach();

  networks_.discriminator_adam->zero_grad();
  const auto on_real = judge(real, code), on_fake = judge(fake, code);
  at::Tensor loss = game_.discriminator(on_real, on_fake);
  if (options_.adversarial.mismatch > 0 && code.size(0) > 1) {
    loss = loss + game_.reject(judge(detached(real), code.roll(1, 0))) * options_.adversarial.mismatch;
  }
  if (penalise) {
    loss = loss + losses::GradientPenalty{options_.adversarial.r1_gamma}(on_real, real.front()) *
                      options_.adversarial.r1_every;
  }
  loss.backward();
  const double norm =
      torch::nn::utils::clip_grad_norm_(networks_.discriminator_parameters, options_.optimiser.clip);
  if (!std::isfinite(norm)) {
    report.finite = false;
    return;
  }
  networks_.discriminator_adam->step();
  report.played = true;
  double right = 0, spread = 0;
  for (std::size_t s = 0; s < on_real.size(); ++s) {
    right += 0.5 * (on_real[s].gt(0).to(torch::kFloat32).mean() + on_fake[s].lt(0).to(torch::kFloat32).mean())
                       .item<double>();
    spread += torch::cat({on_real[s].detach().flatten(), on_fake[s].detach().flatten()}).std().item<double>();
  }
  report.accuracy = right / static_cast<double>(on_real.size());
  report.logit_spread = spread / static_cast<double>(on_real.size());
  report.game_value = losses::AdversarialLoss::value(on_real, on_fake);
}

StepReport TrainStep::run(const StepPlan& plan, std::int64_t step, double progress) {
  StepReport report;
  Scene scene;
  // Whatever LibTorch draws in this step depends on the step alone: resumed runs repeat uninterrupted ones.
  at::manual_seed(plan.noise_seed);
  networks_.painter_adam->zero_grad();
  const at::Tensor loss = painter_loss(plan, step, progress, scene, report);
  loss.backward();
  report.total = loss.item<double>();
  report.gradient_norm =
      torch::nn::utils::clip_grad_norm_(networks_.painter_parameters, options_.optimiser.clip);
  report.finite = std::isfinite(report.total) && std::isfinite(report.gradient_norm);
  if (!report.finite) return report;
  networks_.painter_adam->step();
  networks_.average(options_.optimiser.ema, step);
  if (scene.game_on) play_discriminator(plan, step, scene, report);
  return report;
}

}  // namespace atelier::training

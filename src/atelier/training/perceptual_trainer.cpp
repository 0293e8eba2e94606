#include "atelier/training/perceptual_trainer.h"

#include <torch/torch.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "atelier/core/atomic_file.h"
#include "atelier/core/cancel.h"
#include "atelier/core/error.h"
#include "atelier/core/log.h"
#include "atelier/losses/perceptual_losses.h"
#include "atelier/nn/perceptual_network.h"
#include "atelier/nn/reference_networks.h"
#include "atelier/training/detail/checkpoint.h"
#include "atelier/training/detail/crops.h"
#include "atelier/training/detail/perceptual_gate.h"
#include "atelier/training/detail/picture_library.h"
#include "atelier/training/detail/prefetcher.h"
#include "atelier/weights/sha256.h"

namespace atelier::training {
namespace {

using nlohmann::json;

// A stand-in for a painting of `picture`: aligned with it, in other colours, blurred, coarser, or overlaid
// with the texture of another picture. Distances within such pairs are what the content loss will have to
// rank.
at::Tensor altered(const at::Tensor& picture, const at::Tensor& other, Random& random) {
  const auto uniform = [&](double low, double high) {
    return std::uniform_real_distribution<double>(low, high)(random);
  };
  switch (std::uniform_int_distribution<int>(0, 4)(random)) {
    case 0:
      return recolour(picture, other);
    case 1: {
      const auto side = picture.size(1),
                 small = static_cast<std::int64_t>(static_cast<double>(side) / uniform(1.5, 4));
      return resize_antialiased(resize_antialiased(picture, small, small), side, side);
    }
    case 2:
      return (picture + torch::randn_like(picture) * uniform(0.02, 0.15)).clamp(0, 1);
    case 3:
      return ((picture - 0.5) * uniform(0.4, 1.6) + 0.5 + uniform(-0.15, 0.15)).clamp(0, 1);
    default:
      return torch::lerp(picture, other, uniform(0.15, 0.7));
  }
}

// First half pictures, second half an altered copy of each, in the same order.
at::Tensor make_batch(const std::vector<TrainingPicture>& pictures, const PerceptualTrainingOptions& options,
                      std::int64_t step) {
  torch::NoGradGuard no_grad;
  Random random = random_for(options.seed, step, 1);
  at::manual_seed(random());
  std::uniform_int_distribution<std::size_t> pick(0, pictures.size() - 1);
  const int half = options.batch / 2;
  std::vector<at::Tensor> crops;
  for (int i = 0; i < half; ++i)
    crops.push_back(random_crop(pictures[pick(random)].bytes, options.crop, 2.5, random));
  for (int i = 0; i < half; ++i) {
    crops.push_back(
        altered(crops[static_cast<std::size_t>(i)], crops[static_cast<std::size_t>((i + 1) % half)], random));
  }
  return torch::stack(crops);
}

// Relative Gram distances between all pairs of the batch, [pairs]. The logarithm makes near and far pairs
// count alike.
at::Tensor log_gram_distances(const nn::LayerStatistics& layer) {
  const at::Tensor flat = layer.gram.flatten(1);
  const at::Tensor inner = torch::matmul(flat, flat.t());
  const at::Tensor norm = inner.diagonal();
  const at::Tensor distance = (norm.unsqueeze(0) + norm.unsqueeze(1) - 2 * inner) /
                              (0.5 * (norm.unsqueeze(0) + norm.unsqueeze(1)) + 1e-8);
  const at::Tensor upper = torch::triu_indices(flat.size(0), flat.size(0), 1);
  return torch::log(distance.index({upper[0], upper[1]}).clamp_min(1e-6) + 1e-3);
}

// log |F(i) - F(i')|^2 / Var F over the aligned pairs of the batch, [batch / 2].
at::Tensor log_content_distances(const at::Tensor& tap) {
  const auto half = tap.size(0) / 2;
  const at::Tensor plain = tap.narrow(0, 0, half), other = tap.narrow(0, half, half);
  const at::Tensor spread = (plain - plain.mean({1, 2, 3}, true)).square().mean({1, 2, 3}) + 1e-6;
  return torch::log((plain - other).square().mean({1, 2, 3}) / spread + 1e-3);
}

double relative_step(std::int64_t step, double elapsed, const PerceptualTrainingOptions& options) {
  return options.steps > 0 ? static_cast<double>(step) / static_cast<double>(options.steps)
                           : elapsed / (options.minutes * 60);
}

}  // namespace

PerceptualGate train_perceptual(const PerceptualTrainingOptions& options, bool resume,
                                Progress::Style progress_style) {
  CheckpointStore store(options.run);
  const RunLock lock(options.run);
  DataReport report;
  report.role = "pictures";
  std::vector<TrainingPicture> pictures = load_pictures(options.pictures, 256, options.crop, report);
  spdlog::info("{}", report.to_text());
  const std::unique_ptr<nn::FeatureNetwork> vgg19 = nn::load_reference_network("vgg19", options.vgg19);
  const std::unique_ptr<nn::FeatureNetwork> se16x = nn::load_reference_network("se16x", options.se16x);

  // Every tenth picture is only ever measured on.
  std::vector<TrainingPicture> held_out, training;
  for (std::size_t i = 0; i < pictures.size(); ++i)
    (i % 10 == 9 ? held_out : training).push_back(std::move(pictures[i]));

  torch::manual_seed(options.seed);
  nn::PerceptualNetwork student(options.network);
  constexpr std::array<int, 4> teacher_channels = {64, 128, 256, 128};
  torch::nn::ModuleList heads;
  for (std::size_t t = 0; t < 4; ++t) {
    heads->push_back(
        torch::nn::Conv2d(torch::nn::Conv2dOptions(options.network.widths[t], teacher_channels[t], 1)));
  }
  std::vector<at::Tensor> parameters = student->parameters();
  for (const at::Tensor& p : heads->parameters()) parameters.push_back(p);
  torch::optim::Adam adam(parameters, torch::optim::AdamOptions(options.rate));

  const json identity = {{"network", options.network}, {"seed", options.seed}};
  std::int64_t step = 0;
  double elapsed_before = 0;
  if (resume) {
    if (const auto checkpoint = store.latest(identity)) {
      tensor::load_state(*student, tensor::with_prefix(checkpoint->tensors, "student."), "checkpoint");
      tensor::load_state(*heads, tensor::with_prefix(checkpoint->tensors, "heads."), "checkpoint");
      restore_adam(adam, "adam.", checkpoint->tensors);
      step = checkpoint->step;
      elapsed_before = checkpoint->elapsed_seconds;
    }
  }

  const auto teach = [&](const at::Tensor& batch) {
    torch::NoGradGuard no_grad;
    std::vector<at::Tensor> taps = vgg19->features(batch);
    at::Tensor structure = taps[3];
    taps[3] = se16x->features(batch)[3];
    return std::make_pair(taps, structure);
  };
  std::vector<at::Tensor> scale(4);  // per-channel spread of the teacher, so that every channel counts alike
  {
    const auto [taps, structure] = teach(make_batch(training, options, -1));
    for (std::size_t t = 0; t < 4; ++t) {
      const at::Tensor spread = taps[t].std({0, 2, 3}, false, true);
      // A channel that happens to be silent in this batch must not outweigh the others later.
      scale[t] = spread.maximum(spread.mean() * 0.3);
    }
  }

  Prefetcher<at::Tensor> batches(step, [&](std::int64_t s) { return make_batch(training, options, s); });
  const auto started = std::chrono::steady_clock::now();
  const auto elapsed = [&] {
    return elapsed_before + std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  };
  const auto save = [&] {
    Checkpoint checkpoint{
        .step = step, .elapsed_seconds = elapsed(), .identity = identity, .state = json::object()};
    checkpoint.tensors = tensor::state_of(*student, "student.");
    checkpoint.tensors.merge(tensor::state_of(*heads, "heads."));
    store_adam(adam, "adam.", checkpoint.tensors);
    store.save(checkpoint);
  };
  Progress progress(progress_style, "train perceptual");
  double saved_at = elapsed();
  const std::int64_t first = step;
  for (double done = relative_step(step, elapsed(), options); done < 1;
       done = relative_step(step, elapsed(), options)) {
    const at::Tensor batch = batches.next();
    const auto [teacher, structure] = teach(batch);
    const double rate = options.rate * (0.02 + 0.98 * 0.5 * (1 + std::cos(M_PI * std::min(done, 1.0))));
    for (auto& group : adam.param_groups()) static_cast<torch::optim::AdamOptions&>(group.options()).lr(rate);
    adam.zero_grad();
    const std::vector<at::Tensor> taps = student->features(batch);
    const auto own = nn::layer_statistics(taps), wanted = nn::layer_statistics(teacher);
    at::Tensor regression = torch::zeros({}), relation = torch::zeros({});
    for (std::size_t t = 0; t < 4; ++t) {
      const at::Tensor guess = heads[t]->as<torch::nn::Conv2d>()->forward(taps[t]);
      regression = regression + (guess - teacher[t] / scale[t]).square().mean();
      relation = relation + (log_gram_distances(own[t]) - log_gram_distances(wanted[t])).square().mean();
    }
    const at::Tensor content =
        (log_content_distances(taps[3]) - log_content_distances(structure)).square().mean();
    const at::Tensor loss = regression + 0.5 * relation + 0.5 * content;
    loss.backward();
    const double norm = torch::nn::utils::clip_grad_norm_(parameters, 10.0);
    if (!std::isfinite(norm)) {
      throw Error(ErrorCode::Internal, "training.diverged",
                  "the perceptual network's gradient is not finite; lower \"rate\" and resume");
    }
    adam.step();
    ++step;
    if (step % 50 == 0) {
      spdlog::info("step {}: regression {:.3f}, style relation {:.3f}, content relation {:.3f}", step,
                   regression.item<double>(), relation.item<double>(), content.item<double>());
    }
    progress.update(std::min(done, 1.0), (step - first) * options.batch,
                    (1 - done) * elapsed() / std::max(done, 1e-6), "");
    if (elapsed() - saved_at > 180) {
      save();
      saved_at = elapsed();
    }
    if (pending_signal() != 0) break;
  }
  save();
  const PerceptualGate gate = measure_perceptual(*student, *vgg19, *se16x, held_out, options.seed);
  weights::write_safetensors(options.run / "perceptual.safetensors",
                             tensor::to_named(tensor::state_of(*student)), weights::DType::F16);
  const json manifest = {{"network", options.network},
                         {"sha256", weights::sha256_file(options.run / "perceptual.safetensors")},
                         {"gate",
                          {{"style_spearman", gate.style_spearman},
                           {"content_spearman", gate.content_spearman},
                           {"dead_channels", gate.dead_channels},
                           {"pairs", gate.pairs},
                           {"passed", gate.passed()}}},
                         {"training",
                          {{"steps", step},
                           {"minutes", elapsed() / 60},
                           {"pictures", training.size()},
                           {"options", options.to_json()}}}};
  write_file_atomically(options.run / "manifest.json", manifest.dump(1) + "\n");
  return gate;
}

}  // namespace atelier::training

#include "atelier/training/detail/collection_game.h"

#include <torch/torch.h>

#include <cmath>

#include "atelier/losses/diff_augment.h"
#include "atelier/losses/gradient_penalty.h"

namespace atelier::training {
namespace {

// As the base's recipe has it (configs/train/base.json).
constexpr double kDiscriminatorRate = 0.002, kClip = 5, kPenalty = 0.1, kAugment = 0.2;
constexpr int kPenaltyEvery = 16;
constexpr double kAccuracyMemory = 0.95;  // of the accuracy

at::Generator seeded(std::uint64_t seed) {
  return at::detail::createCPUGenerator(seed);
}

}  // namespace

CollectionGame::CollectionGame(bool adaptive, std::uint64_t seed)
    : is_adaptive_(adaptive), random_(seeded(seed)), loss_(losses::AdversarialLoss::Kind::Bce) {
  at::manual_seed(seed);
  discriminator_ = nn::Discriminator(nn::DiscriminatorOptions{.width = 32, .scales = 2, .code_dim = 1});
  adam_ = std::make_unique<torch::optim::Adam>(
      discriminator_->parameters(), torch::optim::AdamOptions(kDiscriminatorRate).betas({0.5, 0.99}));
}

at::Tensor CollectionGame::shown(const at::Tensor& pictures) {
  return is_adaptive_ ? adaptive_(pictures, random_) : losses::diff_augment(pictures, kAugment, random_);
}

std::vector<at::Tensor> CollectionGame::judge(const at::Tensor& pictures) {
  return discriminator_(pictures, torch::zeros({pictures.size(0), 1}));
}

void CollectionGame::teach(const at::Tensor& works, const at::Tensor& paintings) {
  at::Tensor real = shown(works);
  const bool penalise = games_ % kPenaltyEvery == 0;
  if (penalise) real.requires_grad_();
  adam_->zero_grad();
  const auto on_real = judge(real), on_fake = judge(shown(paintings.detach()));
  at::Tensor loss = loss_.discriminator(on_real, on_fake);
  if (penalise) loss = loss + losses::GradientPenalty{kPenalty}(on_real, real) * kPenaltyEvery;
  loss.backward();
  if (!std::isfinite(torch::nn::utils::clip_grad_norm_(discriminator_->parameters(), kClip))) return;
  adam_->step();
  ++games_;
  if (is_adaptive_) adaptive_.follow(on_real);
  double right = 0;
  for (std::size_t s = 0; s < on_real.size(); ++s) {
    const at::Tensor share =
        on_real[s].gt(0).to(torch::kFloat32).mean() + on_fake[s].lt(0).to(torch::kFloat32).mean();
    right += share.item<double>() / static_cast<double>(2 * on_real.size());
  }
  accuracy_ = kAccuracyMemory * accuracy_ + (1 - kAccuracyMemory) * right;
}

at::Tensor CollectionGame::persuade(const at::Tensor& paintings) {
  for (at::Tensor& parameter : discriminator_->parameters()) parameter.set_requires_grad(false);
  const auto logits = judge(shown(paintings));
  for (at::Tensor& parameter : discriminator_->parameters()) parameter.set_requires_grad(true);
  return loss_.generator(logits, logits);
}

}  // namespace atelier::training

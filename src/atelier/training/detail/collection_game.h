#pragma once

#include <ATen/core/Tensor.h>
#include <torch/optim/adam.h>

#include <cstdint>
#include <vector>

#include "atelier/losses/adversarial_loss.h"
#include "atelier/nn/discriminator.h"
#include "atelier/training/detail/adaptive_augmentation.h"

namespace atelier::training {

/// The adversarial game against one collection: a discriminator of its own, begun from nothing, tells windows
/// of the collection's works from windows of paintings. It is not told whose code they have: all are by the
/// same hand.
class CollectionGame {
 public:
  static constexpr std::int64_t kWindow = 128;

  /// `adaptive`: adaptive augmentation, for collections so small that they can be learned by heart.
  CollectionGame(bool adaptive, std::uint64_t seed);

  /// One step of the discriminator; [N, 3, kWindow, kWindow] each. Nothing happens when a number is not
  /// finite.
  void teach(const at::Tensor& works, const at::Tensor& paintings);
  /// What the painter minimises; gradients reach the paintings only.
  at::Tensor persuade(const at::Tensor& paintings);

  std::int64_t games() const { return games_; }
  double accuracy() const { return accuracy_; }  ///< share of patches judged rightly, of late
  double augmentation() const { return adaptive_.probability(); }

 private:
  at::Tensor shown(const at::Tensor& pictures);
  std::vector<at::Tensor> judge(const at::Tensor& pictures);

  bool is_adaptive_;
  at::Generator random_;
  nn::Discriminator discriminator_{nullptr};
  std::unique_ptr<torch::optim::Adam> adam_;
  losses::AdversarialLoss loss_;
  AdaptiveAugmentation adaptive_;
  std::int64_t games_ = 0;
  double accuracy_ = 0.5;
};

}  // namespace atelier::training

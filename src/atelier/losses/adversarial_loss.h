#pragma once

#include <ATen/core/Tensor.h>

#include <string>
#include <vector>

namespace atelier::losses {

/// The adversarial game. With D = sigmoid(logit),
///   L_GAN = E[log D(x)] + E[log(1 - D(G(z)))]
/// D maximises it; G minimises it in one of these forms:
///   bce           non-saturating: G maximises E[log D(G(z))] (Goodfellow et al. 2014, section 3); the
///   default saturating    G minimises E[log(1 - D(G(z)))], the formula to the letter lsgan         least
///   squares with targets 1 and 0 (Mao et al. 2017) hinge         (Lim & Ye 2017) relativistic  pairs:
///   softplus(-(D(x) - D(G(z)))) (Jolicoeur-Martineau 2018; R3GAN, Huang et al. 2024)
class AdversarialLoss {
 public:
  enum class Kind { Bce, Saturating, Lsgan, Hinge, Relativistic };
  /// A lower-case name as above; Error Config for another.
  static Kind parse(const std::string& name);

  explicit AdversarialLoss(Kind kind) : kind_(kind) {}

  /// Logit maps of every scale, [N, 1, h, w] each; real and fake of the same batch size. What D minimises.
  at::Tensor discriminator(const std::vector<at::Tensor>& real, const std::vector<at::Tensor>& fake) const;
  /// The part of D's loss for further pictures it must reject, such as real art with another style's code.
  at::Tensor reject(const std::vector<at::Tensor>& logits) const;
  /// What G minimises; `real` is used by the relativistic form only.
  at::Tensor generator(const std::vector<at::Tensor>& fake, const std::vector<at::Tensor>& real) const;

  /// The value of L_GAN itself: -2 ln 2 = -1.386 when D is at chance, near 0 when D wins.
  static double value(const std::vector<at::Tensor>& real, const std::vector<at::Tensor>& fake);

 private:
  Kind kind_;
};

}  // namespace atelier::losses

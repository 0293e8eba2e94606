#include "atelier/losses/adversarial_loss.h"

#include <torch/torch.h>

#include "atelier/core/error.h"

namespace atelier::losses {
namespace {

// Mean over scales of the mean over patches, so that a finer scale does not outvote a coarser one.
template <typename PerScale>
at::Tensor over_scales(std::size_t scales, PerScale per_scale) {
  at::Tensor total = per_scale(0);
  for (std::size_t s = 1; s < scales; ++s) total = total + per_scale(s);
  return total / static_cast<double>(scales);
}

at::Tensor soft_plus(const at::Tensor& x) {
  return torch::softplus(x).mean();
}

}  // namespace

AdversarialLoss::Kind AdversarialLoss::parse(const std::string& name) {
  if (name == "bce") return Kind::Bce;
  if (name == "saturating") return Kind::Saturating;
  if (name == "lsgan") return Kind::Lsgan;
  if (name == "hinge") return Kind::Hinge;
  if (name == "relativistic") return Kind::Relativistic;
  throw Error(ErrorCode::Config, "config.adversarial",
              "adversarial loss '" + printable(name) +
                  "' is unknown; use bce, saturating, lsgan, hinge or relativistic");
}

at::Tensor AdversarialLoss::discriminator(const std::vector<at::Tensor>& real,
                                          const std::vector<at::Tensor>& fake) const {
  return over_scales(real.size(), [&](std::size_t s) {
    switch (kind_) {
      case Kind::Lsgan:
        return (real[s] - 1).square().mean() + fake[s].square().mean();
      case Kind::Hinge:
        return torch::relu(1 - real[s]).mean() + torch::relu(1 + fake[s]).mean();
      case Kind::Relativistic:
        return soft_plus(-(real[s] - fake[s]));
      case Kind::Bce:
      case Kind::Saturating:
        break;
    }
    return soft_plus(-real[s]) + soft_plus(fake[s]);
  });
}

at::Tensor AdversarialLoss::reject(const std::vector<at::Tensor>& logits) const {
  return over_scales(logits.size(), [&](std::size_t s) {
    if (kind_ == Kind::Lsgan) return logits[s].square().mean();
    if (kind_ == Kind::Hinge) return torch::relu(1 + logits[s]).mean();
    return soft_plus(logits[s]);
  });
}

at::Tensor AdversarialLoss::generator(const std::vector<at::Tensor>& fake,
                                      const std::vector<at::Tensor>& real) const {
  return over_scales(fake.size(), [&](std::size_t s) {
    switch (kind_) {
      case Kind::Saturating:
        return -soft_plus(fake[s]);
      case Kind::Lsgan:
        return (fake[s] - 1).square().mean();
      case Kind::Hinge:
        return -fake[s].mean();
      case Kind::Relativistic:
        return soft_plus(-(fake[s] - real[s].detach()));
      case Kind::Bce:
        break;
    }
    return soft_plus(-fake[s]);
  });
}

double AdversarialLoss::value(const std::vector<at::Tensor>& real, const std::vector<at::Tensor>& fake) {
  torch::NoGradGuard no_grad;
  return over_scales(real.size(), [&](std::size_t s) { return -soft_plus(-real[s]) - soft_plus(fake[s]); })
      .item<double>();
}

}  // namespace atelier::losses

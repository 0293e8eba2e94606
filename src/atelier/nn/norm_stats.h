#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

namespace atelier::nn {

/// Where the means and variances of the generator's normalisations come from. Instance statistics are an
/// explicit input, because the same picture painted in tiles or as video frames must not change its look.
class NormStats {
 public:
  enum class Policy {
    Live,     ///< from this input, per sample
    Collect,  ///< as Live, and remembered (batch of one)
    Frozen,   ///< the remembered ones, constant
    Ema,      ///< remembered <- decay * remembered + (1 - decay) * live, then as Frozen (video)
  };

  explicit NormStats(Policy policy = Policy::Live, double decay = 0.9) : policy_(policy), decay_(decay) {}

  Policy policy() const { return policy_; }
  void set_policy(Policy policy) { policy_ = policy; }
  bool empty() const { return sites_.empty(); }

  /// Mean and sqrt(var + 1e-5) of one site, each [C].
  struct Site {
    at::Tensor mean, std;

    /// What normalising by them does to a pixel: x * scale + shift. weight, bias, scale, shift: [N, C] or
    /// [C].
    struct Affine {
      at::Tensor scale, shift;
    };
    Affine affine(const at::Tensor& weight, const at::Tensor& bias) const;
  };
  const std::vector<Site>& sites() const { return sites_; }
  std::vector<Site>& sites() { return sites_; }

  /// Starts a forward pass: the next call to normalise() is site 0.
  void rewind() { next_ = 0; }

  /// (x - mean) / sqrt(var + 1e-5) * weight + bias, biased variance over H x W (Ulyanov et al. 2016); with
  /// weight and bias [N, C] from a style code this is AdaIN (Huang & Belongie 2017). x: [N, C, H, W]; weight,
  /// bias: [N, C] or [C].
  at::Tensor normalise(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias);

 private:
  Policy policy_;
  double decay_;
  std::vector<Site> sites_;
  std::size_t next_ = 0;
};

inline constexpr double kNormEpsilon = 1e-5;

}  // namespace atelier::nn

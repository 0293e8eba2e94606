#pragma once

#include <ATen/core/Tensor.h>

#include "atelier/mapping/detail/frozen_styliser.h"
#include "atelier/personalization/taste_features.h"
#include "atelier/style/style_space.h"

namespace atelier::mapping {

/// One row a person: what the preference model believes, N(mean, covariance), and how it sees the gallery.
struct BelievedTastes {
  at::Tensor mean;        ///< [N, dim]
  at::Tensor covariance;  ///< [N, dim, dim]
  at::Tensor spread;      ///< [N] tau > 0: deviation of the predicted utility over the gallery
};

/// Does the painting itself carry the style the person would choose? With G the generator and E the style
/// encoder, both frozen, c content, s the code asked for, e = E(G(c, s)) the code found again, z(.) whitened
/// coordinates of the style space and psi(.) the taste features at z:
///   L = -log sigmoid((u(e) - u_mean) / tau) + 1/2 |e - s|^2_{Sigma_z^-1} + 0.05 |z(s) - z0|^2
///   u(e) - u_mean = m.d - pessimism sqrt(d' S d),  d = psi(e) - mean psi of the gallery,  taste ~ N(m, S)
/// |e - s|^2_{Sigma_z^-1} is the squared distance in z. The first term asks for a painting this person likes,
/// the second that the generator can truly paint the code (utility that is not visible is worth nothing), the
/// third keeps the code near a known style z0. The pessimism keeps the generator from living on the
/// preference model's errors. The project's own formula: the utility term is the Bradley-Terry log likelihood
/// of "this painting over an average style" (as in Ouyang et al. 2022), the second a code consistency term
/// (as in Huang et al. 2018, MUNIT).
class PersonalizationLoss {
 public:
  struct Options {
    double pessimism = 1;
    double faithful = 0.5;
    double leash = 0.05;
  };
  /// Each the mean over the batch, differentiable in `code`.
  struct Terms {
    at::Tensor utility, faithful, leash;
    at::Tensor total;                   ///< L
    at::Tensor painting, painted_code;  ///< for further terms
  };

  /// `styliser` outlives it. gallery_mean: [dim], mean psi of the gallery.
  PersonalizationLoss(FrozenStyliser& styliser, const style::StyleSpace& space,
                      const personalization::TasteFeatures& features, const at::Tensor& gallery_mean,
                      const Options& options);

  /// content: [N, 3, H, W]; code: [N, code_dim]; start: z0, [N, coordinates].
  Terms operator()(const at::Tensor& content, const at::Tensor& code, const at::Tensor& start,
                   const BelievedTastes& tastes);

  at::Tensor coordinates(const at::Tensor& code) const;  ///< z: [N, code_dim] -> [N, coordinates]
  at::Tensor features(const at::Tensor& z) const;        ///< psi with guessed attributes: [N, dim]

 private:
  FrozenStyliser& styliser_;
  Options options_;
  at::Tensor mean_, directions_;  ///< z = (code - mean) directions
  at::Tensor origin_, slope_;     ///< psi = origin + z slope, clamped
  at::Tensor gallery_mean_;
};

}  // namespace atelier::mapping

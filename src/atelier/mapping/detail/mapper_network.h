#pragma once

#include <torch/nn/module.h>
#include <torch/nn/modules/linear.h>
#include <torch/nn/pimpl.h>

#include <span>

#include "atelier/personalization/mapper_input.h"
#include "atelier/personalization/style_anchors.h"
#include "atelier/personalization/style_mapper.h"

namespace atelier::mapping {

/// MapperInputs of several people, stacked; answers are padded with rows of weight 0.
struct MapperBatch {
  at::Tensor answers;                 ///< [N, n, answer_width]
  at::Tensor weights;                 ///< [N, n]
  at::Tensor state;                   ///< [N, 2 dim]
  at::Tensor anchor_mean, anchor_sd;  ///< [N, anchors]
  at::Tensor slope;                   ///< [N, coordinates]

  static MapperBatch of(std::span<const personalization::MapperInput> inputs);
  MapperBatch rows(const at::Tensor& index) const;
};

/// The network of personalization::StyleMapper, for training: the same formulas and tensor names.
class MapperNetworkImpl : public torch::nn::Module {
 public:
  MapperNetworkImpl(const personalization::StyleAnchors& anchors, const personalization::MapperShape& shape,
                    double reach);

  struct Places {
    at::Tensor weights;  ///< [N, draws, anchors], sum 1
    at::Tensor step;     ///< [N, draws, coordinates]
  };
  /// noise: [N, draws, shape.noise].
  Places forward(const MapperBatch& people, const at::Tensor& noise);

  /// Remembers mean and spread of the states, by which they are standardised.
  void standardise(const at::Tensor& states);

 private:
  int anchors_, coordinates_, noise_;
  double reach_;
  at::Tensor mean_, std_;
  torch::nn::Linear answer0_{nullptr}, answer1_{nullptr}, head0_{nullptr}, head1_{nullptr}, head2_{nullptr};
};
TORCH_MODULE(MapperNetwork);

/// StyleAnchors as tensors: where places lie, differentiable in weights and step.
class PlaceMap {
 public:
  PlaceMap(const personalization::StyleAnchors& anchors, at::ScalarType type);

  at::Tensor z(const at::Tensor& weights, const at::Tensor& step) const;     ///< [..., coordinates]
  at::Tensor psi(const at::Tensor& weights, const at::Tensor& step) const;   ///< [..., dim]
  at::Tensor code(const at::Tensor& weights, const at::Tensor& step) const;  ///< [..., code_dim]
  at::Tensor outside(const at::Tensor& z) const;                             ///< [...]
  /// StyleAnchors::drawn_back, [..., coordinates].
  at::Tensor drawn_back(const at::Tensor& weights, const at::Tensor& step) const;

 private:
  at::Tensor z_, psi_, codes_, step_psi_, step_code_, centre_, precision_;
  double hull_;
};

/// Eigen to tensor, row-major.
at::Tensor to_tensor(const Eigen::MatrixXd& matrix, at::ScalarType type);
at::Tensor to_tensor(const Eigen::VectorXd& vector, at::ScalarType type);

}  // namespace atelier::mapping

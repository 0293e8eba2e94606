#pragma once

#include <ATen/core/Tensor.h>

#include <memory>
#include <optional>
#include <vector>

#include "atelier/nn/feature_network.h"
#include "atelier/nn/feature_statistics.h"
#include "atelier/nn/style_statistics.h"
#include "atelier/training/detail/networks.h"
#include "atelier/training/picture_signs.h"

namespace atelier::training {

/// What paintings of fixed photos in fixed styles measure.
struct Judgement {
  double content = 0,
         style = 0;  ///< in our perceptual network: ContentLoss on its last tap; MomentLoss + GramLoss
  std::optional<double> reference_content, reference_style;  ///< the same in another network
  double across_styles = 0, across_contents = 0;             ///< as SheetSigns
  PictureSigns signs;
};

/// Paints every photo in every style with the averaged weights and measures the paintings.
class Judge {
 public:
  /// photos, styles: [3, S, S] float in [0,1], all of one size, at least one of each. `reference` may be
  /// null.
  Judge(nn::PerceptualNetwork phi, std::shared_ptr<nn::FeatureNetwork> reference,
        std::vector<at::Tensor> photos, const std::vector<at::Tensor>& styles, c10::Device device);

  Judgement operator()(TrainedNetworks& networks, double detail);
  std::size_t pairs() const { return photos_.size() * style_targets_.size(); }

 private:
  using Statistics = std::vector<nn::LayerStatistics>;

  nn::PerceptualNetwork phi_;
  std::shared_ptr<nn::FeatureNetwork> reference_;
  std::vector<at::Tensor> photos_;
  c10::Device device_;
  nn::StyleStatistics described_;
  std::vector<Statistics> style_targets_, reference_targets_;
};

/// picture_signs of two pictures [3, H, W] float.
PictureSigns signs_of(const at::Tensor& photo, const at::Tensor& painting);

/// The middle square of a picture [3, H, W] uint8, as [3, side, side] float.
at::Tensor middle_square(const at::Tensor& bytes, std::int64_t side);

}  // namespace atelier::training

#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "atelier/training/detail/picture_library.h"
#include "atelier/training/detail/style_catalogue.h"
#include "atelier/training/training_options.h"

namespace atelier::training {

/// Everything random about one step, drawn ahead on the loader's thread. A function of (seed, step) alone.
struct StepPlan {
  at::Tensor content;                         ///< [B, 3, c, c]
  at::Tensor own;                             ///< [1, 3, c, c], a photo for the identity term
  at::Tensor canvas;                          ///< [B, 1, c, c], added to what the generator sees
  at::Tensor detail;                          ///< [B] in [0,1]; the ends are drawn more often than the middle
  std::vector<const StyleEntry*> styles;      ///< B
  std::vector<const StyleEntry*> blend_with;  ///< B when this step trains interpolations, else empty
  at::Tensor blend;                           ///< [B] in [0,1]
  int shift_x = 0, shift_y = 0;               ///< -7 .. 7
  std::uint64_t noise_seed = 0;
};

/// A detail dial from a uniform number in [0,1]: a fifth at each end, which people use most.
float drawn_detail(double u);

/// Draws plans. Thread-safe. Styles are measured here when first drawn, beside the training step, not within
/// it.
class StepPlanner {
 public:
  StepPlanner(const std::vector<TrainingPicture>& content, const std::vector<TrainingPicture>& style,
              StyleCatalogue& catalogue, const TrainingOptions& options);
  StepPlan plan(std::int64_t step, int crop, int batch) const;

 private:
  at::Tensor canvas(int crop, int batch, Random& random) const;

  const std::vector<TrainingPicture>& content_;
  StyleCatalogue& catalogue_;
  const TrainingOptions& options_;
  std::vector<double> cumulative_;  ///< of the style pictures' sampling weights
};

}  // namespace atelier::training

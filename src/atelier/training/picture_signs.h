#pragma once

#include <array>
#include <span>
#include <vector>

namespace atelier::training {

/// What a painting shows of the ways in which a generator fails, measured against its photo.
struct PictureSigns {
  /// Share of the fine structure that repeats exactly every 2, 4 and 8 pixels. Of r = luma - 5 x 5 mean,
  /// divided by its local strength so that a faint grid in an even sky counts whole, and m the mean of r over
  /// each of the p x p phases of the pixel grid: var(m) / mean(r^2), less p^2 / (H W), what noise has. 0:
  /// none; 1: nothing but a grid.
  std::array<double, 3> grid = {};
  /// Mean colour (R, G, B) of the outermost 4 pixels less that of the band 8 to 16 pixels in, painting less
  /// photo. Means something averaged over pictures, where chance cancels and a frame that is always there
  /// stays.
  std::array<double, 3> frame = {};
  /// Log of the fine structure's energy in the outermost 8 pixels against the inside, painting less photo.
  double border_energy = 0;
  /// Share of places where the photo is even (cells of 16 x 16 with hardly a slope around them) and the
  /// painting's colour departs from its surroundings by more than 0.2.
  double blobs = 0;
  /// Pearson's correlation of the two pictures' lumas averaged over cells of 8 x 8: -1 is the photo's
  /// negative.
  double luma_correlation = 0;

  /// Length of the frame's colour step.
  double frame_strength() const;
};

/// photo, painting: planar RGB in [0,1], 3 * height * width numbers; sides at least 48. Error Internal
/// "signs.size" else.
PictureSigns picture_signs(std::span<const float> photo, std::span<const float> painting, int height,
                           int width);

/// Mean of every sign; all zero for none.
PictureSigns mean_signs(const std::vector<PictureSigns>& signs);

}  // namespace atelier::training

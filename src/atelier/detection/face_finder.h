#pragma once

#include <filesystem>
#include <vector>

#include "atelier/detection/cascade.h"
#include "atelier/detection/face.h"
#include "atelier/image/image.h"

namespace atelier::detection {

/// Finds frontal faces, upright within some 20 degrees, from a thirtieth of the photo's longest side on.
/// Immutable: threads may share one.
class FaceFinder {
 public:
  explicit FaceFinder(Cascade cascade) : cascade_(std::move(cascade)) {}

  /// With the cascade of $ATELIER_FACE_CASCADE, else of Debian's package opencv-data. Error Unavailable
  /// "faces.missing" when there is none; those of Cascade::read.
  static FaceFinder open();

  /// From left to right. Colours do not matter, transparency neither.
  std::vector<Face> find(const Image& photo) const;

 private:
  Cascade cascade_;
};

}  // namespace atelier::detection

#pragma once

namespace atelier::detection {

/// A face's square, pixels of the photo, from the eyebrows to the mouth.
struct Face {
  int x = 0, y = 0, side = 0;

  bool operator==(const Face&) const = default;
};

}  // namespace atelier::detection

#pragma once

#include <algorithm>
#include <string>

#include "atelier/image/image.h"

namespace atelier::test {

/// A cascade of one tree that takes a window of 20 x 20 pixels for a face when its upper half is darker than
/// its lower one by a deviation at least, its left and right halves being alike.
inline std::string toy_cascade(const std::string& nodes = "0 1 0 0.45 -1 -2 1 0.3") {
  return R"(<?xml version="1.0"?><opencv_storage><cascade><featureType>HAAR</featureType>
    <height>20</height><width>20</width>
    <stages><_><stageThreshold>0.5</stageThreshold><weakClassifiers><_>
      <internalNodes>)" +
         nodes + R"(</internalNodes><leafValues>0 1 0</leafValues></_></weakClassifiers></_></stages>
    <features>
      <_><rects><_>0 0 20 10 -1.</_><_>0 10 20 10 1.</_></rects><tilted>0</tilted></_>
      <_><rects><_>0 0 10 20 -1.</_><_>10 0 10 20 1.</_></rects><tilted>0</tilted></_>
    </features></cascade></opencv_storage>)";
}

/// What toy_cascade takes for a face, on even grey.
inline Image toy_face(int width, int height, int x, int y, int side) {
  Image photo(width, height);
  std::fill(photo.rgb8().begin(), photo.rgb8().end(), 120);
  for (int row = y; row < y + side; ++row) {
    for (int column = x; column < x + side; ++column) {
      for (int c = 0; c < 3; ++c)
        photo.rgb8()[static_cast<std::size_t>(3 * (row * width + column) + c)] =
            row < y + side / 2 ? 10 : 240;
    }
  }
  return photo;
}

}  // namespace atelier::test

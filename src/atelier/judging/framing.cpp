#include "atelier/judging/framing.h"

#include <algorithm>

#include "atelier/image/resize.h"
#include "atelier/inference/transparency.h"

namespace atelier::judging {

Image framed(const Image& picture, int size) {
  Image result = inference::visible_colours(picture).to_depth(Depth::U8);
  const int side = std::min(result.width(), result.height());
  if (result.width() != result.height())
    result = crop(result, (result.width() - side) / 2, (result.height() - side) / 2, side, side);
  if (side != size) result = resize(result, size, size);
  result.set_icc_profile({});
  return result;
}

}  // namespace atelier::judging

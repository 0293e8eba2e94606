#pragma once

namespace atelier::inference::detail {

/// From 0 to 1 with level ends, for t in [0,1].
inline float smoothstep(float t) {
  return t * t * (3 - 2 * t);
}

}  // namespace atelier::inference::detail

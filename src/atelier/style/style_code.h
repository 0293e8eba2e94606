#pragma once

#include <string>
#include <vector>

namespace atelier {

/// A point of a style space: the coin every room accepts. Torch-free; copyable, printable, storable.
/// A code means something only in its own space: a code learned with another model is refused, never painted.
struct StyleCode {
  std::string space;          ///< id of the StyleSpace the numbers belong to (the bundle's style_space id)
  std::vector<float> values;  ///< [palette | texture], as the StyleEncoder of that space gives them

  bool operator==(const StyleCode&) const = default;
};

}  // namespace atelier

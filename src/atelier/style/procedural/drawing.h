#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace atelier::style {

/// A medium in which pictures are drawn by rule: "stained-glass".
struct Medium {
  std::string name;    ///< a-z and '-'
  std::string phrase;  ///< "stained glass": for sentences
};

/// Every medium there is, in a fixed order.
const std::vector<Medium>& media();
/// nullptr when there is none of that name.
const Medium* find_medium(std::string_view name);

/// A picture made by rule: planar RGB [3, height, width] in [0,1], sRGB.
struct Drawing {
  int width = 0, height = 0;
  std::vector<float> planes;
  std::string title;  ///< "Harbour, woodcut"
};

/// Invents a scene and renders it in a medium. The same name, seed and size give the same picture; another
/// size gives the same picture in other proportions. Seeds that follow each other have different scenes and
/// palettes. Errors: Usage "style.medium" for an unknown medium, "style.size" unless both sides are 64..4096
/// and one is at most four times the other.
Drawing draw_medium(std::string_view medium, std::uint64_t seed, int width, int height);

}  // namespace atelier::style

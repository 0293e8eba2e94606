#pragma once

#include <span>
#include <string>
#include <vector>

#include "atelier/image/image.h"
#include "atelier/style/style_library.h"

namespace atelier::cli {

/// A style as the page shows it.
struct StyleCard {
  const style::NamedStyle* style = nullptr;
  std::vector<std::string> words;  ///< what sets it apart: "dark", "muted"
  bool is_own = false;
  Image painting;
};

/// One HTML file with everything in it: a card for each style and a field to look for words in names, titles,
/// artists, periods, looks and licences. `scene` is the photo that all of them paint.
std::string style_page(const std::string& title, const Image& scene, std::span<const StyleCard> cards);

}  // namespace atelier::cli

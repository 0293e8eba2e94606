#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "atelier/inference/colour_transfer.h"
#include "options.h"
#include "stylize_person.h"

namespace atelier::cli {

/// The dials of `stylize` beyond PaintingOptions, as typed: styles by masks, palette and texture apart, a
/// list of colours, protected places, grain, the preview.
struct DialOptions {
  std::vector<std::string> masks, styles_in;  ///< belong together by their order
  std::string style_out, palette_style, texture_style, colours, detail_mask;
  float protect = 0, protect_faces = 0, grain = 0;
  std::optional<float> grain_size;
  bool preview = false;

  void add_to(CLI::App& command);
  /// Error Usage "stylize.dials" for dials that contradict each other. Warns about dials that strength 0
  /// leaves without effect.
  void validate(const PaintingOptions& painting, const PersonOptions& person) const;
  /// The styles of what no mask covers: --style, else what stands in for it; empty when nothing does.
  std::vector<std::string> base_styles(const std::vector<std::string>& typed) const;
  bool keeps_photo_outside() const { return style_out == kPhoto; }

  /// Stands for a style that leaves the photo as it is.
  static constexpr const char* kPhoto = "photo";
};

/// "#1b1b3a,#e8c39e" to colours. Error Usage "stylize.colours".
std::vector<inference::Lab> parse_colours(const std::string& list);

/// Every dial's value, for the report.
nlohmann::json dials_to_json(const PaintingOptions& painting, const DialOptions& dials, std::uint64_t seed);

}  // namespace atelier::cli

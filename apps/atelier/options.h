#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <vector>

#include "atelier/image/write_image.h"
#include "atelier/inference/stylizer.h"
#include "program.h"

namespace atelier::cli {

/// The options that stand everywhere: --json, -q, -v, --threads, --device, --seed, --model, --progress,
/// --version.
void add_program_options(CLI::App& app, Program& program);

/// How to paint, as typed. Shared by the commands that paint.
struct PaintingOptions {
  std::vector<std::string> styles;
  std::optional<float> strength;  ///< none: the taste code's, else 1
  float detail = -1;              ///< below 0: the style's, else the model's
  float stroke = 1;
  std::string colour = "style";  ///< style, keep or a picture
  int size = 0;
  bool keep_size = false;
  std::string tile = "auto";

  /// Gives the option --style, of which the command needs at least one unless it has another way to choose.
  CLI::Option* add_to(CLI::App& command);
  /// The options Stylizer takes; detail and palette are filled in where the style and the picture are read.
  inference::StylizeOptions to_stylize_options() const;
};

/// In which form to write pictures.
struct FileOptions {
  int quality = 92;
  bool lossless = false;
  int depth = 0;       ///< 8 or 16; 0: the picture's own
  std::string format;  ///< jpg, png, webp or tiff; empty: by the name

  void add_to(CLI::App& command);
  WriteOptions to_write_options() const;
};

/// Gives the option --network: the size of the model's network to paint with.
void add_network_option(CLI::App& command, std::string& network);

/// Accepts 0..1; CLI::Range would let NaN pass.
CLI::Validator unit_interval();

/// An option that takes one value each time it is named: "--style a photo.jpg" must not swallow the photo.
CLI::Option* add_repeatable(CLI::App& command, const std::string& name, std::vector<std::string>& values,
                            const std::string& description);

}  // namespace atelier::cli

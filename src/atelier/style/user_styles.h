#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "atelier/style/style_library.h"

namespace atelier::style {

/// Where a person's own things live: $ATELIER_DATA_DIR, else $XDG_DATA_HOME/atelier, else
/// ~/.local/share/atelier. Error Config "data.folder" when none of them is set to an absolute path.
std::filesystem::path user_data_path();

/// The file of a person's own styles in one space: <data>/styles-<space id>.json. It may not exist yet.
std::filesystem::path user_styles_path(const std::string& space);

/// The file of what a style trained beside its code (model::StyleDelta): <data>/styles-<space
/// id>/<sha256>.safetensors. Named after its content, so that one in use is never overwritten.
std::filesystem::path user_delta_path(const std::string& space, const std::string& sha256);

/// Writes such a file; `sha256` is that of `bytes`, and what NamedStyle::delta keeps. To be written before
/// the style that names it, so that the gallery never names a missing file. Errors as write_user_styles.
void write_user_delta(const std::string& space, const std::string& sha256, std::span<const std::byte> bytes);

/// That file's styles, empty when there is none yet. Errors as StyleLibrary::read.
StyleLibrary read_user_styles(const std::string& space);

/// Writes them, making the folder first (mode 0700: a person's own styles are nobody else's business). Deltas
/// that the earlier file named and this one does not are removed.
void write_user_styles(const StyleLibrary& styles);

/// What a person can name: their own styles first, then the built-in ones of the model. Immutable.
class Gallery {
 public:
  /// Error BadData "style.space" when the two belong to different spaces.
  Gallery(StyleLibrary built_in, StyleLibrary own);
  /// With the person's own styles of that space from disk.
  static Gallery open(const StyleLibrary& built_in);

  const NamedStyle* find(std::string_view name) const;  ///< nullptr when absent
  /// find(), or Error NoInput "style.unknown" with the nearest name and how to list them.
  const NamedStyle& require(std::string_view name) const;
  std::vector<const NamedStyle*> styles() const;  ///< own first; own ones hide built-in ones of the same name
  const StyleLibrary& built_in() const { return built_in_; }
  const StyleLibrary& own() const { return own_; }

 private:
  StyleLibrary built_in_, own_;
};

}  // namespace atelier::style

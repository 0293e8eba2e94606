#pragma once

#include <filesystem>

#include "atelier/style/style_code.h"

namespace atelier::style {

/// A style code as a small JSON file: {"atelier_style_code": 1, "space": "...", "values": [...]}. Values
/// survive the round trip exactly.
void write_code_file(const std::filesystem::path& path, const StyleCode& code);

/// Error NoInput when the file is missing, BadData "style.code" when it is broken, newer, empty, or not
/// finite.
StyleCode read_code_file(const std::filesystem::path& path);

/// Error BadData "style.code" naming `where` unless the code has 1..65536 values, all finite.
void require_good_code(const StyleCode& code, const std::string& where);

}  // namespace atelier::style

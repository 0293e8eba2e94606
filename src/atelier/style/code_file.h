#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "atelier/style/style_code.h"

namespace atelier::style {

/// A style code as a small JSON file: {"atelier_style_code": 1, "space": "...", "values": [...]} and, so that
/// another model can carry it over (see migrate_code), its "attributes" when they are known. Values survive
/// the round trip exactly.
void write_code_file(const std::filesystem::path& path, const StyleCode& code,
                     const std::map<std::string, double>& attributes = {});

struct SavedCode {
  StyleCode code;
  std::map<std::string, double> attributes;  ///< empty when the file has none
};
SavedCode read_saved_code(const std::filesystem::path& path);  ///< errors as read_code_file

/// Error NoInput when the file is missing, BadData "style.code" when it is broken, newer, empty, or not
/// finite.
StyleCode read_code_file(const std::filesystem::path& path);

/// Error BadData "style.code" naming `where` unless the code has 1..65536 values, all finite.
void require_good_code(const StyleCode& code, const std::string& where);

}  // namespace atelier::style

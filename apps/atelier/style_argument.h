#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "atelier/inference/stylizer.h"
#include "atelier/style/user_styles.h"

namespace atelier::cli {

/// The style a person asked for: one, or a blend of several.
struct ChosenStyle {
  StyleCode code;
  std::optional<float> detail;               ///< what suits it, when the gallery says so
  std::vector<std::filesystem::path> files;  ///< pictures and code files it was read from
};

/// "name", "picture.jpg" or "code.json", each with ":weight", to one code. A gallery name wins over a file of
/// the same name; write ./name for the file. Errors: Usage "style.weight", NoInput "style.unknown" with the
/// nearest name, and those of reading and encoding, with the file's name.
ChosenStyle choose_style(const std::vector<std::string>& arguments, const inference::Stylizer& stylizer,
                         const style::Gallery& gallery);

/// The code of one picture file.
StyleCode encode_picture(const std::filesystem::path& path, const inference::Stylizer& stylizer);

}  // namespace atelier::cli

#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "atelier/inference/stylizer.h"
#include "atelier/style/style_space.h"
#include "atelier/style/user_styles.h"

namespace atelier::cli {

/// The style a person asked for: one, or a blend of several.
struct ChosenStyle {
  StyleCode code;
  std::optional<float> detail;               ///< what suits it, when the gallery or its taste code says so
  std::optional<float> strength;             ///< what its taste code says
  std::vector<std::filesystem::path> files;  ///< pictures and code files it was read from
  /// Those of them that trained more than a code (see trained_style.h), and their shares of the blend.
  std::vector<std::pair<style::NamedStyle, double>> trained = {};
};

/// "name", "picture.jpg", "code.json" or a taste code "AT1-...", each with ":weight", to one code. A gallery
/// name wins over a file of the same name; write ./name for the file. Errors: Usage "style.weight", NoInput
/// "style.unknown" with the nearest name, and those of reading and encoding, with the file's name, and of
/// TasteCode; Unavailable "style.no_space" for a taste code without a space.
ChosenStyle choose_style(const std::vector<std::string>& arguments, const inference::Stylizer& stylizer,
                         const style::Gallery& gallery, const style::StyleSpace* space = nullptr);

/// True for text that starts like a taste code ("AT1-").
bool is_taste_code(const std::string& text);

/// The space itself. Error Unavailable "style.no_space" for none: taste codes mean nothing to such a model.
const style::StyleSpace& require_space(const style::StyleSpace* space);
const style::StyleSpace& require_space(const std::optional<style::StyleSpace>& space);

/// The code of one picture file.
StyleCode encode_picture(const std::filesystem::path& path, const inference::Stylizer& stylizer);

}  // namespace atelier::cli

#include "style_argument.h"

#include <spdlog/spdlog.h>

#include <cctype>
#include <utility>

#include "atelier/core/error.h"
#include "atelier/image/read_image.h"
#include "atelier/personalization/taste_code.h"
#include "atelier/style/attribute_model.h"
#include "atelier/style/blend.h"
#include "atelier/style/code_file.h"

namespace atelier::cli {
namespace {

bool looks_like_file(const std::string& text) {
  std::error_code ignored;
  return text.find('/') != std::string::npos || std::filesystem::path(text).has_extension() ||
         std::filesystem::exists(text, ignored);
}

ChosenStyle from_taste_code(const std::string& text, const style::StyleSpace& space) {
  const personalization::TasteCode code = personalization::TasteCode::parse(text, space);
  ChosenStyle chosen{code.style(space), std::nullopt, static_cast<float>(code.strength) / 100, {}};
  if (code.detail >= 0) chosen.detail = static_cast<float>(code.detail) / 100;
  return chosen;
}

// A code of another model with known attributes finds its place in this one; any other is refused where it is
// used.
StyleCode carried_over(style::SavedCode saved, const std::filesystem::path& path,
                       const style::Gallery& gallery) {
  if (saved.code.space == gallery.built_in().space() || saved.attributes.empty())
    return std::move(saved.code);
  std::vector<const style::NamedStyle*> built_in;
  for (const style::NamedStyle& style : gallery.built_in().styles()) built_in.push_back(&style);
  const auto model = style::fit_gallery_attributes(built_in);
  if (!model) return std::move(saved.code);
  style::MigratedCode migrated = style::migrate_code(saved.code, saved.attributes, *model, built_in);
  spdlog::warn("{}: made with another model; carried over by its attributes, near '{}'",
               printable(path.string()), migrated.nearest);
  return std::move(migrated.code);
}

ChosenStyle choose_one(const std::string& text, const inference::Stylizer& stylizer,
                       const style::Gallery& gallery, const style::StyleSpace* space) {
  if (const style::NamedStyle* named = gallery.find(text)) {
    ChosenStyle chosen{named->code, std::nullopt, std::nullopt, {}};
    if (named->detail >= 0) chosen.detail = named->detail;
    if (!named->delta.empty()) chosen.trained.emplace_back(*named, 1.0);
    return chosen;
  }
  if (is_taste_code(text)) return from_taste_code(text, require_space(space));
  if (!looks_like_file(text)) gallery.require(text);
  const std::filesystem::path path = text;
  if (path.extension() == ".json") {
    return {carried_over(style::read_saved_code(path), path, gallery), std::nullopt, std::nullopt, {path}};
  }
  return {encode_picture(path, stylizer), std::nullopt, std::nullopt, {path}};
}

}  // namespace

ChosenStyle choose_style(const std::vector<std::string>& arguments, const inference::Stylizer& stylizer,
                         const style::Gallery& gallery, const style::StyleSpace* space) {
  std::vector<std::pair<StyleCode, double>> codes;
  ChosenStyle result;
  double detail = 0, strength = 0, weights = 0;
  bool has_detail = false, has_strength = false;
  for (const std::string& argument : arguments) {
    const style::WeightedStyle wanted = style::parse_weighted_style(argument);
    ChosenStyle one = choose_one(wanted.style, stylizer, gallery, space);
    has_detail = has_detail || one.detail.has_value();
    detail += wanted.weight * one.detail.value_or(stylizer.default_detail());
    has_strength = has_strength || one.strength.has_value();
    strength += wanted.weight * static_cast<double>(one.strength.value_or(1));
    weights += wanted.weight;
    codes.emplace_back(std::move(one.code), wanted.weight);
    for (auto& [style, share] : one.trained) result.trained.emplace_back(std::move(style), wanted.weight);
    result.files.insert(result.files.end(), one.files.begin(), one.files.end());
  }
  result.code = style::blend(codes);
  for (auto& [style, share] : result.trained) share /= weights;
  if (has_detail) result.detail = static_cast<float>(detail / weights);
  if (has_strength) result.strength = static_cast<float>(strength / weights);
  return result;
}

bool is_taste_code(const std::string& text) {
  return text.size() > 4 && std::toupper(static_cast<unsigned char>(text[0])) == 'A' &&
         std::toupper(static_cast<unsigned char>(text[1])) == 'T' && text.compare(2, 2, "1-") == 0;
}

const style::StyleSpace& require_space(const style::StyleSpace* space) {
  if (space != nullptr) return *space;
  throw Error(
      ErrorCode::Unavailable, "style.no_space",
      "this model has no style space, so taste codes mean nothing to it; choose another one with --model");
}

const style::StyleSpace& require_space(const std::optional<style::StyleSpace>& space) {
  return require_space(space ? &*space : nullptr);
}

StyleCode encode_picture(const std::filesystem::path& path, const inference::Stylizer& stylizer) {
  ReadOptions options;
  options.shrink_to_short_side = inference::Stylizer::kStyleSide;
  const Image picture = read_image(path, options);
  try {
    return stylizer.encode(picture);
  } catch (const Error& error) {
    throw Error(error.code(), error.id(), printable(path.string()) + ": " + error.what());
  }
}

}  // namespace atelier::cli

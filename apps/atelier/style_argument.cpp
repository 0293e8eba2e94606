#include "style_argument.h"

#include <utility>

#include "atelier/core/error.h"
#include "atelier/image/read_image.h"
#include "atelier/style/blend.h"
#include "atelier/style/code_file.h"

namespace atelier::cli {
namespace {

bool looks_like_file(const std::string& text) {
  std::error_code ignored;
  return text.find('/') != std::string::npos || std::filesystem::path(text).has_extension() ||
         std::filesystem::exists(text, ignored);
}

ChosenStyle choose_one(const std::string& text, const inference::Stylizer& stylizer,
                       const style::Gallery& gallery) {
  if (const style::NamedStyle* named = gallery.find(text)) {
    ChosenStyle chosen{named->code, std::nullopt, {}};
    if (named->detail >= 0) chosen.detail = named->detail;
    return chosen;
  }
  if (!looks_like_file(text)) gallery.require(text);
  const std::filesystem::path path = text;
  if (path.extension() == ".json") return {style::read_code_file(path), std::nullopt, {path}};
  return {encode_picture(path, stylizer), std::nullopt, {path}};
}

}  // namespace

ChosenStyle choose_style(const std::vector<std::string>& arguments, const inference::Stylizer& stylizer,
                         const style::Gallery& gallery) {
  std::vector<std::pair<StyleCode, double>> codes;
  ChosenStyle result;
  double detail = 0, weights = 0;
  bool has_detail = false;
  for (const std::string& argument : arguments) {
    const style::WeightedStyle wanted = style::parse_weighted_style(argument);
    ChosenStyle one = choose_one(wanted.style, stylizer, gallery);
    has_detail = has_detail || one.detail.has_value();
    detail += wanted.weight * one.detail.value_or(stylizer.default_detail());
    weights += wanted.weight;
    codes.emplace_back(std::move(one.code), wanted.weight);
    result.files.insert(result.files.end(), one.files.begin(), one.files.end());
  }
  result.code = style::blend(codes);
  if (has_detail) result.detail = static_cast<float>(detail / weights);
  return result;
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

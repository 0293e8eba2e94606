#include "atelier/style/blend.h"

#include <cctype>
#include <charconv>
#include <cmath>
#include <filesystem>

#include "atelier/core/error.h"
#include "atelier/style/style_library.h"

namespace atelier::style {
namespace {

void require_same_space(const StyleCode& a, const StyleCode& b) {
  if (a.space == b.space && a.values.size() == b.values.size()) return;
  throw Error(ErrorCode::BadData, "style.space",
              "style codes of different models cannot be mixed: '" + printable(a.space) + "' with " +
                  std::to_string(a.values.size()) + " numbers and '" + printable(b.space) + "' with " +
                  std::to_string(b.values.size()) + "; make both with the same model");
}

[[noreturn]] void refuse_weight(const std::string& what) {
  throw Error(ErrorCode::Usage, "style.weight",
              what + "; write STYLE or STYLE:WEIGHT with a number above 0, for example monet:0.5");
}

bool is_good_weight(double weight) {
  return std::isfinite(weight) && weight > 0;
}

// A folder, or a name with an extension.
bool looks_like_path(std::string_view text) {
  const std::size_t dot = text.rfind('.');
  return text.find_first_of("/\\") != std::string_view::npos ||
         (dot != std::string_view::npos && dot + 1 < text.size() &&
          std::isalpha(static_cast<unsigned char>(text[dot + 1])) != 0);
}

}  // namespace

WeightedStyle parse_weighted_style(const std::string& text) {
  const std::string shown = "style '" + printable(text) + "'";
  if (text.empty()) refuse_weight("the style is empty");
  const std::size_t colon = text.rfind(':');
  std::error_code ignored;
  if (colon == std::string::npos || std::filesystem::exists(text, ignored)) return {.style = text};

  const std::string style = text.substr(0, colon);
  const char* const first = text.data() + colon + 1;
  const char* const last = text.data() + text.size();
  double weight = 0;
  const auto [end, error] = std::from_chars(first, last, weight);
  const bool is_number = error == std::errc() && end == last;
  if (!is_number) {
    // "monet:0,5" is a mistyped weight; "C:pictures/wave.jpg" is a path, and its reader will say what is
    // wrong with it.
    if (!style.empty() && looks_like_path({first, last})) return {.style = text};
    refuse_weight(shown + ": '" + printable(text.substr(colon + 1)) + "' is no weight");
  }
  if (style.empty()) refuse_weight(shown + ": there is no style before the ':'");
  if (!is_good_weight(weight)) refuse_weight(shown + ": the weight must be above 0");
  return {.style = style, .weight = weight};
}

StyleCode blend(std::span<const std::pair<StyleCode, double>> weighted) {
  if (weighted.empty()) refuse_weight("a blend needs at least one style");
  const StyleCode& first = weighted.front().first;
  double total = 0;
  for (const auto& [code, weight] : weighted) {
    require_same_space(first, code);
    if (!is_good_weight(weight)) refuse_weight("the weight " + std::to_string(weight) + " is not above 0");
    total += weight;
  }
  if (!std::isfinite(total)) refuse_weight("the weights are too large to add");
  StyleCode mixed{.space = first.space, .values = std::vector<float>(first.values.size())};
  for (std::size_t i = 0; i < mixed.values.size(); ++i) {
    double sum = 0;
    for (const auto& [code, weight] : weighted) sum += weight / total * code.values[i];
    mixed.values[i] = static_cast<float>(sum);
  }
  return mixed;
}

StyleCode interpolate(const StyleCode& a, const StyleCode& b, double t) {
  require_same_space(a, b);
  if (!std::isfinite(t)) refuse_weight("the position between two styles is not a number");
  StyleCode mixed{.space = a.space, .values = std::vector<float>(a.values.size())};
  for (std::size_t i = 0; i < mixed.values.size(); ++i) {
    mixed.values[i] = static_cast<float>((1 - t) * a.values[i] + t * b.values[i]);
  }
  return mixed;
}

double distance(const StyleCode& a, const StyleCode& b) {
  require_same_space(a, b);
  double sum = 0;
  for (std::size_t i = 0; i < a.values.size(); ++i) {
    const double difference = static_cast<double>(a.values[i]) - b.values[i];
    sum += difference * difference;
  }
  return std::sqrt(sum);
}

}  // namespace atelier::style

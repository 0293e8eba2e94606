#include "dial_options.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "atelier/core/error.h"
#include "atelier/inference/colour_list.h"

namespace atelier::cli {
namespace {

void require_dials(bool good, const std::string& message) {
  if (!good) throw Error(ErrorCode::Usage, "stylize.dials", message);
}

inference::Lab parse_colour(const std::string& text) {
  const std::string digits = text.starts_with('#') ? text.substr(1) : text;
  const bool is_hex = digits.find_first_not_of("0123456789abcdefABCDEF") == std::string::npos;
  if (!is_hex || (digits.size() != 6 && digits.size() != 3)) {
    throw Error(
        ErrorCode::Usage, "stylize.colours",
        "--colors: '" + printable(text) + "' is no colour; write each as #rrggbb, with commas between");
  }
  std::array<float, 3> rgb{};
  for (std::size_t c = 0; c < 3; ++c) {
    const std::string channel = digits.size() == 6 ? digits.substr(2 * c, 2) : std::string(2, digits[c]);
    rgb[c] = static_cast<float>(std::stoi(channel, nullptr, 16)) / 255;
  }
  return inference::srgb_to_lab(rgb);
}

}  // namespace

void DialOptions::add_to(CLI::App& command) {
  const auto text = [&](const char* name, std::string& value, const char* type, const char* description) {
    command.add_option(name, value, description)->type_name(type);
  };
  add_repeatable(
      command, "--mask", masks,
      "A picture of the photo's shape: white is painted in the --style-in that goes with it, black "
      "in the style outside, greys in both; repeat the pair for more parts")
      ->type_name("IMAGE");
  add_repeatable(command, "--style-in", styles_in,
                 "The style inside a --mask; 'photo' leaves the photo as it is")
      ->type_name("STYLE");
  text("--style-out", style_out, "STYLE", "The style outside the masks, in place of --style; 'photo' too");
  text("--palette-style", palette_style, "STYLE", "Take the colours of the style from this one");
  text("--texture-style", texture_style, "STYLE", "Take strokes, edges and contrasts from this one");
  text("--colors,--colours", colours, "LIST",
       "Paint in these colours, '#1b1b3a,#e8c39e,...', dark ones where the painting is dark");
  text("--detail-mask", detail_mask, "IMAGE", "White keeps every line there, whatever --detail says");
  command
      .add_option("--protect", protect,
                  "Keep lines where the photo has fine structure (text, features of faces), 1 all of it")
      ->type_name("0..1")
      ->check(unit_interval())
      ->capture_default_str();
  command
      .add_option("--protect-faces", protect_faces,
                  "Keep lines on faces that look at the camera, 1 all of them")
      ->type_name("0..1")
      ->check(unit_interval())
      ->capture_default_str();
  command.add_option("--grain", grain, "Film grain; --seed changes it")
      ->type_name("0..1")
      ->check(unit_interval())
      ->capture_default_str();
  command.add_option("--grain-size", grain_size, "Diameter of a grain, pixels; default 1.5")
      ->type_name("0.5..16");
  command.add_flag("--preview", preview,
                   "Write a sheet of small paintings instead: the style over strengths and strokes");
}

void DialOptions::validate(const PaintingOptions& painting, const PersonOptions& person) const {
  const bool has_style = !painting.styles.empty();
  const bool has_person = !person.taste.user.empty() || !person.for_each.empty();
  require_dials(masks.size() == styles_in.size(),
                std::to_string(masks.size()) + " --mask and " + std::to_string(styles_in.size()) +
                    " --style-in: every mask needs the style inside it, in the same order");
  require_dials(style_out.empty() || !masks.empty(),
                "--style-out is the style outside a mask: add --mask and --style-in");
  require_dials(style_out.empty() || (!has_style && !has_person),
                "--style-out and " + std::string(has_style ? "--style" : "--for") +
                    " both say what is painted outside the masks: leave one out");
  require_dials(masks.empty() || !style_out.empty() || has_style || has_person || !texture_style.empty(),
                "say what is painted outside the masks: --style-out STYLE, or --style-out photo to leave it");
  require_dials(!keeps_photo_outside() || std::any_of(styles_in.begin(), styles_in.end(),
                                                      [](const auto& style) { return style != kPhoto; }),
                "--style-in photo and --style-out photo leave nothing to paint");
  const bool both_halves = !palette_style.empty() && !texture_style.empty();
  require_dials(!both_halves || (!has_style && !has_person && style_out.empty()),
                "--palette-style and --texture-style together are the whole style: leave --style, --for and "
                "--style-out out");
  require_dials(palette_style.empty() || both_halves || has_style || has_person || !style_out.empty(),
                "--palette-style is half a style: add --texture-style or --style");
  require_dials(texture_style.empty() || both_halves || has_style || has_person || !style_out.empty(),
                "--texture-style is half a style: add --palette-style or --style");
  require_dials(colours.empty() || painting.colour == "style",
                "--colors and --color " + printable(painting.colour) +
                    " both say whose colours the painting has: leave one out");
  require_dials(!grain_size || grain > 0, "--grain-size without --grain: say how strong the grain is");
  require_dials(!grain_size || (*grain_size >= 0.5f && *grain_size <= 16),
                "--grain-size must lie between 0.5 and 16 pixels");
  if (!colours.empty()) parse_colours(colours);
  if (preview) {
    require_dials(!painting.strength && painting.stroke == 1,
                  "--preview shows all strengths and strokes: leave --strength and --stroke out");
    require_dials(!painting.keep_size, "--preview writes a sheet of its own size: leave --keep-size out");
  }
  const bool turns_others = grain > 0 || protect > 0 || protect_faces > 0 || !colours.empty() ||
                            !detail_mask.empty() || painting.colour != "style";
  if (painting.strength == 0.0f && turns_others)
    spdlog::warn("--strength 0 leaves the photo as it is: the other dials have no effect");
}

std::vector<std::string> DialOptions::base_styles(const std::vector<std::string>& typed) const {
  if (!typed.empty()) return typed;
  if (!style_out.empty() && !keeps_photo_outside()) return {style_out};
  if (!texture_style.empty()) return {texture_style};
  for (const std::string& style : styles_in) {
    // Outside stays the photo: any style will do, its strength is 0.
    if (keeps_photo_outside() && style != kPhoto) return {style};
  }
  return {};
}

std::vector<inference::Lab> parse_colours(const std::string& list) {
  std::vector<inference::Lab> colours;
  std::istringstream parts(list);
  std::string part;
  while (std::getline(parts, part, ',')) {
    part.erase(0, part.find_first_not_of(' '));
    part.erase(part.find_last_not_of(' ') + 1);
    colours.push_back(parse_colour(part));
  }
  if (colours.empty() || colours.size() > inference::kMostColours) {
    throw Error(ErrorCode::Usage, "stylize.colours",
                "--colors has " + std::to_string(colours.size()) + " colours; give 1 to " +
                    std::to_string(inference::kMostColours));
  }
  return colours;
}

nlohmann::json dials_to_json(const PaintingOptions& painting, const DialOptions& dials, std::uint64_t seed) {
  nlohmann::json regions = nlohmann::json::array();
  for (std::size_t i = 0; i < dials.masks.size(); ++i)
    regions.push_back({{"mask", dials.masks[i]}, {"style", dials.styles_in[i]}});
  nlohmann::json strength, detail;  // null: left to the style
  if (painting.strength) strength = *painting.strength;
  if (painting.detail >= 0) detail = painting.detail;
  return {{"styles", painting.styles},
          {"strength", strength},
          {"detail", detail},
          {"stroke", painting.stroke},
          {"color", painting.colour},
          {"colors", dials.colours},
          {"size", painting.size},
          {"tile", painting.tile},
          {"regions", regions},
          {"style_out", dials.style_out},
          {"palette_style", dials.palette_style},
          {"texture_style", dials.texture_style},
          {"detail_mask", dials.detail_mask},
          {"protect", dials.protect},
          {"protect_faces", dials.protect_faces},
          {"grain", {{"strength", dials.grain}, {"size", dials.grain_size.value_or(1.5f)}, {"seed", seed}}},
          {"preview", dials.preview}};
}

}  // namespace atelier::cli

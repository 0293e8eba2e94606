#include "stylize_dials.h"

#include <spdlog/spdlog.h>

#include <utility>

#include "atelier/core/error.h"
#include "atelier/detection/face_mask.h"
#include "atelier/image/read_image.h"
#include "atelier/inference/mask.h"
#include "trained_style.h"

namespace atelier::cli {
namespace {

void check_mask(const Image& mask, const std::string& name, const Image& photo) {
  if (inference::require_fitting_mask(mask, name, photo.width(), photo.height())) return;
  spdlog::warn("{}: the mask is {}x{} pixels, the photo {}x{}; it is scaled to fit", printable(name),
               mask.width(), mask.height(), photo.width(), photo.height());
}

}  // namespace

Dials::Dials(const DialOptions& options, std::uint64_t seed, const inference::Stylizer& stylizer,
             const model::ModelBundle& bundle)
    : detail_mask_name_(options.detail_mask),
      grain_{options.grain, options.grain_size.value_or(inference::Grain().size), seed},
      protect_(options.protect),
      protect_faces_(options.protect_faces),
      keeps_photo_outside_(options.keeps_photo_outside()) {
  const style::StyleSpace* space = bundle.space() ? &*bundle.space() : nullptr;
  const style::Gallery gallery = style::Gallery::open(bundle.styles());
  const auto choose = [&](const std::string& name) {
    ChosenStyle chosen = choose_style({name}, stylizer, gallery, space);
    files_.insert(files_.end(), chosen.files.begin(), chosen.files.end());
    return chosen;
  };
  if (!options.palette_style.empty()) palette_ = choose(options.palette_style).code;
  if (!options.texture_style.empty()) texture_ = choose(options.texture_style).code;
  for (std::size_t i = 0; i < options.masks.size(); ++i) {
    Region region{read_image(options.masks[i]), options.masks[i], std::nullopt, {}};
    files_.emplace_back(options.masks[i]);
    if (options.styles_in[i] != DialOptions::kPhoto) {
      region.style = choose(options.styles_in[i]);
      region.trained = trained_delta(*region.style, bundle);
      if (!region.trained.layers.empty()) {
        throw Error(ErrorCode::Usage, "style.layers_blend",
                    "--style-in " + printable(options.styles_in[i]) +
                        ": this style trained layers of its own and cannot share a picture; fit it without "
                        "layers, or paint it alone");
      }
      region.style->code = mixed(region.style->code, stylizer);
    }
    regions_.push_back(std::move(region));
  }
  if (!options.detail_mask.empty()) {
    detail_mask_ = read_image(options.detail_mask);
    files_.emplace_back(options.detail_mask);
  }
  if (protect_faces_ > 0) face_finder_ = detection::FaceFinder::open();
  if (!options.colours.empty()) colours_ = parse_colours(options.colours);
}

StyleCode Dials::mixed(const StyleCode& code, const inference::Stylizer& stylizer) const {
  if (palette_) return stylizer.combine(*palette_, texture_.value_or(code));
  if (texture_) return stylizer.combine(code, *texture_);
  return code;
}

std::optional<Image> Dials::faces_of(const Image& photo) const {
  if (!face_finder_) return std::nullopt;
  const std::vector<detection::Face> faces = face_finder_->find(photo);
  spdlog::debug("faces found: {}", faces.size());
  if (faces.empty()) return std::nullopt;
  return detection::face_mask(photo.width(), photo.height(), faces, protect_faces_);
}

void Dials::apply_to(inference::StylizeOptions& options, const std::optional<Image>& faces,
                     bool keep_detail) const {
  for (const Region& region : regions_) {
    inference::StyleRegion& part = options.regions.emplace_back();
    part.mask = &region.mask;
    part.name = region.name;
    part.strength = region.style ? options.strength : 0;
    if (!region.style) continue;
    part.style = region.style->code;
    part.modulation = region.trained.modulation;
    if (!keep_detail) part.detail = region.style->detail;
  }
  if (keeps_photo_outside_) options.strength = 0;
  if (!colours_.empty()) options.colour = inference::Colour::List, options.colours = colours_;
  for (const std::optional<Image>* mask : {&detail_mask_, &faces}) {
    if (*mask) options.detail_masks.push_back(&**mask);
  }
  options.protect = protect_;
  options.grain = grain_;
}

void Dials::check_masks(const Image& photo) const {
  for (const Region& region : regions_) check_mask(region.mask, region.name, photo);
  if (detail_mask_) check_mask(*detail_mask_, detail_mask_name_, photo);
}

}  // namespace atelier::cli

#include "style_words.h"

#include "atelier/core/error.h"
#include "atelier/image/read_image.h"
#include "atelier/inference/stylizer.h"

namespace atelier::cli {

StyleWords::StyleWords(const model::ModelBundle& bundle, const style::Gallery& gallery)
    : model_(bundle.attributes()) {
  if (!model_) {
    std::vector<const style::NamedStyle*> built_in;
    for (const style::NamedStyle& style : gallery.built_in().styles()) built_in.push_back(&style);
    model_ = style::fit_gallery_attributes(built_in);
  }
  if (model_) scales_ = model_->scales();
}

std::map<std::string, double> StyleWords::attributes(const style::NamedStyle& style) const {
  return style::has_all_attributes(style.attributes) ? style.attributes : attributes(style.code);
}

std::map<std::string, double> StyleWords::attributes(const StyleCode& code) const {
  return model_ ? model_->predict(code) : std::map<std::string, double>();
}

void StyleWords::require() const {
  if (model_) return;
  throw Error(ErrorCode::Unavailable, "style.no_attributes",
              "this model's styles were never measured, so they cannot be found by words; export the model "
              "again with "
              "'atelier train export' or choose another one with --model");
}

std::map<std::string, double> measure_picture(const Image& picture) {
  return style::measure_attributes(picture.to_planar(), picture.height(), picture.width());
}

std::map<std::string, double> measure_picture(const std::filesystem::path& path) {
  ReadOptions options;
  options.shrink_to_short_side = inference::Stylizer::kStyleSide;
  return measure_picture(read_image(path, options));
}

std::string join_words(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

}  // namespace atelier::cli

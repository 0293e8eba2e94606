#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "atelier/image/image.h"
#include "atelier/model/model_bundle.h"
#include "atelier/style/attribute_model.h"
#include "atelier/style/user_styles.h"

namespace atelier::cli {

/// What can be said about styles in words: measured attributes where there are some, else those the attribute
/// model expects. The model is the bundle's, else one fitted on a gallery that was measured, else there is
/// none.
class StyleWords {
 public:
  StyleWords(const model::ModelBundle& bundle, const style::Gallery& gallery);

  /// Every attribute of the table; empty when they are neither measured nor predictable.
  std::map<std::string, double> attributes(const style::NamedStyle& style) const;
  std::map<std::string, double> attributes(const StyleCode& code) const;
  /// What is usual: to say of a number that it is much or little. Empty without a model.
  const std::map<std::string, style::AttributeScale>& scales() const { return scales_; }
  const std::optional<style::AttributeModel>& model() const { return model_; }

  /// Error Unavailable "style.no_attributes" when this model's styles were never measured.
  void require() const;

 private:
  std::optional<style::AttributeModel> model_;
  std::map<std::string, style::AttributeScale> scales_;
};

/// The attributes of a picture file.
std::map<std::string, double> measure_picture(const std::filesystem::path& path);
std::map<std::string, double> measure_picture(const Image& picture);

/// "dark, muted, coarse"; empty when nothing stands out.
std::string join_words(const std::vector<std::string>& words);

}  // namespace atelier::cli

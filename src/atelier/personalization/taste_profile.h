#pragma once

#include <Eigen/Dense>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "atelier/personalization/preference_model.h"
#include "atelier/personalization/question_selector.h"
#include "atelier/personalization/taste_features.h"
#include "atelier/style/attributes.h"

namespace atelier::personalization {

enum class Leaning { Low, High, Unsure };

/// What is known about one attribute. The number is the expected utility gained by a style that is one
/// standard deviation higher in the attribute, with all that goes along with it in the gallery: the slope of
/// the predicted utilities over the gallery, not one weight of the model, so that correlated features do not
/// hide each other.
struct AttributeTaste {
  std::string key;
  Leaning leaning = Leaning::Unsure;  ///< of the slope's sign, known with 80 % at least, where it matters
  bool certain = false;               ///< the 90 % interval leaves no room for the other sign
  double strength = 0;                ///< slope: > 0 favours the high end
  double low = 0, high = 0;           ///< its 90 % interval
  double probability = 0.5;           ///< that the slope is above 0
  std::string sentence;  ///< "you favour muted palettes", "you lean towards long strokes (86 % sure)"
  std::vector<Influence> because;        ///< the answers that weigh most in favour of the sentence, ids
  std::string example, counter_example;  ///< candidates' keys at the two ends: liked end first
};

struct TasteProfile {
  std::vector<AttributeTaste> attributes;  ///< most certain first
  std::string summary;  ///< "you favour muted palettes; you lean towards long strokes; unsure about shading"
  bool learned = false;
  std::string why;  ///< PreferenceModel::why()
};

/// Explains a model in terms of the attributes in `words`; attributes the features do not have are left out.
/// `gallery` gives slopes and example pictures. Error Usage "taste.candidates" for an empty gallery.
TasteProfile explain(const PreferenceModel& model, const TasteFeatures& features,
                     std::span<const Candidate> gallery, std::span<const style::Attribute> words);

}  // namespace atelier::personalization

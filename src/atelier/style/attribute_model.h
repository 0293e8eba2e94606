#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "atelier/style/attributes.h"
#include "atelier/style/style_code.h"
#include "atelier/style/style_library.h"

namespace atelier::style {

/// How the codes of one space and the attributes people name hang together, learned from styles whose codes
/// and attributes are both known. Linear both ways: a ridge from code to each attribute, and the expected
/// code given attributes. A plain value; const members are safe from many threads.
struct AttributeModel {
  struct Row {
    std::string key;
    AttributeScale scale;        ///< over the styles it was fitted on
    double residual_sd = 1;      ///< of predictions for styles left out of the fit, in the attribute's unit
    double r2 = 0;               ///< 1 - (that / sd)^2: 1 predicts perfectly, 0 and below not at all
    std::vector<float> weights;  ///< [dim] attribute = scale.mean + weights . (code - mean)
    std::vector<float> covariance;  ///< [dim] of the code with the standardised attribute

    bool operator==(const Row&) const = default;
  };

  std::string space;
  std::vector<float> mean;                       ///< [dim] mean code
  std::vector<Row> rows;                         ///< one an attribute
  std::vector<std::vector<double>> correlation;  ///< of the attributes, [rows][rows]

  int dim() const { return static_cast<int>(mean.size()); }
  bool operator==(const AttributeModel&) const = default;

  /// codes[i] has attributes measured[i]; keys are those every one of them has. Each attribute's ridge is the
  /// one that predicts left-out styles best. Error BadData "style.attributes" for less than two codes,
  /// different counts, codes of different spaces, or numbers that are not finite.
  static AttributeModel fit(std::span<const StyleCode> codes,
                            std::span<const std::map<std::string, double>> measured);

  /// The expected attributes of any code of the space (a blend, a mapped taste), limited to 4 standard
  /// deviations from the mean. Error BadData "style.space" for a code of another space.
  std::map<std::string, double> predict(const StyleCode& code) const;

  /// Mean and spread of every attribute, for standardising.
  std::map<std::string, AttributeScale> scales() const;

  /// `code` changed so that its attributes move by so many standard deviations, by what such a change usually
  /// goes with; attributes that are not named stay as they are. Error BadData "style.space" for another
  /// space, Usage "style.attributes" for an unknown key or a change that is not finite.
  StyleCode move(const StyleCode& code, const std::map<std::string, double>& changes) const;

  std::string to_text() const;  ///< JSON
  /// Error BadData "style.attributes_file" when it is broken; `name` stands for the file in messages.
  static AttributeModel parse(std::string_view text, const std::string& name);
};

/// The model fitted on a gallery alone, for bundles that bring none: fewer styles, so less sure (see r2).
/// Empty when less than ten styles have every attribute of the table.
std::optional<AttributeModel> fit_gallery_attributes(std::span<const NamedStyle* const> gallery);

/// A code carried over from another model's space by what its style looked like.
struct MigratedCode {
  StyleCode code;
  std::string nearest;  ///< the gallery style it started from
  double mismatch =
      0;  ///< root mean square of what is missing to the attributes asked for, standard deviations
};

/// `code` itself when it belongs to the space of `model`. Else the gallery style nearest in standardised
/// attributes, moved towards the ones asked for (each by at most 2 standard deviations). `attributes` are
/// those of the saved code. Error BadData "style.space" when they or the gallery's are missing: such a code
/// is refused, never painted as nonsense.
MigratedCode migrate_code(const StyleCode& code, const std::map<std::string, double>& attributes,
                          const AttributeModel& model, std::span<const NamedStyle* const> gallery);

}  // namespace atelier::style

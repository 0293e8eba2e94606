#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "atelier/model/model_bundle.h"
#include "atelier/personalization/population_prior.h"
#include "atelier/personalization/question_selector.h"
#include "atelier/personalization/style_mapper.h"
#include "atelier/personalization/taste_features.h"
#include "atelier/storage/records.h"
#include "atelier/style/attributes.h"
#include "atelier/style/user_styles.h"

namespace atelier::cli {

/// What tastes are about, nobody's in particular: the styles a person can judge, as features, and what is
/// believed about a person who was never asked.
class TasteGallery {
 public:
  /// Error BadData "taste.model" for a model whose styles have neither coordinates nor attributes;
  /// those of StyleMapper::load and require_fit, and of read_shared_prior().
  explicit TasteGallery(std::shared_ptr<const model::ModelBundle> bundle);

  const model::ModelBundle& bundle() const { return *bundle_; }
  const style::Gallery& gallery() const { return gallery_; }
  const personalization::TasteFeatures& features() const { return features_; }
  /// What everybody starts from: the prior installed on this computer when it speaks of this model's features
  /// (shared_prior.h), else standard_prior().
  const personalization::PopulationPrior& prior() const { return prior_; }
  /// The prior that knows nobody.
  const personalization::PopulationPrior& standard_prior() const { return standard_; }
  /// The bundle's style mapper; empty when it has none.
  const std::optional<personalization::StyleMapper>& mapper() const { return mapper_; }
  /// Every style of the gallery, the person's own first.
  const std::vector<personalization::Candidate>& candidates() const { return candidates_; }

  /// The style as it goes into an answer. Error NoInput "style.unknown", the same for a style that does not
  /// exist and for one of another person's.
  storage::Subject subject(const std::string& name) const;
  /// "The Great Wave, Katsushika Hokusai, c. 1831: light, muted", for people.
  std::string describe(const style::NamedStyle& style) const;

 private:
  std::shared_ptr<const model::ModelBundle> bundle_;
  style::Gallery gallery_;
  personalization::TasteFeatures features_;
  personalization::PopulationPrior standard_, prior_;
  std::optional<personalization::StyleMapper> mapper_;
  std::vector<personalization::Candidate> candidates_;
  std::map<std::string, style::AttributeScale> scales_;
};

/// A style as an answer keeps it.
storage::Subject to_subject(const style::NamedStyle& style);

}  // namespace atelier::cli

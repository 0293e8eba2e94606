#pragma once

#include <Eigen/Dense>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "atelier/storage/records.h"
#include "atelier/style/style_space.h"

namespace atelier::personalization {

/// How one measured attribute is spread over the gallery: (value - mean) / sd is what the taste model sees.
struct AttributeScale {
  std::string key;
  double mean = 0;
  double sd = 1;  ///< > 0

  bool operator==(const AttributeScale&) const = default;
};

struct TasteFeatureOptions {
  int coordinates = 16;  ///< at most that many z, fewer when the space has fewer
  double ridge = 4;      ///< strength of the ridge that guesses z from attributes and attributes from z, > 0
};

/// The numbers a taste is linear in: psi = [z | standardised attributes | 1].
/// z are the whitened coordinates of the style code (mean 0, sd 1 over the gallery); both are clamped to +-4
/// so that a style far outside the known ones cannot have a boundless utility. The last entry is always 1. A
/// subject of another style space (an old model) keeps its attributes; its z are their expectation given
/// these, and the other way round for a code whose attributes were never measured. Immutable; safe from many
/// threads.
class TasteFeatures {
 public:
  /// Measures means and deviations over the gallery and fits the two ridges. Error BadData "taste.features"
  /// for an empty gallery, attributes that are not finite, no space and no key at all.
  static TasteFeatures fit(const std::optional<style::StyleSpace>& space,
                           std::span<const storage::Subject> gallery, const std::vector<std::string>& keys,
                           const TasteFeatureOptions& options = {});

  /// psi of a subject. Error BadData "taste.features" when it has neither a code of this space nor one known
  /// attribute, or when a number is not finite.
  Eigen::VectorXd psi(const storage::Subject& subject) const;
  /// psi of a point of the style space with guessed attributes; `z` may be shorter than coordinates().
  Eigen::VectorXd psi_at(std::span<const double> z) const;
  /// One row a subject.
  Eigen::MatrixXd matrix(std::span<const storage::Subject> subjects) const;

  int size() const { return coordinates_ + static_cast<int>(attributes_.size()) + 1; }
  int coordinates() const { return coordinates_; }
  const std::vector<AttributeScale>& attributes() const { return attributes_; }
  /// Position in psi of an attribute, or -1.
  int index_of(std::string_view attribute) const;
  /// "z1".."z16", the attributes' keys, "one".
  std::vector<std::string> names() const;
  /// Names space, keys and sizes ("<space>/z16/warmth+contrast"): a prior belongs to the features it was
  /// fitted on.
  const std::string& id() const { return id_; }

  std::string to_text() const;  ///< JSON, with the space; exact
  /// Error BadData "taste.features_file" when it is broken; `name` stands for the file in messages.
  static TasteFeatures parse(std::string_view text, const std::string& name);

 private:
  TasteFeatures() = default;
  void set_id();
  /// What is measured, 0 elsewhere; the entries that are.
  Eigen::VectorXd measured(const storage::Subject& subject, std::vector<bool>& known) const;
  /// The other entries at their expectation over the gallery given these.
  Eigen::VectorXd completed(Eigen::VectorXd values, const std::vector<bool>& known) const;

  std::optional<style::StyleSpace> space_;
  int coordinates_ = 0;
  std::vector<AttributeScale> attributes_;
  Eigen::MatrixXd joint_;  ///< second moments of psi over the gallery, with the ridge
  std::string id_;
};

}  // namespace atelier::personalization

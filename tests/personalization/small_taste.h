#pragma once

#include <Eigen/Dense>
#include <random>
#include <string>
#include <vector>

#include "atelier/personalization/detail/random.h"
#include "atelier/personalization/question_selector.h"
#include "atelier/personalization/taste_features.h"
#include "atelier/style/attributes.h"

namespace atelier::test {

/// A style space of 6 numbers with 3 coordinates and a gallery of styles in it: warmth goes along with z1,
/// saturation is a thing of its own.
inline style::StyleSpace small_space(const std::string& id = "small-space") {
  return {.id = id,
          .mean = {0.1F, 0.2F, 0.3F, 0.4F, 0.5F, 0.6F},
          .components = {{1, 0, 0, 0, 0, 0}, {0, 1, 0, 0, 0, 0}, {0, 0, 1, 0, 0, 0}},
          .scale = {2, 1, 0.5F}};
}

inline std::vector<storage::Subject> small_gallery(int count = 40) {
  std::mt19937_64 random(3);
  const style::StyleSpace space = small_space();
  std::vector<storage::Subject> gallery;
  for (int i = 0; i < count; ++i) {
    std::vector<double> z(3);
    for (double& value : z) value = personalization::detail::normal(random);
    const double warmth = 20 + 5 * (0.8 * z[0] + 0.6 * personalization::detail::normal(random));
    const double saturation = 40 + 10 * personalization::detail::normal(random);
    gallery.push_back(
        {"style-" + std::to_string(i), space.code_at(z), {{"warmth", warmth}, {"saturation", saturation}}});
  }
  return gallery;
}

inline personalization::TasteFeatures small_features(const std::vector<storage::Subject>& gallery) {
  return personalization::TasteFeatures::fit(small_space(), gallery, {"warmth", "saturation"});
}

inline std::vector<personalization::Candidate> candidates_of(const personalization::TasteFeatures& features,
                                                             const std::vector<storage::Subject>& gallery) {
  std::vector<personalization::Candidate> candidates;
  for (const storage::Subject& subject : gallery)
    candidates.push_back({subject.style, features.psi(subject)});
  return candidates;
}

/// Two rows of an attribute table.
inline std::vector<style::Attribute> small_words() {
  style::Attribute warmth, saturation;
  warmth.key = "warmth";
  warmth.low_phrase = "cool colours";
  warmth.high_phrase = "warm colours";
  saturation.key = "saturation";
  saturation.low_phrase = "muted palettes";
  saturation.high_phrase = "vivid palettes";
  return {warmth, saturation};
}

/// Rows of standard normal numbers with a last column of ones.
inline Eigen::MatrixXd random_features(int rows, int dim, unsigned seed) {
  std::mt19937_64 random(seed);
  Eigen::MatrixXd features = Eigen::MatrixXd::Ones(rows, dim);
  for (int i = 0; i < rows; ++i) {
    for (int j = 0; j + 1 < dim; ++j) features(i, j) = personalization::detail::normal(random);
  }
  return features;
}

}  // namespace atelier::test

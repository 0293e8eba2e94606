#pragma once

#include <cmath>
#include <string>
#include <vector>

#include "atelier/evaluation/simulated_people.h"

namespace atelier::test {

/// Styles with three attributes that hardly correlate, and no code.
inline evaluation::GalleryFeatures small_gallery(int styles = 24) {
  std::vector<storage::Subject> subjects;
  for (int i = 0; i < styles; ++i) {
    storage::Subject subject;
    subject.style = "style-" + std::to_string(i);
    subject.attributes = {
        {"warmth", std::sin(1.7 * i)}, {"contrast", std::cos(2.9 * i)}, {"lightness", std::sin(0.6 * i + 1)}};
    subjects.push_back(subject);
  }
  evaluation::GalleryFeatures gallery{
      personalization::TasteFeatures::fit(std::nullopt, subjects, {"warmth", "contrast", "lightness"}),
      {},
      {},
      {}};
  gallery.psi = gallery.features.matrix(subjects);
  gallery.prior = personalization::standard_prior(gallery.features, gallery.psi);
  for (const storage::Subject& subject : subjects) gallery.names.push_back(subject.style);
  return gallery;
}

}  // namespace atelier::test

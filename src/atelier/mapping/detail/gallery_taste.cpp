#include "atelier/mapping/detail/gallery_taste.h"

#include <algorithm>

#include "atelier/core/error.h"
#include "atelier/style/attributes.h"

namespace atelier::mapping {

GalleryTaste GalleryTaste::of(const model::ModelBundle& bundle) {
  if (!bundle.space() || bundle.styles().styles().size() < 3) {
    throw Error(
        ErrorCode::BadData, "taste.mapper",
        printable(bundle.folder().string()) +
            ": a style mapper needs a model with a style space and at least 3 styles; export one with "
            "`atelier train export`");
  }
  std::vector<storage::Subject> subjects;
  for (const style::NamedStyle& style : bundle.styles().styles()) {
    subjects.push_back({.style = style.name, .code = style.code, .attributes = style.attributes});
  }
  std::vector<std::string> keys;
  for (const style::Attribute& attribute : style::attributes()) {
    const bool everywhere = std::all_of(subjects.begin(), subjects.end(),
                                        [&](const auto& s) { return s.attributes.contains(attribute.key); });
    if (everywhere) keys.push_back(attribute.key);
  }
  auto features = personalization::TasteFeatures::fit(bundle.space(), subjects, keys);
  Eigen::MatrixXd psi = features.matrix(subjects);
  auto prior = personalization::standard_prior(features, psi);
  std::vector<personalization::Candidate> candidates;
  for (std::size_t i = 0; i < subjects.size(); ++i) {
    candidates.push_back({subjects[i].style, psi.row(static_cast<Eigen::Index>(i))});
  }
  return {.space = *bundle.space(),
          .subjects = std::move(subjects),
          .features = std::move(features),
          .psi = std::move(psi),
          .prior = std::move(prior),
          .candidates = std::move(candidates)};
}

}  // namespace atelier::mapping

#include "taste_gallery.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "atelier/core/error.h"
#include "shared_prior.h"
#include "taste_questions.h"

namespace atelier::cli {
namespace {

std::vector<storage::Subject> built_in_subjects(const model::ModelBundle& bundle) {
  std::vector<storage::Subject> subjects;
  for (const style::NamedStyle& style : bundle.styles().styles()) subjects.push_back(to_subject(style));
  return subjects;
}

// The built-in styles alone decide what the features mean: adding a style of one's own must not move them.
personalization::TasteFeatures fit_features(const model::ModelBundle& bundle) {
  const std::vector<storage::Subject> subjects = built_in_subjects(bundle);
  std::vector<std::string> keys;
  for (const style::Attribute& attribute : style::attributes()) {
    if (std::ranges::all_of(subjects, [&](const auto& s) { return s.attributes.contains(attribute.key); }))
      keys.push_back(attribute.key);
  }
  if (subjects.size() < 2 || (keys.empty() && !bundle.space())) {
    throw Error(
        ErrorCode::BadData, "taste.model",
        printable(bundle.folder().string()) +
            ": a taste needs a model of two styles at least, with a style space or measured attributes; "
            "choose another one with --model");
  }
  return personalization::TasteFeatures::fit(bundle.space(), subjects, keys);
}

}  // namespace

storage::Subject to_subject(const style::NamedStyle& style) {
  return {.style = style.name, .code = style.code, .attributes = style.attributes};
}

TasteGallery::TasteGallery(std::shared_ptr<const model::ModelBundle> bundle)
    : bundle_(std::move(bundle)),
      gallery_(style::Gallery::open(bundle_->styles())),
      features_(fit_features(*bundle_)),
      standard_(personalization::standard_prior(features_, features_.matrix(built_in_subjects(*bundle_)))) {
  add_mood_questions(standard_);
  prior_ = standard_;
  if (std::optional<personalization::PopulationPrior> shared = read_shared_prior()) {
    if (shared->features_id == features_.id() && shared->dim() == features_.size()) {
      prior_ = std::move(*shared);
      add_mood_questions(prior_);
    } else {
      spdlog::warn("{}: was released for another model; this one starts from the standard prior",
                   printable(shared_prior_path().string()));
    }
  }
  if (bundle_->mapper()) {
    mapper_ = personalization::StyleMapper::load(*bundle_->mapper());
    mapper_->require_fit(bundle_->manifest().space_id, features_);
  }
  std::vector<std::map<std::string, double>> measured;
  for (const style::NamedStyle* style : gallery_.styles()) {
    candidates_.push_back({style->name, features_.psi(to_subject(*style))});
    measured.push_back(style->attributes);
  }
  scales_ = style::scale_attributes(measured);
}

storage::Subject TasteGallery::subject(const std::string& name) const {
  constexpr std::size_t kLongestName = 64;
  if (name.size() > kLongestName)
    throw Error(ErrorCode::NoInput, "style.unknown",
                "no style has a name of more than 64 letters; see 'atelier styles list'");
  return to_subject(gallery_.require(name));
}

std::string TasteGallery::describe(const style::NamedStyle& style) const {
  std::string text = style.title.empty() ? style.name : printable(style.title);
  for (const std::string* more : {&style.artist, &style.year}) {
    if (!more->empty()) text += ", " + printable(*more);
  }
  std::string words;
  for (const std::string& word : style::describe_attributes(style.attributes, scales_)) {
    words += (words.empty() ? ": " : ", ") + word;
  }
  return text + words;
}

}  // namespace atelier::cli

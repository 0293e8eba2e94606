#include "atelier/mapping/detail/simulated_people.h"

#include <algorithm>

namespace atelier::mapping {
namespace {

using personalization::TasteFamily;

constexpr int kSurveyQuestions = 4;

double uniform(std::mt19937_64& random) {
  return static_cast<double>(random() >> 11) * 0x1p-53;
}

}  // namespace

SimulatedInterview::SimulatedInterview(const GalleryTaste& taste,
                                       const personalization::QuestionSelector& selector,
                                       personalization::SimulatedUser user, bool active, std::uint64_t seed)
    : taste_(&taste), selector_(&selector), user_(std::move(user)), active_(active), random_(seed) {}

std::size_t SimulatedInterview::any() {
  return random_() % taste_->candidates.size();
}

void SimulatedInterview::fill_in_survey(int questions) {
  const auto& attributes = taste_->features.attributes();
  for (int i = 0; i < questions && !attributes.empty(); ++i) {
    const std::string& key = attributes[random_() % attributes.size()].key;
    personalization::TasteObservation answer;
    answer.kind = storage::AnswerKind::Survey;
    answer.question = key;
    answer.value = user_.survey(taste_->features.index_of(key));
    answer.id = static_cast<std::int64_t>(observations_.size()) + 1;
    observations_.push_back(std::move(answer));
  }
}

void SimulatedInterview::answer_until(int answers) {
  while (answers_ < answers) {
    const bool rating = random_() % 2 == 0;
    // A gallery may be all rated: then the other kind is asked, then nothing.
    if (!(rating ? ask_rating() || ask_choice() : ask_choice() || ask_rating())) return;
    ++answers_;
  }
}

bool SimulatedInterview::ask_rating() {
  std::optional<std::size_t> index;
  if (active_) {
    index = selector_->next_rating(model(), rated_);
  } else if (rated_.size() < taste_->candidates.size()) {
    index = any();
    while (rated_.contains(taste_->candidates[*index].key)) index = any();
  }
  if (!index) return false;
  const personalization::Candidate& style = taste_->candidates[*index];
  rated_.insert(style.key);
  observations_.push_back(personalization::rating_of(style.psi, user_.rate(style.psi), style.key,
                                                     static_cast<std::int64_t>(observations_.size()) + 1));
  return true;
}

bool SimulatedInterview::ask_choice() {
  std::optional<std::pair<std::size_t, std::size_t>> pair;
  if (active_) {
    pair = selector_->next_choice(model(), compared_);
  } else {
    const std::size_t first = any(), second = any();
    if (first != second) pair = std::pair(first, second);
  }
  if (!pair) return false;
  const personalization::Candidate& a = taste_->candidates[pair->first];
  const personalization::Candidate& b = taste_->candidates[pair->second];
  compared_.emplace(a.key, b.key);
  observations_.push_back(personalization::choice_of(a.psi, b.psi, user_.choose(a.psi, b.psi), a.key, b.key,
                                                     static_cast<std::int64_t>(observations_.size()) + 1));
  return true;
}

personalization::PreferenceModel SimulatedInterview::model() const {
  return personalization::PreferenceModel::fit(taste_->prior, observations_, 0);
}

PeopleSource::PeopleSource(const GalleryTaste& taste, const PeopleOptions& options,
                           const AnsweringStyles& styles)
    : taste_(&taste), options_(options), styles_(styles.people), random_(options.seed) {
  for (int i = 0; i < options.populations; ++i) populations_.emplace_back(taste.psi, random_());
  for (const TasteFamily family : personalization::taste_families()) {
    if (family != TasteFamily::Careless) families_.push_back(family);
  }
  selector_ = std::make_unique<personalization::QuestionSelector>(taste.candidates);
}

SimulatedInterview PeopleSource::next() {
  const auto& population = populations_[count_ % populations_.size()];
  const TasteFamily family = uniform(random_) < options_.careless
                                 ? TasteFamily::Careless
                                 : families_[(count_ / populations_.size()) % families_.size()];
  personalization::SimulatedUserOptions answering;
  if (!styles_.empty() && random_() % 2 == 0) {
    const AnsweringStyle& style = styles_[random_() % styles_.size()];
    answering.noise = style.noise;
    answering.rating_offset = style.offset;
    answering.rating_scale = style.scale;
    answering.draw_scale = false;
  } else {
    answering.noise = 0.4 + 0.5 * uniform(random_);
  }
  ++count_;
  personalization::SimulatedUser user(population, family, random_(), answering);
  SimulatedInterview person(*taste_, *selector_, std::move(user), uniform(random_) < options_.active,
                            random_());
  if (uniform(random_) < options_.survey) person.fill_in_survey(kSurveyQuestions);
  return person;
}

}  // namespace atelier::mapping

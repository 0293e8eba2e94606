#pragma once

#include <cstdint>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "atelier/mapping/detail/answering_style.h"
#include "atelier/mapping/detail/gallery_taste.h"
#include "atelier/personalization/preference_model.h"
#include "atelier/personalization/question_selector.h"
#include "atelier/personalization/simulated_user.h"

namespace atelier::mapping {

/// One simulated person who is asked about the gallery's styles: ratings and choices in turn by lot, what the
/// question selector picks (active) or anything.
class SimulatedInterview {
 public:
  /// `taste` and `selector` outlive it.
  SimulatedInterview(const GalleryTaste& taste, const personalization::QuestionSelector& selector,
                     personalization::SimulatedUser user, bool active, std::uint64_t seed);

  void fill_in_survey(int questions);  ///< so many attributes, by lot
  void answer_until(int answers);      ///< ratings and choices, all in all
  personalization::PreferenceModel model() const;

  const personalization::SimulatedUser& user() const { return user_; }
  const std::vector<personalization::TasteObservation>& observations() const { return observations_; }

 private:
  bool ask_rating();
  bool ask_choice();
  std::size_t any();

  const GalleryTaste* taste_;
  const personalization::QuestionSelector* selector_;
  personalization::SimulatedUser user_;
  bool active_;
  std::mt19937_64 random_;
  std::vector<personalization::TasteObservation> observations_;
  int answers_ = 0;
  std::set<std::string> rated_;
  std::set<std::pair<std::string, std::string>> compared_;
};

/// Draws people. The same seed gives the same people in the same order.
struct PeopleOptions {
  int populations = 1;
  double careless = 0.05, active = 1, survey = 0;
  std::uint64_t seed = 1;
};

class PeopleSource {
 public:
  /// `taste` outlives it and its people. With `styles` half of the people answer the way real raters do.
  PeopleSource(const GalleryTaste& taste, const PeopleOptions& options, const AnsweringStyles& styles = {});
  SimulatedInterview next();

 private:
  const GalleryTaste* taste_;
  PeopleOptions options_;
  std::vector<AnsweringStyle> styles_;
  std::vector<personalization::SimulatedPopulation> populations_;
  std::vector<personalization::TasteFamily> families_;
  std::unique_ptr<personalization::QuestionSelector> selector_;
  std::mt19937_64 random_;
  std::size_t count_ = 0;
};

}  // namespace atelier::mapping

#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>

#include "atelier/personalization/style_mapper.h"

namespace atelier::mapping {

/// Weights of what the mapper is trained for, and how.
struct MapperLossOptions {
  double utility = 1;      ///< what the hidden taste thinks of the style; deviations over the gallery
  double diversity = 0.1;  ///< mean distance in z between the draws for one person
  double diversity_cap = 1.5;
  double manifold = 0.5;           ///< styles outside the known ones (StyleAnchors::outside, per coordinate)
  double personalization = 0.3;    ///< PersonalizationLoss; 0 switches it and the painting off
  double content = 1;              ///< of the painting's content loss, beside it
  double style = 0.5;              ///< of |E(G(c,s)) - s|^2 / |s|^2, beside it
  double pessimism = 1;            ///< deviations subtracted from the predicted utility of a painting
  int personalization_every = 10;  ///< steps; painting is dear
  int paintings = 2;               ///< in such a step
  int crop = 96;                   ///< their side, pixels, a multiple of 16, at least 32
};

/// What `atelier train mapper` does, as read from its JSON file.
struct MapperTrainingOptions {
  std::filesystem::path bundle;   ///< the model the mapper is for, and is written into
  std::filesystem::path ratings;  ///< folder of real people's ratings; empty: none
  int anchors = 96;               ///< gallery styles to blend, at most
  double reach = 0.6;             ///< of the step along each coordinate, standard deviations
  personalization::MapperShape shape;
  int people = 2400, populations = 40;  ///< simulated, for training
  int snapshots = 3;                    ///< moments at which a person's answers are looked at
  int answers = 20;                     ///< of a person, at most
  double active =
      0.3;  ///< share of people who are asked what the question selector picks; others: random questions
  double survey = 0.3;                                   ///< share who fill in a part of the survey first
  double careless = 0.05;                                ///< share who answer at random
  int held_out_people = 400, held_out_populations = 40;  ///< never trained on
  int painted_people = 100;  ///< of these, whose styles are also painted and looked at again
  MapperLossOptions loss;
  int steps = 1500, batch = 64, draws = 4;
  double rate = 2e-3;
  double minutes = 0;  ///< of the training steps, at most; 0: all steps
  std::uint64_t seed = 1;

  /// Error Config naming the key and the cure.
  static MapperTrainingOptions parse(const nlohmann::json& json);
  nlohmann::json to_json() const;  ///< without the two folders
};

}  // namespace atelier::mapping

#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "atelier/training/training_options.h"

namespace atelier::training {

/// One training of an ablation: the base configuration with changes.
struct AblationVariation {
  std::string name;        ///< small letters, digits and '-'; the name of its run folder
  nlohmann::json changes;  ///< merged into the base as a JSON merge patch (RFC 7386): {"loss": {"shift": 0}}
};

/// What `atelier train base --ablate FILE` does, as read from its JSON file.
struct AblationPlan {
  std::filesystem::path
      run;              ///< folder that gets a run folder for each variation, ablation.json and ablation.html
  nlohmann::json base;  ///< a training configuration with the plan's own changes; its run, minutes, steps and
                        ///< held_out are replaced
  double minutes = 10;  ///< length of each training by the clock
  std::int64_t steps = 0;       ///< length of each in steps; when above 0 it replaces minutes
  double held_out = 0.05;       ///< share of photos and styles that no training sees; all are judged on them
  int photos = 6, styles = 10;  ///< held-out pictures used, at most
  struct Judge {
    std::string kind;
    std::filesystem::path file;
  };
  std::optional<Judge> judge;  ///< a published network that no loss uses (see nn::load_reference_network)
  std::vector<AblationVariation> variations;  ///< the first one is what the others are compared with

  /// {"run", "base": FILE or {...}, "changes", "minutes", "steps", "held_out", "photos", "styles", "judge",
  /// "variations"}. Reads the base from its file, which is named relative to the folder the program is
  /// started in. Error Config naming the key (or variation) and the cure; every variation's configuration is
  /// checked here, before anything is trained.
  static AblationPlan parse(const nlohmann::json& json);

  TrainingOptions options(const AblationVariation& variation) const;
};

}  // namespace atelier::training

#pragma once

#include <memory>
#include <vector>

#include "atelier/nn/feature_network.h"
#include "atelier/training/detail/networks.h"
#include "atelier/training/detail/style_catalogue.h"
#include "atelier/training/training_options.h"

namespace atelier::training {

/// The networks by which a training measures styles: phi, then options.networks.
struct StyleMeasures {
  std::vector<std::unique_ptr<nn::FeatureNetwork>> references;
  std::vector<StyleCatalogue::Measure> measures;  ///< points into phi and references

  StyleMeasures(const TrainingOptions& options, nn::PerceptualNetwork phi, const std::string& phi_sha256,
                c10::Device device);
};

/// The catalogue of a training's style pictures, which it refers to.
std::unique_ptr<StyleCatalogue> open_catalogue(const TrainingOptions& options,
                                               const std::vector<TrainingPicture>& styles,
                                               const StyleMeasures& measures, c10::Device device);

}  // namespace atelier::training

#pragma once

#include <vector>

#include "atelier/nn/feature_network.h"
#include "atelier/training/detail/picture_library.h"
#include "atelier/training/perceptual_trainer.h"

namespace atelier::training {

/// Ranks (painting, style) and (painting, photo) pairs by the student and by VGG-19. Paintings are the photo
/// itself, the photo in the style's colours, and the photo after a few and after many steps of direct
/// optimisation through `painter` (Gatys et al. 2016). `held_out` pictures serve as photos and as styles.
PerceptualGate measure_perceptual(nn::FeatureNetwork& student, nn::FeatureNetwork& vgg19,
                                  nn::FeatureNetwork& painter, const std::vector<TrainingPicture>& held_out,
                                  std::uint64_t seed);

/// Spearman's rank correlation; ties share their mean rank.
double spearman(const std::vector<double>& a, const std::vector<double>& b);

}  // namespace atelier::training

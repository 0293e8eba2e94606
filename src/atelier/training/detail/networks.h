#pragma once

#include <torch/optim/adam.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <vector>

#include "atelier/model/model_bundle.h"
#include "atelier/nn/discriminator.h"
#include "atelier/nn/feature_discriminator.h"
#include "atelier/nn/generator.h"
#include "atelier/nn/perceptual_network.h"
#include "atelier/nn/style_encoder.h"
#include "atelier/tensor/tensor_file.h"
#include "atelier/training/training_options.h"

namespace atelier::training {

/// phi as `train perceptual` or a model bundle holds it, frozen. Error NoInput when the folder holds none,
/// BadData when the checksum differs.
struct LoadedPerceptual {
  nn::PerceptualNetwork network{nullptr};
  nlohmann::json provenance;  ///< {"steps", "gate"} of its training
  std::string sha256;         ///< of the weights' file
};
LoadedPerceptual load_perceptual(const std::filesystem::path& folder);

/// The file's weights in a network that no training changes. Errors of tensor::load_state.
void load_frozen(torch::nn::Module& network, const weights::SafetensorsFile& file);

/// mean <- keep * mean + (1 - keep) * now, keep = min(decay, (1 + t) / (10 + t)) at step t.
void average_into(torch::nn::Module& mean, const torch::nn::Module& now, double decay, std::int64_t step);

/// Everything that training changes: the networks, their averages and the optimisers.
class TrainedNetworks {
 public:
  TrainedNetworks(const TrainingOptions& options, const PerceptualOptions& perceptual, c10::Device device);

  /// Generator and encoder, and their averages, become the bundle's; discriminator and optimisers stay new.
  /// Error Config "config.start_from" when its networks are of other shapes than this training's.
  void begin_with(const model::ModelBundle& bundle);
  /// average_into of generator and encoder.
  void average(double decay, std::int64_t step);
  /// From now on the encoder is its average and stays as it is.
  void freeze_encoder();
  void set_rates(double generator_rate, double discriminator_rate);
  /// Architecture and seed: what a checkpoint must share with this training.
  nlohmann::json identity() const;

  tensor::TensorMap state() const;
  void restore(const tensor::TensorMap& tensors);

  double canvas = 0;  ///< of TrainingOptions; what the generators see lies on it
  nn::Generator generator{nullptr}, averaged_generator{nullptr};
  nn::StyleEncoder encoder{nullptr}, averaged_encoder{nullptr};
  nn::Discriminator discriminator{nullptr};  ///< one of the two; the other is empty
  nn::FeatureDiscriminator feature_discriminator{nullptr};
  std::vector<at::Tensor> painter_parameters, discriminator_parameters;
  std::unique_ptr<torch::optim::Adam> painter_adam, discriminator_adam;

 private:
  void start_averages();
  torch::nn::Module& judge() const;  ///< whichever discriminator there is

  std::uint64_t seed_;
  bool encoder_frozen_ = false;
  int discriminator_width_;
  std::string discriminator_sees_;
};

}  // namespace atelier::training

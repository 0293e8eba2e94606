#include "atelier/training/detail/networks.h"

#include <torch/torch.h>

#include <algorithm>

#include "atelier/core/atomic_file.h"
#include "atelier/core/error.h"
#include "atelier/nn/reference_networks.h"
#include "atelier/training/detail/checkpoint.h"
#include "atelier/weights/sha256.h"

namespace atelier::training {

LoadedPerceptual load_perceptual(const std::filesystem::path& folder) {
  const auto file = folder / "perceptual.safetensors", manifest = folder / "manifest.json";
  if (!std::filesystem::exists(file) || !std::filesystem::exists(manifest)) {
    throw Error(
        ErrorCode::NoInput, "perceptual.missing",
        printable(folder.string()) + ": holds no perceptual network; run `atelier train perceptual` first");
  }
  LoadedPerceptual loaded;
  const auto m = nlohmann::json::parse(read_file(manifest, 1 << 20), nullptr, /*allow_exceptions=*/false);
  // A model bundle names the file among others, a `train perceptual` run names it alone.
  const bool is_bundle = m.is_object() && m.contains("perceptual");
  const std::string expected = !m.is_object() ? ""
                               : is_bundle    ? m["sha256"].value("perceptual.safetensors", "")
                                              : m.value("sha256", "");
  loaded.sha256 = weights::sha256_file(file);
  if (loaded.sha256 != expected) {
    throw Error(ErrorCode::BadData, "model.checksum",
                printable(file.string()) + ": does not match its manifest; copy it again or train it anew");
  }
  const auto training = m.value("training", nlohmann::json::object());
  loaded.provenance = is_bundle ? training.value("perceptual", nlohmann::json::object())
                                : nlohmann::json{{"gate", m.value("gate", nlohmann::json::object())},
                                                 {"steps", training.value("steps", 0)}};
  const PerceptualOptions options = m[is_bundle ? "perceptual" : "network"].get<PerceptualOptions>();
  loaded.network = nn::PerceptualNetwork(options);
  load_frozen(*loaded.network, weights::SafetensorsFile::read(file));
  return loaded;
}

void load_frozen(torch::nn::Module& network, const weights::SafetensorsFile& file) {
  tensor::load_state(network, tensor::to_tensors(file), file.name());
  network.eval();
  for (at::Tensor& parameter : network.parameters()) parameter.set_requires_grad(false);
}

void average_into(torch::nn::Module& mean, const torch::nn::Module& now, double decay, std::int64_t step) {
  const torch::NoGradGuard no_grad;
  const double keep = std::min(decay, (1.0 + static_cast<double>(step)) / (10.0 + static_cast<double>(step)));
  tensor::TensorMap target = tensor::state_of(mean);
  for (const auto& [name, value] : tensor::state_of(now)) target.at(name).lerp_(value, 1 - keep);
}

TrainedNetworks::TrainedNetworks(const TrainingOptions& options, const PerceptualOptions& perceptual,
                                 c10::Device device)
    : canvas(options.canvas),
      seed_(options.seed),
      discriminator_width_(options.discriminator_width),
      discriminator_sees_(options.adversarial.sees) {
  torch::manual_seed(options.seed);
  GeneratorOptions g = GeneratorOptions::named(options.generator_size);
  g.code_dim = options.encoder.code_dim();
  generator = nn::Generator(g);
  encoder = nn::StyleEncoder(options.encoder, perceptual);
  if (options.adversarial.sees == "pixels") {
    discriminator = nn::Discriminator(
        nn::DiscriminatorOptions{.width = options.discriminator_width, .code_dim = g.code_dim});
  } else {
    feature_discriminator = nn::FeatureDiscriminator(
        nn::FeatureDiscriminatorOptions{.channels = nn::reference_channels(options.adversarial.sees),
                                        .width = options.discriminator_width,
                                        .code_dim = g.code_dim});
  }
  averaged_generator = nn::Generator(g);
  averaged_encoder = nn::StyleEncoder(options.encoder, perceptual);
  start_averages();
  for (torch::nn::Module* module :
       {static_cast<torch::nn::Module*>(generator.get()), static_cast<torch::nn::Module*>(encoder.get()),
        &judge(), static_cast<torch::nn::Module*>(averaged_generator.get()),
        static_cast<torch::nn::Module*>(averaged_encoder.get())}) {
    module->to(device);
  }
  painter_parameters = generator->parameters();
  for (const at::Tensor& p : encoder->parameters()) painter_parameters.push_back(p);
  discriminator_parameters = judge().parameters();
  painter_adam = std::make_unique<torch::optim::Adam>(
      painter_parameters, torch::optim::AdamOptions(options.optimiser.rate).betas({0.9, 0.99}));
  discriminator_adam = std::make_unique<torch::optim::Adam>(
      discriminator_parameters,
      torch::optim::AdamOptions(options.optimiser.discriminator_rate).betas({0.5, 0.99}));
}

void TrainedNetworks::begin_with(const model::ModelBundle& bundle) {
  const model::Manifest& manifest = bundle.manifest();
  if (manifest.generator != generator->options() || manifest.encoder != encoder->options()) {
    throw Error(ErrorCode::Config, "config.start_from",
                "start_from: the networks of this model have other shapes; give \"generator_size\" and "
                "\"encoder\" as in its manifest");
  }
  tensor::load_state(*generator, tensor::to_tensors(bundle.generator()), bundle.generator().name());
  tensor::load_state(*encoder, tensor::to_tensors(bundle.encoder()), bundle.encoder().name());
  start_averages();
}

void TrainedNetworks::start_averages() {
  tensor::load_state(*averaged_generator, tensor::state_of(*generator), "generator");
  tensor::load_state(*averaged_encoder, tensor::state_of(*encoder), "encoder");
}

void TrainedNetworks::average(double decay, std::int64_t step) {
  average_into(*averaged_generator, *generator, decay, step);
  if (!encoder_frozen_) average_into(*averaged_encoder, *encoder, decay, step);
}

void TrainedNetworks::freeze_encoder() {
  tensor::load_state(*encoder, tensor::state_of(*averaged_encoder), "encoder");
  for (at::Tensor& parameter : encoder->parameters()) parameter.set_requires_grad(false);
  encoder_frozen_ = true;
}

void TrainedNetworks::set_rates(double generator_rate, double discriminator_rate) {
  const auto set = [](torch::optim::Adam& adam, double rate) {
    for (auto& group : adam.param_groups()) static_cast<torch::optim::AdamOptions&>(group.options()).lr(rate);
  };
  set(*painter_adam, generator_rate);
  set(*discriminator_adam, discriminator_rate);
}

torch::nn::Module& TrainedNetworks::judge() const {
  if (feature_discriminator) return *feature_discriminator.ptr();
  return *discriminator.ptr();
}

nlohmann::json TrainedNetworks::identity() const {
  nlohmann::json identity = {{"generator", generator->options()},
                             {"encoder", encoder->options()},
                             {"discriminator_width", discriminator_width_},
                             {"seed", seed_}};
  if (feature_discriminator) identity["discriminator_sees"] = discriminator_sees_;
  return identity;
}

tensor::TensorMap TrainedNetworks::state() const {
  tensor::TensorMap all = tensor::state_of(*generator, "generator.");
  all.merge(tensor::state_of(*encoder, "encoder."));
  all.merge(tensor::state_of(judge(), "discriminator."));
  all.merge(tensor::state_of(*averaged_generator, "averaged.generator."));
  all.merge(tensor::state_of(*averaged_encoder, "averaged.encoder."));
  store_adam(*painter_adam, "adam.painter.", all);
  store_adam(*discriminator_adam, "adam.discriminator.", all);
  return all;
}

void TrainedNetworks::restore(const tensor::TensorMap& tensors) {
  tensor::load_state(*generator, tensor::with_prefix(tensors, "generator."), "checkpoint");
  tensor::load_state(*encoder, tensor::with_prefix(tensors, "encoder."), "checkpoint");
  tensor::load_state(judge(), tensor::with_prefix(tensors, "discriminator."), "checkpoint");
  tensor::load_state(*averaged_generator, tensor::with_prefix(tensors, "averaged.generator."), "checkpoint");
  tensor::load_state(*averaged_encoder, tensor::with_prefix(tensors, "averaged.encoder."), "checkpoint");
  restore_adam(*painter_adam, "adam.painter.", tensors);
  restore_adam(*discriminator_adam, "adam.discriminator.", tensors);
}

}  // namespace atelier::training

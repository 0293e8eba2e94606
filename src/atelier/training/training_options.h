#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "atelier/model/architecture.h"

namespace atelier::training {

/// A folder of pictures. With a manifest (tab-separated, one header line, columns file, title, artist, year,
/// style, source, licence) only the pictures it lists and whose licence passes are used.
struct DataSource {
  std::filesystem::path folder;
  std::string manifest;     ///< file name inside the folder, empty: every picture of the folder
  std::string licence;      ///< regular expression the licence must contain; empty: any
  std::string licence_not;  ///< regular expression it must not contain; empty: none
};

/// A published network that widens the style loss (see nn::load_reference_network).
struct ReferenceNetwork {
  std::string kind;
  std::filesystem::path file;
  double weight = 0.5;  ///< of its moment and Gram loss relative to phi's
  int taps = 3;         ///< finest taps used
  double content = 0;   ///< of its content term relative to phi's; above 0 it needs at least 4 taps
};

/// One stretch of training with its own crop size.
struct Phase {
  double until = 1;  ///< fraction of the training where it ends
  int crop = 128;    ///< side of the square crops, a multiple of 16
  int batch = 4;
};

/// Weights of the loss terms; 0 switches a term off. Terms are dimensionless (room losses).
struct LossWeights {
  double perceptual = 1.0;  ///< phi's share of the content and style terms; at 0 it only describes styles
  double content = 1.0;     ///< at detail 1; falls to content_at_detail_0 of it at detail 0
  double content_at_detail_0 = 0.35;
  double moments = 4.0;
  double gram = 1.5;
  double sliced_wasserstein = 0.0;
  double identity = 5.0;  ///< falls to identity_late after identity_early_until
  double identity_late = 1.0;
  double identity_early_until = 0.15;
  double total_variation = 0.1;
  double shift = 30.0;
  double shift_from = 0.2;  ///< fraction of the training where the term starts
  double adversarial = 0.1;
  double adversarial_late = 0.3;  ///< from two thirds on
  double adversarial_from = 0.3;
  double code_consistency = 0.1;
  double code_consistency_from = 0.5;
  double structure_guard = 0.2;
  double halo_guard = 0.0;
  double grid_guard = 1.0;
  double colour_guard = 0.5;
  double quiet_guard = 0.0;
  double style_ramp_from =
      0.2;  ///< the style terms start at this share and reach 1 after a fifth of the training
};

struct AdversarialOptions {
  std::string kind = "bce";  ///< bce, saturating, lsgan, hinge, relativistic
  /// What the discriminators see: "pixels", or what one of `networks` sees in the picture, by its kind.
  std::string sees = "pixels";
  double r1_gamma = 0.8;  ///< of discriminators that see pixels
  int r1_every = 16;      ///< D steps between gradient penalties
  double augment = 1.0;   ///< strength of DiffAugment, 0..1; pixels only
  double mismatch = 0.5;  ///< weight of real art with another style's code as a further fake
  int crop = 128;         ///< side of the windows D sees; features are seen of whole crops
  int every = 1;          ///< steps from one round of the game to the next
};

struct OptimiserOptions {
  double rate = 1e-3;      ///< of generator and encoder, after warm-up
  double rate_end = 5e-5;  ///< cosine from rate to here
  double discriminator_rate = 4e-4;
  int warm_up = 100;   ///< steps
  double clip = 5.0;   ///< global gradient norm
  double ema = 0.998;  ///< averaged weights, ramped (1 + t) / (10 + t)
};

/// What `atelier train base` does, as read from its JSON file; written back beside every checkpoint.
struct TrainingOptions {
  std::filesystem::path run;         ///< folder for checkpoints, metrics and sheets
  std::filesystem::path perceptual;  ///< folder of a finished `train perceptual` run
  /// Bundle whose generator and encoder a new training begins with, its perceptual network being
  /// `perceptual`; empty: random weights. A resumed training goes on from its own checkpoint.
  std::filesystem::path start_from;
  std::vector<DataSource> content, style;
  int content_short_side = 320, style_short_side = 256;
  std::filesystem::path style_cache;  ///< folder for measured styles, shared by runs; empty: RUN/style-cache
  int stroke_short_side =
      512;  ///< style pictures have this short side when the strokes to learn are measured
  std::vector<std::pair<std::string, double>> label_weights;  ///< sampling weight of a style label; others 1
  std::vector<ReferenceNetwork> networks;
  std::string generator_size = "M";
  StyleEncoderOptions encoder;
  int discriminator_width = 32;
  std::vector<Phase> phases = {{}};
  LossWeights loss;
  AdversarialOptions adversarial;
  OptimiserOptions optimiser;
  /// Standard deviation, 0..0.1, of the Canvas that photos are laid on before they are
  /// painted.
  double canvas = 0;
  /// Only the generator learns on: every code, style mapper and taste of the model so far stays valid.
  bool freeze_encoder = false;
  double mixup = 0.3;   ///< share of steps that train interpolations of two styles
  bool balance = true;  ///< keep style : content gradient norms within 0.5 .. 3
  double held_out =
      0;  ///< share of the pictures, 0..0.5, that no training sees and the doctor and ablations judge on
  double minutes = 60;     ///< length of the training by the clock, over all resumes
  std::int64_t steps = 0;  ///< length in steps; when above 0 it replaces minutes
  double checkpoint_minutes = 5;
  int log_every = 20, sheet_every = 500;  ///< steps
  std::uint64_t seed = 1;

  /// Error Config naming the key and the cure.
  static TrainingOptions parse(const nlohmann::json& json);
  nlohmann::json to_json() const;
};

/// `atelier train perceptual`.
struct PerceptualTrainingOptions {
  std::filesystem::path run;
  std::filesystem::path vgg19, se16x;  ///< teachers, safetensors files
  std::vector<DataSource> pictures;
  PerceptualOptions network;
  int crop = 128, batch = 8;
  double rate = 2e-3;
  double minutes = 10;
  std::int64_t steps = 0;
  std::uint64_t seed = 1;

  static PerceptualTrainingOptions parse(const nlohmann::json& json);
  nlohmann::json to_json() const;
};

/// A configuration file: JSON with // comments. Error Config with line when it does not parse.
nlohmann::json read_config(const std::filesystem::path& file);

}  // namespace atelier::training

#include "atelier/training/training_options.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "atelier/core/atomic_file.h"
#include "atelier/core/error.h"
#include "atelier/core/options_json.h"
#include "atelier/losses/adversarial_loss.h"

namespace atelier::training {
namespace {

using nlohmann::json;

// One list of fields serves reading and writing, so that the two cannot drift apart.
template <typename Visit>
void visit(LossWeights& o, Visit field) {
  field("perceptual", o.perceptual);
  field("content", o.content);
  field("content_at_detail_0", o.content_at_detail_0);
  field("moments", o.moments);
  field("gram", o.gram);
  field("sliced_wasserstein", o.sliced_wasserstein);
  field("identity", o.identity);
  field("identity_late", o.identity_late);
  field("identity_early_until", o.identity_early_until);
  field("total_variation", o.total_variation);
  field("shift", o.shift);
  field("shift_from", o.shift_from);
  field("adversarial", o.adversarial);
  field("adversarial_late", o.adversarial_late);
  field("adversarial_from", o.adversarial_from);
  field("code_consistency", o.code_consistency);
  field("code_consistency_from", o.code_consistency_from);
  field("structure_guard", o.structure_guard);
  field("halo_guard", o.halo_guard);
  field("grid_guard", o.grid_guard);
  field("colour_guard", o.colour_guard);
  field("quiet_guard", o.quiet_guard);
  field("style_ramp_from", o.style_ramp_from);
}

template <typename Visit>
void visit(AdversarialOptions& o, Visit field) {
  field("kind", o.kind);
  field("sees", o.sees);
  field("r1_gamma", o.r1_gamma);
  field("r1_every", o.r1_every);
  field("augment", o.augment);
  field("mismatch", o.mismatch);
  field("crop", o.crop);
  field("every", o.every);
}

template <typename Visit>
void visit(OptimiserOptions& o, Visit field) {
  field("rate", o.rate);
  field("rate_end", o.rate_end);
  field("discriminator_rate", o.discriminator_rate);
  field("warm_up", o.warm_up);
  field("clip", o.clip);
  field("ema", o.ema);
}

template <typename Visit>
void visit(Phase& o, Visit field) {
  field("until", o.until);
  field("crop", o.crop);
  field("batch", o.batch);
}

// Paths read and written as plain strings.
struct PathField {
  std::filesystem::path& path;
};

void read_field(const json& j, const char* key, PathField value, const std::string& where) {
  std::string text = value.path.string();
  read_option(j, key, text, where);
  value.path = text;
}
template <typename T>
void read_field(const json& j, const char* key, T& value, const std::string& where) {
  read_option(j, key, value, where);
}
json written(PathField value) {
  return value.path.string();
}
template <typename T>
json written(const T& value) {
  return value;
}

template <typename Visit>
void visit(DataSource& o, Visit field) {
  field("folder", PathField{o.folder});
  field("manifest", o.manifest);
  field("licence", o.licence);
  field("licence_not", o.licence_not);
}

template <typename Visit>
void visit(ReferenceNetwork& o, Visit field) {
  field("kind", o.kind);
  field("file", PathField{o.file});
  field("weight", o.weight);
  field("taps", o.taps);
  field("content", o.content);
}

template <typename T>
T read_struct(const json& j, const std::string& where) {
  if (!j.is_object()) throw Error(ErrorCode::Config, "config.type", where + ": must be an object { ... }");
  T value{};
  std::vector<std::string> known;
  visit(value, [&](const char* key, auto&&) { known.emplace_back(key); });
  for (const auto& item : j.items()) {
    if (std::find(known.begin(), known.end(), item.key()) != known.end()) continue;
    const std::string near = nearest_word(item.key(), known);
    throw_bad_option(where, printable(item.key()),
                     near.empty() ? "is unknown" : "is unknown; did you mean '" + near + "'?");
  }
  visit(value, [&](const char* key, auto&& field) { read_field(j, key, field, where); });
  return value;
}

template <typename T>
json write_struct(T value) {
  json j = json::object();
  visit(value, [&](const char* key, auto&& field) { j[key] = written(field); });
  return j;
}

template <typename T>
std::vector<T> read_list(const json& j, const char* key, std::vector<T> fallback) {
  if (!j.contains(key)) return fallback;
  if (!j[key].is_array()) throw_bad_option("config", key, "must be a list [ ... ]");
  std::vector<T> list;
  for (const json& item : j[key]) list.push_back(read_struct<T>(item, key));
  return list;
}

template <typename T>
json write_list(const std::vector<T>& list) {
  json j = json::array();
  for (const T& item : list) j.push_back(write_struct(item));
  return j;
}

void require(bool good, const char* key, const char* cause) {
  if (!good) throw_bad_option("config", key, cause);
}

}  // namespace

TrainingOptions TrainingOptions::parse(const json& j) {
  require_known_keys(j,
                     {"run",
                      "perceptual",
                      "start_from",
                      "content",
                      "style",
                      "content_short_side",
                      "style_short_side",
                      "stroke_short_side",
                      "style_cache",
                      "label_weights",
                      "networks",
                      "generator_size",
                      "encoder",
                      "discriminator_width",
                      "phases",
                      "loss",
                      "adversarial",
                      "optimiser",
                      "canvas",
                      "freeze_encoder",
                      "mixup",
                      "balance",
                      "minutes",
                      "steps",
                      "checkpoint_minutes",
                      "log_every",
                      "sheet_every",
                      "seed",
                      "held_out"},
                     "config");
  TrainingOptions o;
  read_field(j, "run", PathField{o.run}, "config");
  read_field(j, "perceptual", PathField{o.perceptual}, "config");
  read_field(j, "start_from", PathField{o.start_from}, "config");
  read_field(j, "style_cache", PathField{o.style_cache}, "config");
  o.content = read_list<DataSource>(j, "content", {});
  o.style = read_list<DataSource>(j, "style", {});
  o.networks = read_list<ReferenceNetwork>(j, "networks", {});
  o.phases = read_list<Phase>(j, "phases", o.phases);
  if (j.contains("label_weights")) {
    require(j["label_weights"].is_object(), "label_weights", "must be an object { \"label\": weight }");
    for (const auto& item : j["label_weights"].items()) {
      require(item.value().is_number() && item.value().get<double>() >= 0, "label_weights",
              "must hold numbers >= 0");
      o.label_weights.emplace_back(item.key(), item.value().get<double>());
    }
  }
  if (j.contains("encoder")) j["encoder"].get_to(o.encoder);
  if (j.contains("loss")) o.loss = read_struct<LossWeights>(j["loss"], "loss");
  if (j.contains("adversarial"))
    o.adversarial = read_struct<AdversarialOptions>(j["adversarial"], "adversarial");
  if (j.contains("optimiser")) o.optimiser = read_struct<OptimiserOptions>(j["optimiser"], "optimiser");
  read_option(j, "content_short_side", o.content_short_side, "config");
  read_option(j, "style_short_side", o.style_short_side, "config");
  read_option(j, "stroke_short_side", o.stroke_short_side, "config");
  read_option(j, "generator_size", o.generator_size, "config");
  read_option(j, "discriminator_width", o.discriminator_width, "config");
  read_option(j, "canvas", o.canvas, "config");
  read_option(j, "freeze_encoder", o.freeze_encoder, "config");
  read_option(j, "mixup", o.mixup, "config");
  read_option(j, "balance", o.balance, "config");
  read_option(j, "held_out", o.held_out, "config");
  read_option(j, "minutes", o.minutes, "config");
  read_option(j, "steps", o.steps, "config");
  read_option(j, "checkpoint_minutes", o.checkpoint_minutes, "config");
  read_option(j, "log_every", o.log_every, "config");
  read_option(j, "sheet_every", o.sheet_every, "config");
  read_option(j, "seed", o.seed, "config");

  require(!o.run.empty(), "run", "is missing: name the folder for checkpoints");
  require(!o.content.empty(), "content", "is missing: name at least one folder of photos");
  require(!o.style.empty(), "style", "is missing: name at least one folder of style pictures");
  require(!o.perceptual.empty(), "perceptual",
          "is missing: name the folder that `atelier train perceptual` wrote");
  require(o.minutes > 0 || o.steps > 0, "minutes", "must be above 0");
  require(o.held_out >= 0 && o.held_out <= 0.5, "held_out", "must lie in 0..0.5");
  for (const ReferenceNetwork& network : o.networks) {
    require(network.content <= 0 || (network.kind != "alexnet" && network.kind != "filters"), "content",
            "of a network needs vgg19, se16x or squeezenet");
  }
  require(o.loss.perceptual > 0 || !o.networks.empty(), "perceptual",
          "may be 0 only when \"networks\" names one that teaches instead");
  require(o.canvas >= 0 && o.canvas <= 0.1, "canvas", "must lie in 0..0.1");
  require(o.mixup >= 0 && o.mixup <= 1, "mixup", "must lie in 0..1");
  require(o.log_every > 0 && o.sheet_every > 0, "log_every", "and sheet_every must be above 0");
  require(!o.phases.empty() && o.phases.back().until >= 1, "phases",
          "must end with one that has \"until\": 1");
  for (const Phase& phase : o.phases) {
    require(phase.crop >= 32 && phase.crop % 16 == 0, "crop", "must be a multiple of 16, at least 32");
    require(phase.batch >= 1, "batch", "must be at least 1");
    require(phase.crop <= o.content_short_side, "crop", "must not be larger than content_short_side");
    // The shift term compares what lies 12 pixels and the shift, up to 7, inside the crop.
    require(phase.crop >= 48 || o.loss.shift <= 0, "crop",
            "must be at least 48 unless the shift term is off (\"shift\": 0)");
  }
  losses::AdversarialLoss::parse(o.adversarial.kind);  // refuses an unknown kind before any data is loaded
  require(o.adversarial.sees == "pixels" ||
              std::any_of(o.networks.begin(), o.networks.end(),
                          [&](const ReferenceNetwork& n) { return n.kind == o.adversarial.sees; }),
          "sees", "of \"adversarial\" must be \"pixels\" or the kind of one of \"networks\"");
  require(o.adversarial.crop >= 32, "crop", "of \"adversarial\" must be at least 32");
  require(o.adversarial.r1_every >= 1, "r1_every",
          "must be at least 1; switch the penalty off with \"r1_gamma\": 0");
  require(o.adversarial.every >= 1, "every", "of \"adversarial\" must be at least 1");
  require(o.style_short_side >= 64, "style_short_side", "must be at least 64");
  require(o.stroke_short_side >= 64, "stroke_short_side", "must be at least 64");
  GeneratorOptions::named(o.generator_size);
  return o;
}

json TrainingOptions::to_json() const {
  json labels = json::object();
  for (const auto& [label, weight] : label_weights) labels[label] = weight;
  return {{"run", run.string()},
          {"perceptual", perceptual.string()},
          {"start_from", start_from.string()},
          {"content", write_list(content)},
          {"style", write_list(style)},
          {"content_short_side", content_short_side},
          {"style_short_side", style_short_side},
          {"stroke_short_side", stroke_short_side},
          {"style_cache", style_cache.string()},
          {"label_weights", labels},
          {"networks", write_list(networks)},
          {"generator_size", generator_size},
          {"encoder", encoder},
          {"discriminator_width", discriminator_width},
          {"phases", write_list(phases)},
          {"loss", write_struct(loss)},
          {"adversarial", write_struct(adversarial)},
          {"optimiser", write_struct(optimiser)},
          {"canvas", canvas},
          {"freeze_encoder", freeze_encoder},
          {"mixup", mixup},
          {"balance", balance},
          {"held_out", held_out},
          {"minutes", minutes},
          {"steps", steps},
          {"checkpoint_minutes", checkpoint_minutes},
          {"log_every", log_every},
          {"sheet_every", sheet_every},
          {"seed", seed}};
}

PerceptualTrainingOptions PerceptualTrainingOptions::parse(const json& j) {
  require_known_keys(
      j,
      {"run", "vgg19", "se16x", "pictures", "network", "crop", "batch", "rate", "minutes", "steps", "seed"},
      "config");
  PerceptualTrainingOptions o;
  read_field(j, "run", PathField{o.run}, "config");
  read_field(j, "vgg19", PathField{o.vgg19}, "config");
  read_field(j, "se16x", PathField{o.se16x}, "config");
  o.pictures = read_list<DataSource>(j, "pictures", {});
  if (j.contains("network")) j["network"].get_to(o.network);
  read_option(j, "crop", o.crop, "config");
  read_option(j, "batch", o.batch, "config");
  read_option(j, "rate", o.rate, "config");
  read_option(j, "minutes", o.minutes, "config");
  read_option(j, "steps", o.steps, "config");
  read_option(j, "seed", o.seed, "config");
  require(!o.run.empty(), "run", "is missing: name the folder for the network");
  require(!o.pictures.empty(), "pictures", "is missing: name at least one folder");
  require(!o.vgg19.empty(), "vgg19", "is missing: name the teacher's safetensors file");
  require(o.crop >= 64 && o.crop % 16 == 0, "crop", "must be a multiple of 16, at least 64");
  require(o.batch >= 4 && o.batch % 2 == 0, "batch", "must be even and at least 4");
  return o;
}

json PerceptualTrainingOptions::to_json() const {
  return {{"run", run.string()},
          {"vgg19", vgg19.string()},
          {"se16x", se16x.string()},
          {"pictures", write_list(pictures)},
          {"network", network},
          {"crop", crop},
          {"batch", batch},
          {"rate", rate},
          {"minutes", minutes},
          {"steps", steps},
          {"seed", seed}};
}

json read_config(const std::filesystem::path& file) {
  const std::string text = read_file(file, 1 << 20);
  try {
    return json::parse(text, nullptr, true, /*ignore_comments=*/true);
  } catch (const json::parse_error& error) {
    throw Error(ErrorCode::Config, "config.json",
                printable(file.string()) + ": not valid JSON: " + error.what());
  }
}

}  // namespace atelier::training

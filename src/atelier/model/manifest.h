#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "atelier/model/architecture.h"
#include "atelier/model/stroke_scales.h"

namespace atelier::model {

/// This program's version, "0.1.0".
const char* program_version();

/// A smaller or larger generator that learned to paint like the bundle's own (docs/distillation.md). It takes
/// the same codes.
struct DistilledGenerator {
  GeneratorOptions generator;
  nlohmann::json training = nlohmann::json::object();  ///< steps, minutes, seed, teacher
  nlohmann::json metrics = nlohmann::json::object();   ///< how near it comes; empty: not measured

  /// The file of its weights, "generator-xs.safetensors".
  static std::string file(const std::string& size);
};

/// manifest.json: what a bundle is, how it came to be, and the checksum of each of its files. An unknown key
/// is an error. Format version 1 is the first, 2 may hold distilled generators, a canvas and stroke scales; a
/// later program reads every earlier version (fixtures in tests/model).
struct Manifest {
  static constexpr int kFormatVersion = 2;

  int format_version = 1;                                  ///< the least that holds what is in it
  std::string program_version = model::program_version();  ///< of the program that wrote it
  std::string name;                                        ///< for people
  std::string licence;                                     ///< terms of the weights
  std::string space_id;                                    ///< the style space of every code in the bundle
  GeneratorOptions generator;
  std::map<std::string, DistilledGenerator> distilled;  ///< by size
  PerceptualOptions perceptual;
  StyleEncoderOptions encoder;
  float default_detail = 0.5f;  ///< detail dial when neither person nor style names one, 0..1
  float canvas = 0;             ///< deviation of the Canvas its generators were trained on, 0..0.1
  /// Short side, pixels, of the style pictures whose strokes it learned: on a canvas of this size they are as
  /// large as there. 0: unknown.
  int stroke_side = 0;
  StrokeScales strokes;
  std::map<std::string, std::string> sha256;           ///< file name -> 64 hex digits
  nlohmann::json training = nlohmann::json::object();  ///< recipe, hours, seed, git revision
  nlohmann::json metrics = nlohmann::json::object();
  nlohmann::json data = nlohmann::json::array();  ///< pictures used, with licences

  /// Error Config when the networks do not fit each other or a value is out of range.
  void validate() const;
  /// The generators there are: the own one first, then the distilled ones.
  std::vector<std::string> sizes() const;

  std::string to_text() const;
  /// Error BadData "model.manifest" when broken, "model.version" when a newer program wrote it (naming which
  /// one is needed). `name` stands for the file in messages.
  static Manifest parse(std::string_view text, const std::string& name);
};

}  // namespace atelier::model

#include "atelier/model/architecture.h"

#include <nlohmann/json.hpp>

#include "atelier/core/error.h"
#include "atelier/core/options_json.h"

namespace atelier {
namespace {

void require_range(const char* where, const char* key, int value, int low, int high) {
  if (value < low || value > high) {
    throw_bad_option(where, key,
                     "is " + std::to_string(value) + "; it must lie in " + std::to_string(low) + ".." +
                         std::to_string(high));
  }
}

}  // namespace

GeneratorOptions GeneratorOptions::named(const std::string& size) {
  if (size == "XS")
    return {.size = "XS", .c1 = 16, .c2 = 32, .c3 = 64, .encoder_blocks = 0, .core_blocks = 3};
  if (size == "S") return {.size = "S", .c1 = 32, .c2 = 48, .c3 = 96, .encoder_blocks = 0, .core_blocks = 4};
  if (size == "M") return {};
  if (size == "L") return {.size = "L", .c1 = 48, .c2 = 96, .c3 = 192};
  throw Error(ErrorCode::Config, "model.size",
              "generator size '" + printable(size) + "' is unknown; use XS, S, M or L");
}

void GeneratorOptions::validate() const {
  require_range("generator", "c1", c1, 1, 512);
  require_range("generator", "c2", c2, 1, 512);
  require_range("generator", "c3", c3, 1, 1024);
  require_range("generator", "encoder_blocks", encoder_blocks, 0, 16);
  require_range("generator", "core_blocks", core_blocks, 1, 32);
  require_range("generator", "decoder_blocks", decoder_blocks, 0, 16);
  require_range("generator", "code_dim", code_dim, 1, 4096);
  require_range("generator", "hidden", hidden, 1, 8192);
}

std::vector<int> GeneratorOptions::adain_sites() const {
  std::vector<int> sites(static_cast<std::size_t>(2 * core_blocks), c3);
  sites.push_back(c2);
  sites.push_back(c2);
  sites.insert(sites.end(), static_cast<std::size_t>(2 * decoder_blocks), c2);
  sites.push_back(c1);
  return sites;
}

std::vector<int> GeneratorOptions::norm_sites() const {
  std::vector<int> sites = {c1, c2};
  sites.insert(sites.end(), static_cast<std::size_t>(2 * encoder_blocks), c2);
  sites.push_back(c3);
  const std::vector<int> decoder = adain_sites();
  sites.insert(sites.end(), decoder.begin(), decoder.end());
  return sites;
}

void PerceptualOptions::validate() const {
  for (const int width : widths) require_range("perceptual", "widths", width, 1, 1024);
  for (const int count : convs) require_range("perceptual", "convs", count, 1, 8);
}

int PerceptualOptions::statistics() const {
  int total = 0;
  for (const int width : widths) total += 2 * width;
  return total;
}

void StyleEncoderOptions::validate() const {
  require_range("encoder", "palette_dim", palette_dim, 1, 1024);
  require_range("encoder", "palette_hidden", palette_hidden, 1, 4096);
  require_range("encoder", "texture_dim", texture_dim, 1, 1024);
  require_range("encoder", "texture_hidden", texture_hidden, 1, 4096);
}

void to_json(nlohmann::json& json, const GeneratorOptions& o) {
  json = {{"size", o.size},
          {"c1", o.c1},
          {"c2", o.c2},
          {"c3", o.c3},
          {"encoder_blocks", o.encoder_blocks},
          {"core_blocks", o.core_blocks},
          {"decoder_blocks", o.decoder_blocks},
          {"code_dim", o.code_dim},
          {"hidden", o.hidden}};
}

void from_json(const nlohmann::json& json, GeneratorOptions& o) {
  require_known_keys(
      json,
      {"size", "c1", "c2", "c3", "encoder_blocks", "core_blocks", "decoder_blocks", "code_dim", "hidden"},
      "generator");
  read_option(json, "size", o.size, "generator");
  if (json.size() == 1 && json.contains("size")) o = GeneratorOptions::named(o.size);
  read_option(json, "c1", o.c1, "generator");
  read_option(json, "c2", o.c2, "generator");
  read_option(json, "c3", o.c3, "generator");
  read_option(json, "encoder_blocks", o.encoder_blocks, "generator");
  read_option(json, "core_blocks", o.core_blocks, "generator");
  read_option(json, "decoder_blocks", o.decoder_blocks, "generator");
  read_option(json, "code_dim", o.code_dim, "generator");
  read_option(json, "hidden", o.hidden, "generator");
  o.validate();
}

void to_json(nlohmann::json& json, const PerceptualOptions& o) {
  json = {{"widths", o.widths}, {"convs", o.convs}};
}

void from_json(const nlohmann::json& json, PerceptualOptions& o) {
  require_known_keys(json, {"widths", "convs"}, "perceptual");
  read_option(json, "widths", o.widths, "perceptual");
  read_option(json, "convs", o.convs, "perceptual");
  o.validate();
}

void to_json(nlohmann::json& json, const StyleEncoderOptions& o) {
  json = {{"palette_dim", o.palette_dim},
          {"palette_hidden", o.palette_hidden},
          {"texture_dim", o.texture_dim},
          {"texture_hidden", o.texture_hidden}};
}

void from_json(const nlohmann::json& json, StyleEncoderOptions& o) {
  require_known_keys(json, {"palette_dim", "palette_hidden", "texture_dim", "texture_hidden"}, "encoder");
  read_option(json, "palette_dim", o.palette_dim, "encoder");
  read_option(json, "palette_hidden", o.palette_hidden, "encoder");
  read_option(json, "texture_dim", o.texture_dim, "encoder");
  read_option(json, "texture_hidden", o.texture_hidden, "encoder");
  o.validate();
}

}  // namespace atelier

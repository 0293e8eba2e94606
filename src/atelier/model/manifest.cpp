#include "atelier/model/manifest.h"

#include <cctype>
#include <cmath>

#include "atelier/core/error.h"
#include "atelier/core/options_json.h"
#include "atelier/style/style_library.h"

namespace atelier::model {
namespace {

bool is_sha256(const std::string& text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

// Checksums name files of the bundle's own folder, never a path that leads out of it.
bool is_plain_file_name(const std::string& name) {
  return !name.empty() && name.front() != '.' &&
         name.find_first_of(std::string("/\\\0", 3)) == std::string::npos;
}

template <typename T>
void require_option(const nlohmann::json& json, const char* key, T& value,
                    const std::string& where = "manifest") {
  if (!json.contains(key)) throw_bad_option(where, key, "is missing");
  read_option(json, key, value, where);
}

std::map<std::string, DistilledGenerator> read_distilled(const nlohmann::json& json) {
  std::map<std::string, DistilledGenerator> distilled;
  if (!json.is_object()) throw_bad_option("manifest", "distilled", "must map sizes to generators");
  for (const auto& [size, entry] : json.items()) {
    const std::string where = "manifest, distilled " + printable(size);
    require_known_keys(entry, {"generator", "training", "metrics"}, where);
    DistilledGenerator& student = distilled[size];
    require_option(entry, "generator", student.generator, where);
    read_option(entry, "training", student.training, where);
    read_option(entry, "metrics", student.metrics, where);
    if (!student.training.is_object() || !student.metrics.is_object())
      throw_bad_option(where, "training", "and metrics must be objects");
  }
  return distilled;
}

nlohmann::json to_json(const std::map<std::string, DistilledGenerator>& distilled) {
  nlohmann::json json = nlohmann::json::object();
  for (const auto& [size, student] : distilled) {
    json[size] = {
        {"generator", student.generator}, {"training", student.training}, {"metrics", student.metrics}};
  }
  return json;
}

StrokeScales read_strokes(const nlohmann::json& json) {
  require_known_keys(json, {"smallest", "largest", "told"}, "strokes");
  StrokeScales strokes;
  require_option(json, "smallest", strokes.smallest);
  require_option(json, "largest", strokes.largest);
  require_option(json, "told", strokes.told);
  return strokes;
}

Manifest read_manifest(const nlohmann::json& json) {
  require_known_keys(json,
                     {"format_version", "program_version", "name", "licence", "space_id", "generator",
                      "distilled", "perceptual", "encoder", "default_detail", "canvas", "stroke_side",
                      "strokes", "sha256", "training", "metrics", "data"},
                     "manifest");
  Manifest manifest;
  require_option(json, "format_version", manifest.format_version);
  require_option(json, "program_version", manifest.program_version);
  require_option(json, "name", manifest.name);
  read_option(json, "licence", manifest.licence, "manifest");
  require_option(json, "space_id", manifest.space_id);
  require_option(json, "generator", manifest.generator);
  if (json.contains("distilled")) manifest.distilled = read_distilled(json["distilled"]);
  require_option(json, "perceptual", manifest.perceptual);
  require_option(json, "encoder", manifest.encoder);
  read_option(json, "default_detail", manifest.default_detail, "manifest");
  read_option(json, "canvas", manifest.canvas, "manifest");
  read_option(json, "stroke_side", manifest.stroke_side, "manifest");
  if (json.contains("strokes")) manifest.strokes = read_strokes(json["strokes"]);
  require_option(json, "sha256", manifest.sha256);
  read_option(json, "training", manifest.training, "manifest");
  read_option(json, "metrics", manifest.metrics, "manifest");
  read_option(json, "data", manifest.data, "manifest");
  manifest.validate();
  return manifest;
}

// Read before anything else: a newer manifest may well have keys that this program does not know.
void require_known_version(const nlohmann::json& json, const std::string& name) {
  const auto version = json.find("format_version");
  if (version == json.end() || !version->is_number_integer() || *version < 1) {
    throw Error(ErrorCode::BadData, "model.manifest",
                name + ": there is no valid 'format_version'; this is not the manifest of an Atelier model");
  }
  if (*version <= Manifest::kFormatVersion) return;
  const auto writer = json.find("program_version");
  const std::string needed =
      writer != json.end() && writer->is_string()
          ? "Atelier " + printable(writer->get<std::string>().substr(0, 32)) + " or newer"
          : std::string("a newer Atelier");
  throw Error(ErrorCode::BadData, "model.version",
              name + ": the model has format version " + version->dump() + ", this Atelier " +
                  program_version() + " reads up to " + std::to_string(Manifest::kFormatVersion) +
                  "; install " + needed);
}

}  // namespace

const char* program_version() {
  return ATELIER_VERSION;
}

std::string DistilledGenerator::file(const std::string& size) {
  std::string name = "generator-";
  for (const char letter : size) name += static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  return name + ".safetensors";
}

std::vector<std::string> Manifest::sizes() const {
  std::vector<std::string> sizes = {generator.size};
  for (const auto& [size, student] : distilled) sizes.push_back(size);
  return sizes;
}

void Manifest::validate() const {
  generator.validate();
  perceptual.validate();
  encoder.validate();
  if (!style::is_space_id(space_id)) {
    throw_bad_option("manifest", "space_id", "must be 1..64 letters, digits, '-', '_' and '.'");
  }
  if (encoder.code_dim() != generator.code_dim) {
    throw_bad_option("manifest", "encoder",
                     "makes codes of " + std::to_string(encoder.code_dim()) +
                         " numbers, the generator takes " + std::to_string(generator.code_dim));
  }
  if (!(default_detail >= 0 && default_detail <= 1)) {
    throw_bad_option("manifest", "default_detail", "must lie in 0..1");
  }
  if (!(canvas >= 0 && canvas <= 0.1f)) throw_bad_option("manifest", "canvas", "must lie in 0..0.1");
  if (stroke_side != 0 && (stroke_side < 64 || stroke_side > 4096))
    throw_bad_option("manifest", "stroke_side", "must lie in 64..4096");
  if (!(strokes.smallest >= 0.25 && strokes.smallest <= strokes.told && strokes.told <= strokes.largest &&
        strokes.largest <= 4))
    throw_bad_option("manifest", "strokes", "must ascend from smallest over told to largest within 0.25..4");
  for (const auto& [size, student] : distilled) {
    GeneratorOptions::named(size);  // refuses what is no size
    student.generator.validate();
    if (student.generator.size != size || size == generator.size ||
        student.generator.code_dim != generator.code_dim ||
        !sha256.contains(DistilledGenerator::file(size))) {
      throw_bad_option("manifest", "distilled",
                       size + " must have a size and a file of its own and take the model's codes");
    }
  }
  for (const auto& [file, digest] : sha256) {
    if (!is_plain_file_name(file) || !is_sha256(digest)) {
      throw_bad_option("manifest", "sha256", "must map plain file names to 64 lower-case hex digits");
    }
  }
}

std::string Manifest::to_text() const {
  nlohmann::json json = {{"format_version", format_version},
                         {"program_version", program_version},
                         {"name", name},
                         {"licence", licence},
                         {"space_id", space_id},
                         {"generator", generator},
                         {"perceptual", perceptual},
                         {"encoder", encoder},
                         // Six decimals are plenty for a dial, and keep 0.7f from printing as 0.699999988.
                         {"default_detail", std::round(default_detail * 1e6) / 1e6},
                         {"sha256", sha256},
                         {"training", training},
                         {"metrics", metrics},
                         {"data", data}};
  if (!distilled.empty()) json["distilled"] = to_json(distilled);
  if (stroke_side > 0) json["stroke_side"] = stroke_side;
  if (strokes != StrokeScales()) {
    json["strokes"] = {{"smallest", strokes.smallest}, {"largest", strokes.largest}, {"told", strokes.told}};
  }
  if (canvas > 0) json["canvas"] = std::round(canvas * 1e6) / 1e6;
  // A recipe may hold paths in any encoding: what is not UTF-8 is replaced.
  return json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

Manifest Manifest::parse(std::string_view text, const std::string& name) {
  try {
    const nlohmann::json json = nlohmann::json::parse(text);
    require_known_version(json, name);
    return read_manifest(json);
  } catch (const nlohmann::json::parse_error& error) {
    throw Error(ErrorCode::BadData, "model.manifest",
                name + ": not valid JSON near byte " + std::to_string(error.byte) + "; get the model again");
  } catch (const nlohmann::json::out_of_range&) {
    throw Error(ErrorCode::BadData, "model.manifest",
                name + ": holds a number too large to be one; get the model again");
  } catch (const Error& error) {
    if (error.code() != ErrorCode::Config) throw;
    throw Error(ErrorCode::BadData, "model.manifest", name + ": " + error.what() + "; get the model again");
  }
}

}  // namespace atelier::model

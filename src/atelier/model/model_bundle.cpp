#include "atelier/model/model_bundle.h"

#include <array>
#include <cstdlib>
#include <span>

#include "atelier/core/atomic_file.h"
#include "atelier/core/error.h"
#include "atelier/model/expected_tensors.h"
#include "atelier/weights/sha256.h"
#include "atelier/weights/tensor_checks.h"

namespace atelier::model {
namespace {

constexpr const char* kManifestFile = "manifest.json";
constexpr const char* kGeneratorFile = "generator.safetensors";
constexpr const char* kEncoderFile = "encoder.safetensors";
constexpr const char* kPerceptualFile = "perceptual.safetensors";
constexpr const char* kStylesFile = "styles.json";
constexpr const char* kSpaceFile = "style_space.json";
constexpr const char* kAttributesFile = "attributes.json";
constexpr const char* kMapperFile = "mapper.safetensors";

constexpr std::size_t kMaxTextBytes = std::size_t{16} << 20;

std::string name_of(const std::filesystem::path& path) {
  return printable(path.string());
}

std::string read_bundle_text(const std::filesystem::path& path) {
  try {
    return read_file(path, kMaxTextBytes);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::NoInput) throw;
    throw Error(
        ErrorCode::NoInput, "model.missing",
        name_of(path) + ": the model lacks this file; get the model again or name another with --model");
  }
}

/// The bundle's files, each checked against the manifest's digest before anything reads it.
class CheckedFolder {
 public:
  CheckedFolder(const std::filesystem::path& folder, const Manifest& manifest)
      : folder_(folder), manifest_(manifest) {}

  std::string text(const char* file) const {
    std::string content = read_bundle_text(folder_ / file);
    require_digest(file, weights::sha256_hex(content));
    return content;
  }

  weights::SafetensorsFile weights(const char* file,
                                   const std::vector<weights::ExpectedTensor>& expected) const {
    require_digest(file, digest_of(file));
    weights::SafetensorsFile tensors = weights::SafetensorsFile::read(folder_ / file);
    weights::require_tensors(tensors, expected);
    weights::require_finite(tensors);
    return tensors;
  }

  /// Without a list of tensors: whoever uses them knows which there must be.
  weights::SafetensorsFile any_weights(const char* file) const {
    require_digest(file, digest_of(file));
    weights::SafetensorsFile tensors = weights::SafetensorsFile::read(folder_ / file);
    weights::require_finite(tensors);
    return tensors;
  }

  bool lists(const char* file) const { return manifest_.sha256.contains(file); }

 private:
  std::string digest_of(const char* file) const {
    try {
      return weights::sha256_file(folder_ / file);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::NoInput) throw;
      throw Error(ErrorCode::NoInput, "model.missing",
                  name_of(folder_ / file) +
                      ": the model lacks this file; get the model again or name another with --model");
    }
  }

  void require_digest(const char* file, const std::string& digest) const {
    const auto expected = manifest_.sha256.find(file);
    if (expected != manifest_.sha256.end() && expected->second == digest) return;
    throw Error(ErrorCode::BadData, "model.checksum",
                name_of(folder_ / file) +
                    (expected == manifest_.sha256.end() ? ": the manifest has no checksum of it"
                                                        : ": its checksum is wrong") +
                    ", so it was changed, damaged or half copied; get the model again");
  }

  const std::filesystem::path& folder_;
  const Manifest& manifest_;
};

void require_same_space(const Manifest& manifest, const style::StyleLibrary& styles,
                        const std::optional<style::StyleSpace>& space,
                        const std::optional<style::AttributeModel>& attributes, const std::string& where) {
  const auto code_dim = static_cast<std::size_t>(manifest.generator.code_dim);
  const bool styles_fit = styles.space() == manifest.space_id &&
                          (styles.styles().empty() || styles.styles().front().code.values.size() == code_dim);
  const bool space_fits = !space || (space->id == manifest.space_id && space->mean.size() == code_dim);
  const bool attributes_fit =
      !attributes || (attributes->space == manifest.space_id && attributes->mean.size() == code_dim);
  if (styles_fit && space_fits && attributes_fit) return;
  throw Error(ErrorCode::BadData, "style.space",
              where + ": the styles, their coordinates or attributes belong to another style space than '" +
                  manifest.space_id + "' of " + std::to_string(code_dim) +
                  " numbers; use files of one model");
}

void require_same_space(const Manifest& manifest, const std::map<std::string, std::string>& mapper,
                        const std::string& where) {
  const auto space = mapper.find("space");
  if (space != mapper.end() && space->second == manifest.space_id) return;
  throw Error(ErrorCode::BadData, "style.space",
              where + ": the style mapper belongs to " +
                  (space == mapper.end() ? "an unknown style space"
                                         : "the style space '" + printable(space->second) + "'") +
                  ", the model to '" + manifest.space_id + "'; train it again with `atelier train mapper`");
}

/// Makes the manifest's generator the one of this size; returns the file of its weights.
std::string choose_generator(Manifest& manifest, const std::string& network, const std::string& where) {
  if (network.empty() || network == manifest.generator.size) return kGeneratorFile;
  const auto found = manifest.distilled.find(network);
  if (found == manifest.distilled.end()) {
    std::string held;
    for (const std::string& size : manifest.sizes()) held += (held.empty() ? "" : ", ") + printable(size);
    throw Error(ErrorCode::Usage, "model.network",
                where + ": the model holds no network '" + printable(network) + "', only " + held +
                    "; make one with `atelier train distil --size XS` (or S, or L)");
  }
  manifest.generator = found->second.generator;
  return DistilledGenerator::file(network);
}

std::vector<std::byte> checked_bytes(const std::vector<weights::NamedTensor>& tensors,
                                     const std::vector<weights::ExpectedTensor>& expected, const char* file,
                                     weights::DType float_dtype) {
  std::vector<std::byte> bytes = weights::serialize_safetensors(tensors, float_dtype);
  const auto parsed = weights::SafetensorsFile::parse(bytes, file);
  weights::require_tensors(parsed, expected);
  return bytes;
}

}  // namespace

ModelBundle::ModelBundle(std::filesystem::path folder, Manifest manifest, weights::SafetensorsFile generator,
                         weights::SafetensorsFile encoder, weights::SafetensorsFile perceptual,
                         style::StyleLibrary styles, std::optional<style::StyleSpace> space,
                         std::optional<style::AttributeModel> attributes)
    : folder_(std::move(folder)),
      manifest_(std::move(manifest)),
      generator_(std::move(generator)),
      encoder_(std::move(encoder)),
      perceptual_(std::move(perceptual)),
      styles_(std::move(styles)),
      space_(std::move(space)),
      attributes_(std::move(attributes)) {}

std::shared_ptr<const ModelBundle> ModelBundle::open(const std::filesystem::path& folder) {
  return open(folder, "");
}

std::shared_ptr<const ModelBundle> ModelBundle::open(const std::filesystem::path& folder,
                                                     const std::string& network) {
  std::error_code ignored;
  if (!std::filesystem::is_directory(folder, ignored)) {
    throw Error(ErrorCode::NoInput, "model.missing",
                name_of(folder) + ": no such model folder; name one with --model or set ATELIER_MODEL");
  }
  const std::filesystem::path manifest_path = folder / kManifestFile;
  Manifest manifest = Manifest::parse(read_bundle_text(manifest_path), name_of(manifest_path));
  const std::string generator_file = choose_generator(manifest, network, name_of(folder));
  const CheckedFolder files(folder, manifest);
  auto generator = files.weights(generator_file.c_str(), expected_generator_tensors(manifest.generator));
  auto encoder = files.weights(kEncoderFile, expected_encoder_tensors(manifest.encoder, manifest.perceptual));
  auto perceptual = files.weights(kPerceptualFile, expected_perceptual_tensors(manifest.perceptual));
  auto styles =
      style::StyleLibrary::parse(files.text(kStylesFile), name_of(folder / kStylesFile), manifest.space_id);
  std::optional<style::StyleSpace> space;
  if (files.lists(kSpaceFile)) {
    space = style::StyleSpace::parse(files.text(kSpaceFile), name_of(folder / kSpaceFile));
  }
  std::optional<style::AttributeModel> attributes;
  if (files.lists(kAttributesFile)) {
    attributes = style::AttributeModel::parse(files.text(kAttributesFile), name_of(folder / kAttributesFile));
  }
  require_same_space(manifest, styles, space, attributes, name_of(folder));
  std::optional<weights::SafetensorsFile> mapper;
  if (files.lists(kMapperFile)) {
    mapper = files.any_weights(kMapperFile);
    require_same_space(manifest, mapper->metadata(), name_of(folder / kMapperFile));
  }
  const std::shared_ptr<ModelBundle> bundle(
      new ModelBundle(folder, std::move(manifest), std::move(generator), std::move(encoder),
                      std::move(perceptual), std::move(styles), std::move(space), std::move(attributes)));
  bundle->mapper_ = std::move(mapper);
  bundle->manifest_.sha256[kGeneratorFile] = bundle->manifest_.sha256.at(generator_file);
  return bundle;
}

void write_bundle(const std::filesystem::path& folder, const BundleContents& contents,
                  weights::DType float_dtype) {
  Manifest manifest = contents.manifest;
  manifest.format_version =
      manifest.canvas > 0 || manifest.stroke_side > 0 || manifest.strokes != StrokeScales() ? 2 : 1;
  manifest.program_version = program_version();
  manifest.distilled.clear();
  manifest.sha256.clear();
  manifest.validate();
  require_same_space(manifest, contents.styles, contents.space, contents.attributes, name_of(folder));
  const auto generator = checked_bytes(contents.generator, expected_generator_tensors(manifest.generator),
                                       kGeneratorFile, float_dtype);
  const auto encoder =
      checked_bytes(contents.encoder, expected_encoder_tensors(manifest.encoder, manifest.perceptual),
                    kEncoderFile, float_dtype);
  const auto perceptual = checked_bytes(contents.perceptual, expected_perceptual_tensors(manifest.perceptual),
                                        kPerceptualFile, float_dtype);
  const std::string styles = contents.styles.to_text();
  const std::string space = contents.space ? contents.space->to_text() : "";
  const std::string attributes = contents.attributes ? contents.attributes->to_text() : "";

  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) {
    throw Error(ErrorCode::CannotCreate, "file.create",
                name_of(folder) + ": cannot make the folder: " + error.message() + "; choose another one");
  }
  const auto write = [&](const char* file, std::span<const std::byte> bytes) {
    manifest.sha256[file] = weights::sha256_hex(bytes);
    write_file_atomically(folder / file, bytes);
  };
  const auto write_text = [&](const char* file, const std::string& text) {
    write(file, std::as_bytes(std::span(text.data(), text.size())));
  };
  write(kGeneratorFile, generator);
  write(kEncoderFile, encoder);
  write(kPerceptualFile, perceptual);
  write_text(kStylesFile, styles);
  if (contents.space) write_text(kSpaceFile, space);
  if (contents.attributes) write_text(kAttributesFile, attributes);
  write_file_atomically(folder / kManifestFile, manifest.to_text());
}

void write_mapper(const std::filesystem::path& folder, const std::vector<weights::NamedTensor>& tensors,
                  const std::map<std::string, std::string>& metadata, const nlohmann::json& training,
                  const nlohmann::json& metrics) {
  Manifest manifest = ModelBundle::open(folder)->manifest();
  require_same_space(manifest, metadata, name_of(folder));
  const std::vector<std::byte> bytes = weights::serialize_safetensors(tensors, weights::DType::F32, metadata);
  // The manifest lets go of the old file before that is replaced, so that no moment has a wrong checksum.
  if (manifest.sha256.erase(kMapperFile) > 0)
    write_file_atomically(folder / kManifestFile, manifest.to_text());
  write_file_atomically(folder / kMapperFile, bytes);
  manifest.sha256[kMapperFile] = weights::sha256_hex(bytes);
  manifest.training["mapper"] = training;
  manifest.metrics["mapper"] = metrics;
  write_file_atomically(folder / kManifestFile, manifest.to_text());
}

void write_distilled(const std::filesystem::path& folder, const DistilledGenerator& student,
                     const std::vector<weights::NamedTensor>& tensors) {
  Manifest old = ModelBundle::open(folder)->manifest();
  const std::string& size = student.generator.size;
  const std::string file = DistilledGenerator::file(size);
  const std::vector<std::byte> bytes = checked_bytes(tensors, expected_generator_tensors(student.generator),
                                                     file.c_str(), weights::DType::F16);
  Manifest manifest = old;
  manifest.format_version = Manifest::kFormatVersion;
  manifest.program_version = program_version();
  manifest.sha256[file] = weights::sha256_hex(bytes);
  manifest.distilled[size] = student;
  manifest.validate();
  // As with the mapper: no moment has a wrong checksum.
  if (old.distilled.erase(size) > 0) {
    old.sha256.erase(file);
    write_file_atomically(folder / kManifestFile, old.to_text());
  }
  write_file_atomically(folder / file, bytes);
  write_file_atomically(folder / kManifestFile, manifest.to_text());
}

std::filesystem::path default_bundle_path() {
  if (const char* named = std::getenv("ATELIER_MODEL"); named != nullptr && *named != '\0') return named;
  std::error_code ignored;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", ignored);
  const std::array<std::filesystem::path, 2> candidates = {
      ATELIER_SOURCE_BUNDLE, program.parent_path().parent_path() / ATELIER_INSTALLED_BUNDLE};
  for (const std::filesystem::path& candidate : candidates) {
    if (std::filesystem::exists(candidate / kManifestFile, ignored)) return candidate;
  }
  throw Error(ErrorCode::NoInput, "model.missing",
              "no model found in " + name_of(candidates[0]) + " and " + name_of(candidates[1]) +
                  "; name one with --model or set ATELIER_MODEL");
}

}  // namespace atelier::model

#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "atelier/model/manifest.h"
#include "atelier/style/attribute_model.h"
#include "atelier/style/style_library.h"
#include "atelier/style/style_space.h"
#include "atelier/weights/safetensors_file.h"
#include "atelier/weights/safetensors_writer.h"

namespace atelier::model {

/// What a finished training leaves on disk, loaded whole: a folder of manifest.json, generator.safetensors,
/// encoder.safetensors, perceptual.safetensors, styles.json and, once fitted, style_space.json and
/// attributes.json (earlier models have neither). Immutable; many threads and many models may share one.
class ModelBundle {
 public:
  /// Checks everything before anything is used. Errors: NoInput "model.missing" no such folder or file;
  /// BadData "model.manifest", "model.version", "model.checksum", "model.nonfinite", "model.tensors" and
  /// those of SafetensorsFile, StyleLibrary, StyleSpace and AttributeModel.
  static std::shared_ptr<const ModelBundle> open(const std::filesystem::path& folder);
  /// The same model with its generator of this size: manifest().generator and generator() are that one's, and
  /// generator.safetensors' checksum is its file's. Codes, space and mapper stay. Empty or the size of the
  /// own one: open(folder). Only here is a distilled generator's file read and checked. Errors as
  /// open(folder); Usage "model.network" when the model holds none of this size.
  static std::shared_ptr<const ModelBundle> open(const std::filesystem::path& folder,
                                                 const std::string& network);

  const std::filesystem::path& folder() const { return folder_; }
  const Manifest& manifest() const { return manifest_; }
  const weights::SafetensorsFile& generator() const { return generator_; }
  /// Whether generator() is a distilled one.
  bool is_distilled() const { return manifest_.distilled.contains(manifest_.generator.size); }
  const weights::SafetensorsFile& encoder() const { return encoder_; }
  const weights::SafetensorsFile& perceptual() const { return perceptual_; }
  const style::StyleLibrary& styles() const { return styles_; }
  const std::optional<style::StyleSpace>& space() const { return space_; }
  /// What the codes mean in words that people use.
  const std::optional<style::AttributeModel>& attributes() const { return attributes_; }
  /// The trained style mapper, mapper.safetensors, for personalization::StyleMapper::load; empty when the
  /// model has none.
  const std::optional<weights::SafetensorsFile>& mapper() const { return mapper_; }

 private:
  ModelBundle(std::filesystem::path folder, Manifest manifest, weights::SafetensorsFile generator,
              weights::SafetensorsFile encoder, weights::SafetensorsFile perceptual,
              style::StyleLibrary styles, std::optional<style::StyleSpace> space,
              std::optional<style::AttributeModel> attributes);

  std::filesystem::path folder_;
  Manifest manifest_;
  weights::SafetensorsFile generator_, encoder_, perceptual_;
  style::StyleLibrary styles_;
  std::optional<style::StyleSpace> space_;
  std::optional<style::AttributeModel> attributes_;
  std::optional<weights::SafetensorsFile> mapper_;
};

/// A bundle to be written. The manifest's format and program version and checksums are filled in by
/// write_bundle, which leaves distilled generators out: they are another generator's.
struct BundleContents {
  Manifest manifest;
  std::vector<weights::NamedTensor> generator, encoder, perceptual;
  style::StyleLibrary styles;
  std::optional<style::StyleSpace> space = {};
  std::optional<style::AttributeModel> attributes = {};
};

/// Writes the folder (made when absent): each file atomically, the manifest last, so that a half-written
/// bundle never opens. `float_dtype` F16 halves the size. The contents are checked first: what is written
/// opens again. Errors as ModelBundle::open and serialize_safetensors; CannotCreate or Io when the disk
/// refuses.
void write_bundle(const std::filesystem::path& folder, const BundleContents& contents,
                  weights::DType float_dtype);

/// Puts a style mapper into an existing bundle, in place of an older one: mapper.safetensors in single
/// precision, its checksum, `training` and `metrics` under "mapper" in the manifest. Killed at any moment,
/// the bundle opens: with the old mapper, without one, or with the new one. `metadata` must hold "space", the
/// bundle's space id. Errors of ModelBundle::open and serialize_safetensors; BadData "style.space" for a
/// mapper of another space; CannotCreate or Io when the disk refuses.
void write_mapper(const std::filesystem::path& folder, const std::vector<weights::NamedTensor>& tensors,
                  const std::map<std::string, std::string>& metadata, const nlohmann::json& training,
                  const nlohmann::json& metrics);

/// Puts a generator into an existing bundle, in place of an older one of its size: its file in half
/// precision, its checksum and its entry in the manifest. Killed at any moment, the bundle opens: with the
/// old one, without one, or with the new one. Errors of ModelBundle::open and serialize_safetensors; BadData
/// "model.tensors" for tensors that are not the generator's; Config for a size that is not one of
/// GeneratorOptions::named or is the bundle's own, or another length of codes; CannotCreate or Io when the
/// disk refuses.
void write_distilled(const std::filesystem::path& folder, const DistilledGenerator& student,
                     const std::vector<weights::NamedTensor>& tensors);

/// Where the model is when nobody names one: $ATELIER_MODEL, else models/base of the source tree this program
/// was built from, else <prefix>/share/atelier/models/base beside the running program. Error NoInput
/// "model.missing" when none is there.
std::filesystem::path default_bundle_path();

}  // namespace atelier::model

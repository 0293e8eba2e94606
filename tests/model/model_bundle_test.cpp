#include "atelier/model/model_bundle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <functional>
#include <limits>

#include "atelier/core/atomic_file.h"
#include "atelier/core/error.h"
#include "atelier/weights/sha256.h"
#include "support/environment.h"
#include "support/tiny_bundle.h"

namespace atelier::model {
namespace {

using test::ScopedVariable;
using test::TempDir;
using test::tiny_bundle_contents;
using test::write_tiny_bundle;
using testing::HasSubstr;

constexpr std::size_t kMaxBytes = 1 << 24;

Error error_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error;
  }
  return Error(ErrorCode::Internal, "", "no error");
}

Error open_error(const std::filesystem::path& folder) {
  return error_of([&] { ModelBundle::open(folder); });
}

/// Replaces a file and puts its checksum into the manifest, as somebody would who edits a model by hand.
void replace_with_checksum(const std::filesystem::path& folder, const std::string& file,
                           std::string_view bytes) {
  write_file_atomically(folder / file, bytes);
  nlohmann::json manifest = nlohmann::json::parse(read_file(folder / "manifest.json", kMaxBytes));
  manifest["sha256"][file] = weights::sha256_hex(bytes);
  write_file_atomically(folder / "manifest.json", manifest.dump());
}

TEST(ModelBundle, OpensWhatWasWritten) {
  TempDir folder;
  const BundleContents contents = tiny_bundle_contents(3);
  const auto bundle = ModelBundle::open(write_tiny_bundle(folder, 3));
  EXPECT_EQ(bundle->manifest().space_id, "tiny-3");
  EXPECT_EQ(bundle->manifest().generator, contents.manifest.generator);
  EXPECT_EQ(bundle->styles(), contents.styles);
  EXPECT_FALSE(bundle->space().has_value());
  for (const weights::NamedTensor& tensor : contents.generator) {
    EXPECT_EQ(bundle->generator().floats(tensor.name, tensor.shape), tensor.values) << tensor.name;
  }
  EXPECT_EQ(bundle->perceptual().tensors().size(), contents.perceptual.size());
  EXPECT_EQ(bundle->encoder().tensors().size(), contents.encoder.size());
}

TEST(ModelBundle, KeepsItsStyleSpace) {
  TempDir folder;
  BundleContents contents = tiny_bundle_contents();
  std::vector<StyleCode> codes;
  for (const style::NamedStyle& style : contents.styles.styles()) codes.push_back(style.code);
  contents.space = style::StyleSpace::fit(contents.manifest.space_id, codes, 2);
  write_bundle(folder / "m", contents, weights::DType::F32);
  EXPECT_EQ(ModelBundle::open(folder / "m")->space(), contents.space);
}

TEST(ModelBundle, KeepsItsAttributesAndRefusesThoseOfAnotherSpace) {
  TempDir folder;
  BundleContents contents = tiny_bundle_contents();
  std::vector<StyleCode> codes;
  std::vector<std::map<std::string, double>> measured;
  for (const style::NamedStyle& style : contents.styles.styles()) {
    codes.push_back(style.code);
    measured.push_back({{"warmth", static_cast<double>(style.code.values[0])}, {"contrast", 3.0}});
  }
  contents.attributes = style::AttributeModel::fit(codes, measured);
  write_bundle(folder / "m", contents, weights::DType::F32);
  EXPECT_EQ(ModelBundle::open(folder / "m")->attributes(), contents.attributes);
  EXPECT_FALSE(ModelBundle::open(write_tiny_bundle(folder))->attributes().has_value()) << "as earlier models";

  contents.attributes->space = "other";
  EXPECT_EQ(error_of([&] { write_bundle(folder / "n", contents, weights::DType::F32); }).id(), "style.space");
  replace_with_checksum(folder / "m", "attributes.json", contents.attributes->to_text());
  EXPECT_EQ(open_error(folder / "m").id(), "style.space");
  replace_with_checksum(folder / "m", "attributes.json", "{}");
  EXPECT_EQ(open_error(folder / "m").id(), "style.attributes_file");
}

TEST(ModelBundle, HalvesItsWeightsOnRequest) {
  TempDir folder;
  const BundleContents contents = tiny_bundle_contents();
  write_bundle(folder / "half", contents, weights::DType::F16);
  const auto bundle = ModelBundle::open(folder / "half");
  const weights::NamedTensor& exact = contents.generator.front();
  const std::vector<float> rounded = bundle->generator().floats(exact.name, exact.shape);
  EXPECT_NE(rounded, exact.values);
  for (std::size_t i = 0; i < rounded.size(); ++i) EXPECT_NEAR(rounded[i], exact.values[i], 1e-3);
  EXPECT_EQ(bundle->generator().find(exact.name)->bytes.size(), 2 * exact.values.size());
}

TEST(ModelBundle, TheSameContentsGiveTheSameBytes) {
  TempDir folder;
  write_tiny_bundle(folder / "a", 5);
  write_tiny_bundle(folder / "b", 5);
  for (const auto& entry : std::filesystem::directory_iterator(folder / "a")) {
    const std::string file = entry.path().filename();
    EXPECT_EQ(read_file(folder / "a" / file, kMaxBytes), read_file(folder / "b" / file, kMaxBytes)) << file;
  }
}

TEST(ModelBundle, OneFlippedBitAnywhereIsNoticed) {
  TempDir folder;
  const auto bundle = write_tiny_bundle(folder);
  for (const char* file :
       {"generator.safetensors", "encoder.safetensors", "perceptual.safetensors", "styles.json"}) {
    const std::string good = read_file(bundle / file, kMaxBytes);
    for (const std::size_t position : {std::size_t{0}, good.size() / 2, good.size() - 1}) {
      std::string bad = good;
      bad[position] = static_cast<char>(bad[position] ^ 1);
      write_file_atomically(bundle / file, bad);
      const Error error = open_error(bundle);
      EXPECT_EQ(error.id(), "model.checksum") << file << " byte " << position;
      EXPECT_THAT(error.what(), HasSubstr(file));
    }
    write_file_atomically(bundle / file, good);
  }
  EXPECT_NO_THROW(ModelBundle::open(bundle));
}

TEST(ModelBundle, NamesTheFileThatIsMissing) {
  for (const char* file : {"manifest.json", "generator.safetensors", "encoder.safetensors",
                           "perceptual.safetensors", "styles.json"}) {
    TempDir folder;
    const auto bundle = write_tiny_bundle(folder);
    std::filesystem::remove(bundle / file);
    const Error error = open_error(bundle);
    EXPECT_EQ(error.id(), "model.missing") << file;
    EXPECT_EQ(error.code(), ErrorCode::NoInput) << file;
    EXPECT_THAT(error.what(), HasSubstr(file));
  }
  EXPECT_EQ(open_error("/no/such/folder").id(), "model.missing");
}

TEST(ModelBundle, RefusesFilesWithoutAChecksum) {
  TempDir folder;
  const auto bundle = write_tiny_bundle(folder);
  nlohmann::json manifest = nlohmann::json::parse(read_file(bundle / "manifest.json", kMaxBytes));
  manifest["sha256"].erase("encoder.safetensors");
  write_file_atomically(bundle / "manifest.json", manifest.dump());
  EXPECT_EQ(open_error(bundle).id(), "model.checksum");
}

TEST(ModelBundle, RefusesAPickleUnderARightNameAndChecksum) {
  TempDir folder;
  const auto bundle = write_tiny_bundle(folder);
  replace_with_checksum(bundle, "generator.safetensors", std::string_view("\x80\x02}q\x01.", 6));
  EXPECT_EQ(open_error(bundle).id(), "model.format");
}

TEST(ModelBundle, RefusesWeightsOfAnotherArchitecture) {
  TempDir folder;
  const auto bundle = write_tiny_bundle(folder);
  nlohmann::json manifest = nlohmann::json::parse(read_file(bundle / "manifest.json", kMaxBytes));
  manifest["generator"]["core_blocks"] = 2;
  write_file_atomically(bundle / "manifest.json", manifest.dump());
  const Error error = open_error(bundle);
  EXPECT_EQ(error.id(), "model.tensors");
  EXPECT_THAT(error.what(), HasSubstr("'core.1.conv0.weight' is missing"));
}

TEST(ModelBundle, RefusesWeightsThatAreNotFinite) {
  TempDir folder;
  const auto bundle = write_tiny_bundle(folder);
  std::string bytes = read_file(bundle / "generator.safetensors", kMaxBytes);
  const float nan = std::numeric_limits<float>::quiet_NaN();
  std::memcpy(bytes.data() + bytes.size() - sizeof(nan), &nan, sizeof(nan));
  replace_with_checksum(bundle, "generator.safetensors", bytes);
  const Error error = open_error(bundle);
  EXPECT_EQ(error.id(), "model.nonfinite");
  EXPECT_THAT(error.what(), HasSubstr("style.sites.weight"));  // the last name of the alphabet
}

TEST(ModelBundle, RefusesStylesOfAnotherSpace) {
  TempDir folder;
  const auto bundle = write_tiny_bundle(folder);
  style::StyleLibrary other("other");
  replace_with_checksum(bundle, "styles.json", other.to_text());
  EXPECT_EQ(open_error(bundle).id(), "style.space");
  style::StyleLibrary short_codes("tiny-1");
  short_codes.add({.name = "a", .code = {.space = "tiny-1", .values = {1}}});
  replace_with_checksum(bundle, "styles.json", short_codes.to_text());
  EXPECT_EQ(open_error(bundle).id(), "style.space");
}

TEST(WriteBundle, ChecksBeforeItTouchesTheDisk) {
  TempDir folder;
  BundleContents missing = tiny_bundle_contents();
  missing.generator.pop_back();
  EXPECT_EQ(error_of([&] { write_bundle(folder / "m", missing, weights::DType::F32); }).id(),
            "model.tensors");
  BundleContents infinite = tiny_bundle_contents();
  infinite.encoder[0].values[0] = std::numeric_limits<float>::infinity();
  EXPECT_EQ(error_of([&] { write_bundle(folder / "m", infinite, weights::DType::F32); }).id(),
            "weights.nonfinite");
  BundleContents strange = tiny_bundle_contents();
  strange.styles = style::StyleLibrary("other");
  EXPECT_EQ(error_of([&] { write_bundle(folder / "m", strange, weights::DType::F32); }).id(), "style.space");
  EXPECT_FALSE(std::filesystem::exists(folder / "m"));
}

TEST(WriteBundle, SaysWhenTheFolderCannotBeMade) {
  TempDir folder;
  write_file_atomically(folder / "file", "x");
  const Error error =
      error_of([&] { write_bundle(folder / "file/m", tiny_bundle_contents(), weights::DType::F32); });
  EXPECT_EQ(error.code(), ErrorCode::CannotCreate);
}

TEST(WriteBundle, ABundleWhoseManifestWasNotReachedDoesNotOpen) {
  TempDir folder;
  const auto bundle = write_tiny_bundle(folder / "m", 1);
  // As if the writer of another model had been killed before the manifest.
  const auto other = write_tiny_bundle(folder / "n", 2);
  std::filesystem::copy_file(other / "generator.safetensors", bundle / "generator.safetensors",
                             std::filesystem::copy_options::overwrite_existing);
  EXPECT_EQ(open_error(bundle).id(), "model.checksum");
}

TEST(DefaultBundle, IsTheOneTheEnvironmentNames) {
  const ScopedVariable named("ATELIER_MODEL", "/models/mine");
  EXPECT_EQ(default_bundle_path(), "/models/mine");
}

TEST(DefaultBundle, IsTheSourceTreesElseAnErrorWithACure) {
  const ScopedVariable unset("ATELIER_MODEL", nullptr);
  const std::filesystem::path base = std::filesystem::path(ATELIER_SOURCE_DIR) / "models/base";
  if (std::filesystem::exists(base / "manifest.json")) {
    EXPECT_EQ(default_bundle_path(), base);
  } else {
    const Error error = error_of([] { default_bundle_path(); });
    EXPECT_EQ(error.id(), "model.missing");
    EXPECT_THAT(error.what(), HasSubstr("ATELIER_MODEL"));
  }
}

}  // namespace
}  // namespace atelier::model

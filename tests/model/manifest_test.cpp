#include "atelier/model/manifest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "atelier/core/atomic_file.h"
#include "atelier/core/error.h"

namespace atelier::model {
namespace {

using testing::HasSubstr;

Manifest good_manifest() {
  Manifest manifest;
  manifest.name = "Atelier base";
  manifest.licence = "MIT";
  manifest.space_id = "base-m-1";
  manifest.generator = GeneratorOptions::named("S");
  manifest.default_detail = 0.7f;
  manifest.canvas = 0.022f;
  manifest.stroke_side = 384;
  manifest.strokes = {0.5, 2, 1.8};
  manifest.sha256 = {{"generator.safetensors", std::string(64, '0')}};
  manifest.training = {{"hours", 7.5}, {"seed", 1}};
  manifest.metrics = {{"ssim", 0.5}};
  manifest.data = {{{"title", "The Wave"}, {"licence", "CC0"}}};
  return manifest;
}

// The manifest's text after `change` was applied to its JSON.
template <typename Change>
std::string changed(Change change) {
  nlohmann::json json = nlohmann::json::parse(good_manifest().to_text());
  change(json);
  return json.dump();
}

Error error_of(const std::string& text) {
  try {
    Manifest::parse(text, "manifest.json");
  } catch (const Error& error) {
    return error;
  }
  return Error(ErrorCode::Internal, "", "no error");
}

TEST(Manifest, KeepsEverythingThroughText) {
  const Manifest manifest = good_manifest();
  const Manifest back = Manifest::parse(manifest.to_text(), "manifest.json");
  EXPECT_EQ(back.to_text(), manifest.to_text());
  EXPECT_EQ(back.generator, manifest.generator);
  EXPECT_EQ(back.default_detail, 0.7f);
  EXPECT_EQ(back.canvas, 0.022f);
  EXPECT_EQ(back.stroke_side, 384);
  EXPECT_EQ(back.strokes, (StrokeScales{0.5, 2, 1.8}));
  EXPECT_EQ(back.data[0]["licence"], "CC0");
  EXPECT_EQ(back.program_version, program_version());
}

TEST(Manifest, ReadsFormatVersionOne) {
  const std::string text =
      read_file(std::filesystem::path(ATELIER_SOURCE_DIR) / "tests/model/data/manifest_v1.json", 1 << 20);
  const Manifest manifest = Manifest::parse(text, "manifest_v1.json");
  EXPECT_EQ(manifest.format_version, 1);
  EXPECT_EQ(manifest.space_id, "fixture-1");
  EXPECT_EQ(manifest.generator.c3, 16);
  EXPECT_EQ(manifest.encoder.code_dim(), 16);
  EXPECT_EQ(manifest.sha256.at("styles.json").substr(0, 4), "0123");
}

TEST(Manifest, ReadsDistilledGeneratorsOfFormatVersionTwo) {
  const std::string text =
      read_file(std::filesystem::path(ATELIER_SOURCE_DIR) / "tests/model/data/manifest_v2.json", 1 << 20);
  const Manifest manifest = Manifest::parse(text, "manifest_v2.json");
  EXPECT_EQ(manifest.format_version, 2);
  EXPECT_THAT(manifest.sizes(), testing::ElementsAre("tiny", "XS"));
  const DistilledGenerator& student = manifest.distilled.at("XS");
  EXPECT_EQ(student.generator.c3, 8);
  EXPECT_EQ(student.training.at("steps"), 100);
  EXPECT_EQ(student.metrics.at("psnr"), 27.5);
  EXPECT_EQ(Manifest::parse(manifest.to_text(), "again").to_text(), manifest.to_text());
}

TEST(Manifest, RefusesDistilledGeneratorsThatDoNotFit) {
  const std::string text =
      read_file(std::filesystem::path(ATELIER_SOURCE_DIR) / "tests/model/data/manifest_v2.json", 1 << 20);
  const auto refused = [&](auto change) {
    nlohmann::json json = nlohmann::json::parse(text);
    change(json);
    EXPECT_EQ(error_of(json.dump()).id(), "model.manifest") << json["distilled"];
  };
  refused([](auto& json) { json["distilled"] = nlohmann::json::array({1}); });
  refused([](auto& json) { json["distilled"]["XS"].erase("generator"); });
  refused([](auto& json) { json["distilled"]["XS"]["metrics"] = 3; });
  refused([](auto& json) { json["distilled"]["XS"]["generator"]["code_dim"] = 8; });
  refused([](auto& json) { json["distilled"]["XS"]["generator"]["size"] = "S"; });
  refused([](auto& json) { json["distilled"]["../XS"] = json["distilled"]["XS"]; });
  refused([](auto& json) { json["sha256"].erase("generator-xs.safetensors"); });
}

TEST(Manifest, ANewerOneNamesTheProgramItNeeds) {
  const Error error = error_of(changed([](auto& json) {
    json["format_version"] = Manifest::kFormatVersion + 1;
    json["program_version"] = "3.4.5";
    json["a_key_of_the_future"] = true;
  }));
  EXPECT_EQ(error.id(), "model.version");
  EXPECT_THAT(error.what(), HasSubstr("install Atelier 3.4.5 or newer"));
}

TEST(Manifest, AnUnknownKeyIsAnErrorWithTheNearestName) {
  const Error error = error_of(changed([](auto& json) { json["licens"] = "MIT"; }));
  EXPECT_EQ(error.id(), "model.manifest");
  EXPECT_EQ(error.code(), ErrorCode::BadData);
  EXPECT_THAT(error.what(), HasSubstr("did you mean 'licence'"));
}

TEST(Manifest, RefusesBrokenText) {
  for (const std::string& text : {
           std::string(),
           std::string("[]"),
           std::string("{}"),
           std::string("{\"format_version\": 1e999}"),
           std::string(50'000, '['),
           changed([](auto& json) { json.erase("generator"); }),
           changed([](auto& json) { json.erase("space_id"); }),
           changed([](auto& json) { json["format_version"] = 0; }),
           changed([](auto& json) { json["format_version"] = 1.5; }),
           changed([](auto& json) { json["name"] = 7; }),
           changed([](auto& json) { json["space_id"] = "../x"; }),
           changed([](auto& json) { json["default_detail"] = 2; }),
           changed([](auto& json) { json["canvas"] = 0.5; }),
           changed([](auto& json) { json["stroke_side"] = 8; }),
           changed([](auto& json) {
             json["strokes"] = {{"smallest", 1}, {"largest", 2}, {"told", 3}};
           }),
           changed([](auto& json) { json["generator"]["c1"] = -1; }),
           changed([](auto& json) { json["generator"]["code_dim"] = 64; }),
           changed([](auto& json) {
             json["sha256"] = {{"../../etc/passwd", std::string(64, '0')}};
           }),
           changed([](auto& json) {
             json["sha256"] = {{"a", "123"}};
           }),
       }) {
    EXPECT_EQ(error_of(text).id(), "model.manifest") << text.substr(0, 200);
  }
}

}  // namespace
}  // namespace atelier::model

#include "atelier/model/architecture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "atelier/core/error.h"

namespace atelier {
namespace {

using testing::ElementsAre;

const GeneratorOptions kSmall{.size = "x",
                              .c1 = 1,
                              .c2 = 2,
                              .c3 = 3,
                              .encoder_blocks = 1,
                              .core_blocks = 2,
                              .decoder_blocks = 1,
                              .code_dim = 4,
                              .hidden = 5};

TEST(Architecture, ListsAdainSitesInTheOrderTheyRun) {
  EXPECT_THAT(kSmall.adain_sites(), ElementsAre(3, 3, 3, 3, 2, 2, 2, 2, 1));
}

TEST(Architecture, ListsEveryNormalisationInTheOrderTheyRun) {
  EXPECT_THAT(kSmall.norm_sites(), ElementsAre(1, 2, 2, 2, 3, 3, 3, 3, 3, 2, 2, 2, 2, 1));
}

TEST(Architecture, OptionsSurviveJson) {
  EXPECT_EQ(nlohmann::json(kSmall).get<GeneratorOptions>(), kSmall);
  const PerceptualOptions perceptual{.widths = {1, 2, 3, 4}, .convs = {1, 2, 3, 4}};
  EXPECT_EQ(nlohmann::json(perceptual).get<PerceptualOptions>(), perceptual);
  const StyleEncoderOptions encoder{
      .palette_dim = 1, .palette_hidden = 2, .texture_dim = 3, .texture_hidden = 4};
  EXPECT_EQ(nlohmann::json(encoder).get<StyleEncoderOptions>(), encoder);
  EXPECT_EQ(encoder.code_dim(), 4);
  EXPECT_EQ(perceptual.statistics(), 20);
}

TEST(Architecture, ASizeAloneStandsForAllItsOptions) {
  EXPECT_EQ(nlohmann::json::parse(R"({"size": "XS"})").get<GeneratorOptions>(),
            GeneratorOptions::named("XS"));
  EXPECT_THROW(GeneratorOptions::named("XXL"), Error);
}

TEST(Architecture, RefusesUnknownKeysAndImpossibleValues) {
  for (const char* text : {R"({"c4": 1})", R"({"c1": 0})", R"({"c1": 100000})", R"({"c1": "8"})",
                           R"({"core_blocks": 0})", R"([])"}) {
    EXPECT_THROW(nlohmann::json::parse(text).get<GeneratorOptions>(), Error) << text;
  }
  EXPECT_THROW(nlohmann::json::parse(R"({"widths": [1, 2, 3, 0]})").get<PerceptualOptions>(), Error);
  EXPECT_THROW(nlohmann::json::parse(R"({"width": [1, 2, 3, 4]})").get<PerceptualOptions>(), Error);
  EXPECT_THROW(nlohmann::json::parse(R"({"palette_dim": 0})").get<StyleEncoderOptions>(), Error);
}

}  // namespace
}  // namespace atelier

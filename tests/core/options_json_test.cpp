#include "atelier/core/options_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "atelier/core/error.h"

namespace atelier {
namespace {

std::string message_of(const nlohmann::json& json) {
  try {
    require_known_keys(json, {"steps", "batch_size"}, "train");
    return "";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::Config);
    return error.what();
  }
}

TEST(OptionsJson, AcceptsKnownKeysAndNone) {
  EXPECT_EQ(message_of({{"steps", 1}}), "");
  EXPECT_EQ(message_of(nlohmann::json::object()), "");
}

TEST(OptionsJson, NamesTheUnknownKeyAndTheNearestKnownOne) {
  EXPECT_EQ(message_of({{"batchsize", 1}}), "train: 'batchsize' is unknown; did you mean 'batch_size'?");
  EXPECT_EQ(message_of({{"colour", 1}}), "train: 'colour' is unknown");
}

TEST(OptionsJson, RefusesWhatIsNoObject) {
  EXPECT_NE(message_of(nlohmann::json::array()), "");
  EXPECT_NE(message_of(nullptr), "");
}

TEST(OptionsJson, ReadsWhatIsThereAndKeepsTheDefaultOtherwise) {
  const nlohmann::json json = {{"steps", 7}, {"name", "x"}};
  int steps = 1, batch = 4;
  std::string name;
  read_option(json, "steps", steps, "train");
  read_option(json, "batch_size", batch, "train");
  read_option(json, "name", name, "train");
  EXPECT_EQ(steps, 7);
  EXPECT_EQ(batch, 4);
  EXPECT_EQ(name, "x");
}

TEST(OptionsJson, AWrongTypeNamesTheKey) {
  int steps = 1;
  try {
    read_option(nlohmann::json{{"steps", "many"}}, "steps", steps, "train");
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "train: 'steps' has the wrong type (string)");
  }
  EXPECT_EQ(steps, 1);
}

TEST(OptionsJson, AFractionIsNoWholeNumber) {
  int steps = 1;
  EXPECT_THROW(read_option(nlohmann::json{{"steps", 1.5}}, "steps", steps, "train"), Error);
  EXPECT_EQ(steps, 1);
}

TEST(NearestWord, FindsTyposButNotStrangers) {
  const std::vector<std::string> known = {"strength", "stroke", "detail"};
  EXPECT_EQ(nearest_word("strenght", known), "strength");
  EXPECT_EQ(nearest_word("detial", known), "detail");
  EXPECT_EQ(nearest_word("temperature", known), "");
  EXPECT_EQ(nearest_word("x", {}), "");
}

}  // namespace
}  // namespace atelier

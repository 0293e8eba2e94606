#include "atelier/weights/tensor_checks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <limits>

#include "atelier/core/error.h"
#include "atelier/weights/safetensors_writer.h"

namespace atelier::weights {
namespace {

using testing::HasSubstr;
using testing::Not;

SafetensorsFile file_of(const std::vector<NamedTensor>& tensors) {
  return SafetensorsFile::parse(serialize_safetensors(tensors), "net.safetensors");
}

std::string message_of(const SafetensorsFile& file, const std::vector<ExpectedTensor>& expected) {
  try {
    require_tensors(file, expected);
    return "";
  } catch (const Error& error) {
    EXPECT_EQ(error.id(), "model.tensors");
    return error.what();
  }
}

TEST(RequireTensors, AcceptsExactlyWhatIsExpected) {
  const auto file = file_of({{.name = "a", .shape = {1}, .values = {1}}, {.name = "b", .shape = {0}}});
  EXPECT_EQ(message_of(file, {{"b", {0}}, {"a", {1}}}), "");
}

TEST(RequireTensors, NamesMissingExtraAndOtherShapes) {
  const auto file = file_of({{.name = "a", .shape = {2, 1}, .values = {1, 2}},
                             {.name = "extra", .shape = {1}, .values = {1}},
                             {.name = "whole", .shape = {1}, .integers = {1}}});
  const std::string message = message_of(file, {{"a", {1, 2}}, {"gone", {1}}, {"whole", {1}}});
  EXPECT_THAT(message, HasSubstr("net.safetensors"));
  EXPECT_THAT(message, HasSubstr("'a' is [2, 1] instead of [1, 2]"));
  EXPECT_THAT(message, HasSubstr("'gone' is missing"));
  EXPECT_THAT(message, HasSubstr("'extra' is not known"));
  EXPECT_THAT(message, HasSubstr("'whole' holds integers"));
}

TEST(RequireTensors, ListsTheFirstFiveAndCountsTheRest) {
  std::vector<ExpectedTensor> expected;
  for (const char* name : {"t1", "t2", "t3", "t4", "t5", "t6", "t7"}) expected.push_back({name, {1}});
  const std::string message = message_of(file_of({}), expected);
  EXPECT_THAT(message, HasSubstr("'t5'"));
  EXPECT_THAT(message, Not(HasSubstr("'t6'")));
  EXPECT_THAT(message, HasSubstr("and 2 more"));
}

TEST(RequireFinite, NamesTheTensorAndThePlace) {
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), -std::numeric_limits<float>::infinity()}) {
    // The writer refuses such values, so they are put into its bytes: "bad" is the first tensor of the data.
    std::vector<std::byte> bytes = serialize_safetensors(
        {{.name = "bad", .shape = {3}, .values = {1, 1, 1}}, {.name = "good", .shape = {1}, .values = {1}}});
    std::memcpy(bytes.data() + bytes.size() - 8, &bad, sizeof(bad));
    try {
      require_finite(SafetensorsFile::parse(bytes, "net.safetensors"));
      FAIL() << bad;
    } catch (const Error& error) {
      EXPECT_EQ(error.id(), "model.nonfinite");
      EXPECT_THAT(error.what(), HasSubstr("'bad'"));
      EXPECT_THAT(error.what(), HasSubstr("position 2"));
    }
  }
}

TEST(RequireFinite, LooksIntoHalfPrecision) {
  std::vector<std::byte> bytes =
      serialize_safetensors({{.name = "h", .shape = {1}, .values = {1}}}, DType::F16);
  EXPECT_NO_THROW(require_finite(SafetensorsFile::parse(bytes, "test")));
  const std::uint16_t infinity = 0x7c00;
  std::memcpy(bytes.data() + bytes.size() - 2, &infinity, 2);
  EXPECT_THROW(require_finite(SafetensorsFile::parse(bytes, "test")), Error);
}

}  // namespace
}  // namespace atelier::weights

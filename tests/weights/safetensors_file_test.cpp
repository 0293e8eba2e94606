#include "atelier/weights/safetensors_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "atelier/core/atomic_file.h"
#include "atelier/core/error.h"
#include "atelier/weights/safetensors_writer.h"
#include "support/temp_dir.h"
#include "weights/broken_files.h"
#include "weights/largest_allocation.h"

namespace atelier::weights {
namespace {

using test::TempDir;
using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::byte> bytes_of(const std::string& text) {
  const auto* data = reinterpret_cast<const std::byte*>(text.data());
  return {data, data + text.size()};
}

std::string error_id(const std::string& bytes, const Limits& limits = {}) {
  try {
    SafetensorsFile::parse(bytes_of(bytes), "test", limits);
    return "";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::BadData);
    EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos) << error.what();
    return error.id();
  }
}

TEST(Safetensors, RefusesEveryBrokenFileWithItsReason) {
  for (const test::BrokenFile& file : test::broken_files())
    EXPECT_EQ(error_id(file.bytes), file.error) << file.name;
}

TEST(Safetensors, NeverAllocatesMuchMoreThanTheFileForABrokenOne) {
  for (const test::BrokenFile& file : test::broken_files()) {
    test::reset_largest_allocation();
    error_id(file.bytes);
    EXPECT_LE(test::largest_allocation(), 16 * 1024 + 2 * file.bytes.size()) << file.name;
  }
}

TEST(Safetensors, AcceptsEveryGoodFile) {
  for (const test::BrokenFile& file : test::good_files()) EXPECT_EQ(error_id(file.bytes), "") << file.name;
}

TEST(Safetensors, RefusesEveryCutOfAGoodFile) {
  const std::string whole = test::two_tensors("[8,16]", "[0,8]", 16);
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_NE(error_id(whole.substr(0, length)), "") << length << " bytes";
  }
}

TEST(Safetensors, SurvivesEveryFlippedBitOfAGoodFile) {
  const std::string whole = test::two_tensors("[8,16]", "[0,8]", 16);
  for (std::size_t bit = 0; bit < 8 * whole.size(); ++bit) {
    std::string flipped = whole;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    error_id(flipped);  // an Error or a good file, nothing else
  }
}

TEST(Safetensors, RefusesAPickleWithTheWayOut) {
  TempDir folder;
  write_file_atomically(folder / "weights.safetensors", std::string_view("\x80\x02}q\x01.", 6));
  try {
    SafetensorsFile::read(folder / "weights.safetensors");
    FAIL() << "a pickle was read";
  } catch (const Error& error) {
    EXPECT_EQ(error.id(), "model.format");
    EXPECT_THAT(error.what(), HasSubstr("weights.safetensors"));
    EXPECT_THAT(error.what(), HasSubstr("Atelier never runs code from model files"));
    EXPECT_THAT(error.what(), HasSubstr("save_file"));
  }
}

TEST(Safetensors, KeepsToItsLimits) {
  std::string header = "{";
  for (int i = 0; i < 4; ++i) {
    header += (i == 0 ? "\"" : ",\"") + std::to_string(i) + "\":" + test::tensor_json("F32", "[0]", "[0,0]");
  }
  const std::string four_tensors = test::with_header(header + "}");
  EXPECT_EQ(error_id(four_tensors, {.tensors = 4}), "");
  EXPECT_EQ(error_id(four_tensors, {.tensors = 3}), "model.layout");
  EXPECT_EQ(error_id(four_tensors, {.header_bytes = 16}), "model.header");
  EXPECT_EQ(error_id(four_tensors, {.file_bytes = 16}), "model.too_big");
  EXPECT_EQ(error_id(test::one_tensor("F32", "[1,2]", "[0,8]", 8), {.rank = 1}), "model.layout");
}

TEST(Safetensors, ReadsMoreTensorsThanTenThousandOnlyWhenAllowed) {
  std::vector<NamedTensor> many(10'001);
  for (std::size_t i = 0; i < many.size(); ++i) many[i] = {.name = std::to_string(i), .shape = {0}};
  const std::vector<std::byte> bytes = serialize_safetensors(many);
  EXPECT_THROW(SafetensorsFile::parse(bytes, "many"), Error);
  EXPECT_EQ(SafetensorsFile::parse(bytes, "many", {.tensors = 10'001}).tensors().size(), 10'001u);
}

TEST(Safetensors, RefusesAMissingFileAndAFolder) {
  TempDir folder;
  for (const auto& path : {folder / "none", folder.path()}) {
    try {
      SafetensorsFile::read(path);
      FAIL() << path;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::NoInput);
      EXPECT_EQ(error.id(), "model.missing");
    }
  }
}

TEST(Safetensors, HidesControlCharactersOfHostileNames) {
  const std::string header =
      "{\"\\u001b[31m\\nfake log line\":" + test::tensor_json("X", "[2]", "[0,8]") + "}";
  try {
    SafetensorsFile::parse(bytes_of(test::with_header(header, 8)), "test");
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), testing::Not(testing::AnyOf(HasSubstr("\n"), HasSubstr("\x1b"))));
  }
}

TEST(Safetensors, GivesTensorsByNameAndShape) {
  const std::vector<std::byte> bytes =
      serialize_safetensors({{.name = "w", .shape = {2, 2}, .values = {1, -2, 0.5f, 4}},
                             {.name = "step", .shape = {1}, .integers = {std::int64_t{1} << 60}}},
                            DType::F32, {{"epoch", "3"}});
  const SafetensorsFile file = SafetensorsFile::parse(bytes, "test");
  EXPECT_THAT(file.floats("w", {2, 2}), ElementsAre(1, -2, 0.5f, 4));
  EXPECT_THAT(file.integers("step", {1}), ElementsAre(std::int64_t{1} << 60));
  EXPECT_EQ(file.metadata().at("epoch"), "3");
  ASSERT_NE(file.find("w"), nullptr);
  EXPECT_EQ(file.find("w")->numel(), 4);
  EXPECT_EQ(file.find("v"), nullptr);
  EXPECT_THROW(file.floats("v", {2, 2}), Error);
  EXPECT_THROW(file.floats("w", {4}), Error);
  EXPECT_THROW(file.floats("step", {1}), Error);
  EXPECT_THROW(file.integers("w", {2, 2}), Error);
}

TEST(Safetensors, ReadsDataAtAnyAlignment) {
  // An odd header length puts every tensor at an odd address.
  std::string header = R"({"a":)" + test::tensor_json("F32", "[2]", "[0,8]") + "}";
  if (header.size() % 2 == 0) header += ' ';
  std::string bytes = test::with_header(header);
  const float values[] = {1.5f, -3.25f};
  bytes.append(reinterpret_cast<const char*>(values), sizeof(values));
  EXPECT_THAT(SafetensorsFile::parse(bytes_of(bytes), "test").floats("a", {2}), ElementsAre(1.5f, -3.25f));
}

TEST(Safetensors, StaysValidWhenMoved) {
  SafetensorsFile first =
      SafetensorsFile::parse(serialize_safetensors({{.name = "a", .shape = {2}, .values = {1, 2}}}), "test");
  const SafetensorsFile second = std::move(first);
  EXPECT_THAT(second.floats("a", {2}), ElementsAre(1, 2));
}

}  // namespace
}  // namespace atelier::weights

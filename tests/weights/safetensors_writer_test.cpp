#include "atelier/weights/safetensors_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>

#include "atelier/core/error.h"
#include "atelier/weights/safetensors_file.h"
#include "support/temp_dir.h"

namespace atelier::weights {
namespace {

using testing::ElementsAre;

const std::vector<NamedTensor> kTwo = {{.name = "b", .shape = {3}, .values = {1, 2, 3}},
                                       {.name = "a", .shape = {1, 2}, .values = {0.1f, -70000}}};

std::string refusal(const std::vector<NamedTensor>& tensors, DType dtype = DType::F32) {
  try {
    serialize_safetensors(tensors, dtype);
    return "";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::Internal);
    return error.id();
  }
}

TEST(SafetensorsWriter, WritesWhatTheReaderReads) {
  test::TempDir folder;
  write_safetensors(folder / "w.safetensors", kTwo, DType::F32, {{"note", "zwölf"}});
  const SafetensorsFile file = SafetensorsFile::read(folder / "w.safetensors");
  EXPECT_THAT(file.floats("a", {1, 2}), ElementsAre(0.1f, -70000));
  EXPECT_THAT(file.floats("b", {3}), ElementsAre(1, 2, 3));
  EXPECT_EQ(file.metadata().at("note"), "zwölf");
}

TEST(SafetensorsWriter, GivesTheSameBytesInAnyOrder) {
  EXPECT_EQ(serialize_safetensors({kTwo[0], kTwo[1]}), serialize_safetensors({kTwo[1], kTwo[0]}));
}

TEST(SafetensorsWriter, WritesTheDocumentedBytes) {
  const std::vector<std::byte> bytes =
      serialize_safetensors({{.name = "a", .shape = {2}, .values = {1, -2}}});
  const std::string header = R"({"a":{"data_offsets":[0,8],"dtype":"F32","shape":[2]}})";
  const std::size_t padded = (header.size() + 7) / 8 * 8;
  ASSERT_EQ(bytes.size(), 8 + padded + 8);
  std::uint64_t length = 0;
  std::memcpy(&length, bytes.data(), 8);
  EXPECT_EQ(length, padded);
  const std::string text(reinterpret_cast<const char*>(bytes.data()) + 8, padded);
  EXPECT_EQ(text, header + std::string(padded - header.size(), ' '));
  const unsigned char expected[] = {0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0};
  EXPECT_EQ(std::memcmp(bytes.data() + 8 + padded, expected, 8), 0);
}

TEST(SafetensorsWriter, HalvesTheSizeWithinHalfAStep) {
  const std::vector<NamedTensor> tensors = {{.name = "a", .shape = {3}, .values = {0.1f, 1000.3f, -3e-5f}}};
  for (const DType dtype : {DType::F16, DType::BF16}) {
    const SafetensorsFile file = SafetensorsFile::parse(serialize_safetensors(tensors, dtype), "test");
    EXPECT_EQ(file.find("a")->bytes.size(), 6u);
    const std::vector<float> values = file.floats("a", {3});
    const double step = dtype == DType::F16 ? 0x1p-11 : 0x1p-8;
    for (std::size_t i = 0; i < values.size(); ++i) {
      const float exact = tensors[0].values[i];
      EXPECT_NEAR(values[i], exact, std::abs(exact) * step + 0x1p-25) << name_of(dtype);
    }
  }
}

TEST(SafetensorsWriter, NeverWritesANumberThatIsNotOne) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float inf = std::numeric_limits<float>::infinity();
  EXPECT_EQ(refusal({{.name = "a", .shape = {1}, .values = {nan}}}), "weights.nonfinite");
  EXPECT_EQ(refusal({{.name = "a", .shape = {2}, .values = {0, -inf}}}), "weights.nonfinite");
  EXPECT_EQ(refusal(kTwo, DType::F16), "weights.nonfinite") << "70000 is infinite in half precision";
  EXPECT_EQ(refusal({{.name = "a", .shape = {1}, .values = {65519}}}, DType::F16), "");
  EXPECT_EQ(refusal({{.name = "a", .shape = {1}, .values = {65520}}}, DType::F16), "weights.nonfinite");
  EXPECT_EQ(refusal({{.name = "a", .shape = {1}, .values = {3.4e38f}}}, DType::BF16), "weights.nonfinite");
  EXPECT_EQ(refusal(kTwo, DType::BF16), "");
}

TEST(SafetensorsWriter, RefusesTensorsThatCannotBe) {
  EXPECT_EQ(refusal({{.name = "a", .shape = {3}, .values = {1, 2}}}), "weights.tensor");
  EXPECT_EQ(refusal({{.name = "a", .shape = {-1}, .values = {}}}), "weights.tensor");
  EXPECT_EQ(refusal({{.name = "", .shape = {1}, .values = {1}}}), "weights.tensor");
  EXPECT_EQ(refusal({{.name = "__metadata__", .shape = {1}, .values = {1}}}), "weights.tensor");
  EXPECT_EQ(refusal({{.name = "a", .shape = {1}, .values = {1}, .integers = {1}}}), "weights.tensor");
  EXPECT_EQ(refusal({{.name = "a", .shape = {1}, .values = {1}}, {.name = "a", .shape = {1}, .values = {2}}}),
            "weights.tensor");
  EXPECT_EQ(refusal({{.name = "\xff", .shape = {1}, .values = {1}}}), "weights.tensor");
  EXPECT_EQ(refusal({}, DType::I64), "weights.dtype");
}

}  // namespace
}  // namespace atelier::weights

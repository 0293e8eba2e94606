#include <gtest/gtest.h>

#include <filesystem>

#include "atelier/core/error.h"
#include "atelier/weights/safetensors_file.h"

namespace atelier::weights {
namespace {

// Every file the fuzzer starts from, and every one it ever broke the parser with, stays in fuzz/corpus.
TEST(SafetensorsCorpus, EveryFileParsesOrIsRefused) {
  const std::filesystem::path folder = std::filesystem::path(ATELIER_SOURCE_DIR) / "fuzz/corpus/safetensors";
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    ++files;
    const bool should_parse = entry.path().filename().string().starts_with("good-");
    try {
      const SafetensorsFile file = SafetensorsFile::read(entry.path());
      for (const TensorView& tensor : file.tensors()) {
        if (tensor.dtype != DType::I64) to_floats(tensor);
      }
    } catch (const Error& error) {
      EXPECT_FALSE(should_parse) << entry.path() << ": " << error.what();
      EXPECT_TRUE(error.id().starts_with("model.")) << entry.path() << ": " << error.id();
    }
  }
  EXPECT_GE(files, 50);
}

}  // namespace
}  // namespace atelier::weights

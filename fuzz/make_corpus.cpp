// Writes the seeds of every fuzz target: make_corpus fuzz/corpus
#include <cstdio>
#include <filesystem>
#include <string>

#include "atelier/core/atomic_file.h"
#include "atelier/core/error.h"
#include "atelier/style/style_library.h"
#include "weights/broken_files.h"

namespace {

void write_seed(const std::filesystem::path& folder, const std::string& name, const std::string& bytes) {
  std::filesystem::create_directories(folder);
  atelier::write_file_atomically(folder / name, bytes);
}

std::string small_library() {
  atelier::style::StyleLibrary library("seed-1");
  library.add({.name = "wave",
               .title = "The Wave",
               .year = "1831",
               .code = {.space = "seed-1", .values = {0.5f, -1e-3f}},
               .detail = 0.25f,
               .attributes = {{"saturation", 0.3}},
               .coordinates = {1, -2}});
  library.add({.name = "night", .code = {.space = "seed-1", .values = {1, 2}}});
  return library.to_text();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: make_corpus FOLDER\n", stderr);
    return 2;
  }
  try {
    const std::filesystem::path root = argv[1];
    for (const auto& file : atelier::test::broken_files())
      write_seed(root / "safetensors", file.name, file.bytes);
    for (const auto& file : atelier::test::good_files()) {
      write_seed(root / "safetensors", "good-" + file.name, file.bytes);
    }
    write_seed(root / "style_library", "small", small_library());
    write_seed(root / "style_library", "empty", atelier::style::StyleLibrary("seed-1").to_text());
  } catch (const atelier::Error& error) {
    std::fprintf(stderr, "make_corpus: %s\n", error.what());
    return atelier::exit_status(error.code());
  }
  return 0;
}

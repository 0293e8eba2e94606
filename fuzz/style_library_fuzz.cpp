// Any text: either a library that survives writing and reading, or an Error. Anything else is a bug.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "atelier/core/error.h"
#include "atelier/style/style_library.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using atelier::style::StyleLibrary;
  try {
    const StyleLibrary library = StyleLibrary::parse({reinterpret_cast<const char*>(data), size}, "fuzz");
    if (!(StyleLibrary::parse(library.to_text(), "again") == library)) std::abort();
  } catch (const atelier::Error&) {
  }
  return 0;
}

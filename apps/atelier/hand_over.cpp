#include "hand_over.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "atelier/core/error.h"

namespace atelier::cli {
namespace {

constexpr const char* kSibling = "atelier-torch";

}  // namespace

std::filesystem::path torch_program() {
  std::error_code error;
  const std::filesystem::path here = std::filesystem::read_symlink("/proc/self/exe", error).parent_path();
  for (const std::filesystem::path& folder : {here, here / "../libexec/atelier"}) {
    if (::access((folder / kSibling).c_str(), X_OK) == 0) return folder / kSibling;
  }
  return {};
}

void hand_over_to_torch(const Program& program) {
  const std::filesystem::path sibling = torch_program();
  if (sibling.empty()) {
    throw Error(ErrorCode::Unavailable, "program.missing",
                "this needs the program atelier-torch, which is not installed beside atelier: install the "
                "package with "
                "LibTorch, or build with -DATELIER_WITH_TORCH=ON");
  }
  std::vector<std::string> arguments = program.arguments;
  arguments.front() = kSibling;
  std::vector<char*> pointers;
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  ::execv(sibling.c_str(), pointers.data());
  throw Error(ErrorCode::Unavailable, "program.missing",
              printable(sibling.string()) + ": cannot be started: " + std::strerror(errno));
}

}  // namespace atelier::cli

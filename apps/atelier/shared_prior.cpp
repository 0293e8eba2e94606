#include "shared_prior.h"

#include "atelier/core/atomic_file.h"
#include "atelier/core/error.h"
#include "atelier/style/user_styles.h"
#include "private_file.h"

namespace atelier::cli {
namespace {

namespace fs = std::filesystem;
using personalization::PopulationPrior;

constexpr std::size_t kLargestFile = std::size_t{256} << 20;  // 4096 features squared, in decimal

}  // namespace

fs::path shared_prior_path() {
  return style::user_data_path() / "population-prior.json";
}

PopulationPrior read_prior_file(const fs::path& file) {
  return PopulationPrior::parse(read_file(file, kLargestFile), printable(file.string()));
}

std::optional<PopulationPrior> read_shared_prior() {
  const fs::path path = shared_prior_path();
  std::error_code ignored;
  if (!fs::exists(path, ignored)) return std::nullopt;
  try {
    return read_prior_file(path);
  } catch (const Error& error) {
    throw Error(
        error.code(), error.id(),
        std::string(error.what()) + "; 'atelier taste population forget' goes back to the standard prior");
  }
}

void install_shared_prior(const PopulationPrior& prior) {
  const fs::path path = shared_prior_path();
  std::error_code ignored;
  if (fs::create_directories(path.parent_path(), ignored))
    fs::permissions(path.parent_path(), fs::perms::owner_all, ignored);
  PrivateFile file(path);
  file.stream() << prior.to_text();
  file.keep();
}

bool remove_shared_prior() {
  std::error_code failed;
  const bool removed = fs::remove(shared_prior_path(), failed);
  if (!failed) return removed;
  throw Error(ErrorCode::Io, "file.remove",
              printable(shared_prior_path().string()) + ": cannot be removed: " + failed.message());
}

}  // namespace atelier::cli

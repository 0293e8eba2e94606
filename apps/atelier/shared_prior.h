#pragma once

#include <filesystem>
#include <optional>

#include "atelier/personalization/population_prior.h"

namespace atelier::cli {

/// What people in general like, when a released prior was installed on this computer:
/// <data>/population-prior.json. Everybody's taste starts from it in place of the standard prior, which knows
/// nobody.
std::filesystem::path shared_prior_path();

/// Nothing when none is installed. Error BadData "taste.prior" for a broken file, with the cure.
std::optional<personalization::PopulationPrior> read_shared_prior();

/// A prior somebody released. Errors NoInput "file.open", BadData "taste.prior".
personalization::PopulationPrior read_prior_file(const std::filesystem::path& file);

/// Puts it in place, whole or not at all, mode 0600.
void install_shared_prior(const personalization::PopulationPrior& prior);

/// False when there was none.
bool remove_shared_prior();

}  // namespace atelier::cli

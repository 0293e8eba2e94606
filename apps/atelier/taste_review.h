#pragma once

#include <span>
#include <string>

#include "atelier/personalization/account_screen.h"
#include "atelier/storage/preference_store.h"

namespace atelier::cli {

/// An account that the screen flagged is under review until a later screen does not flag it, or its answers
/// leave pooled learning. The mark is kept with the person's own data, encrypted, and changes nothing for
/// them.
bool under_review(storage::PreferenceStore& store, const std::string& user);
void end_review(storage::PreferenceStore& store, const std::string& user);

/// Marks whom the report flags and ends the review of all others of `screened`.
void keep_reviews(storage::PreferenceStore& store, const personalization::ScreenReport& report,
                  std::span<const personalization::AccountActivity> screened);

}  // namespace atelier::cli

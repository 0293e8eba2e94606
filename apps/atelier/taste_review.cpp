#include "taste_review.h"

namespace atelier::cli {
namespace {

// A profile of this name says that the person is under review; an empty one that they were.
constexpr const char* kMark = "under-review";

}  // namespace

bool under_review(storage::PreferenceStore& store, const std::string& user) {
  return !store.profile(user, kMark).value_or("").empty();
}

void end_review(storage::PreferenceStore& store, const std::string& user) {
  if (under_review(store, user)) store.put_profile(user, kMark, "");
}

void keep_reviews(storage::PreferenceStore& store, const personalization::ScreenReport& report,
                  std::span<const personalization::AccountActivity> screened) {
  store.together([&] {
    for (const personalization::AccountActivity& account : screened) {
      if (!report.flags(account.user)) {
        end_review(store, account.user);
      } else if (!under_review(store, account.user)) {
        store.put_profile(account.user, kMark, "1");
      }
    }
  });
}

}  // namespace atelier::cli

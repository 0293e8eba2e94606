#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "atelier/storage/records.h"

namespace atelier::personalization {

/// One account as the screen sees it.
struct AccountActivity {
  std::string user;
  std::int64_t first = 0;  ///< time of the first answer, seconds since 1970
  /// What the account says last about a style: 1 for it (rated 5, liked, saved, chosen), -1 against it, 0
  /// something between. Styles without a name are left out.
  std::map<std::string, int> verdicts;

  /// Of answers that count, in any order. An account without answers has no verdicts.
  static AccountActivity of(const std::string& user, std::span<const storage::Answer> answers);
};

struct ScreenOptions {
  std::size_t fewest = 20;      ///< accounts in a group
  double new_days = 7;          ///< an account is new that long after its first answer
  double burst_hours = 24;      ///< first answers so near to each other came together
  double burst_factor = 4;      ///< a burst has that many times the arrivals of an ordinary stretch
  double agreement = 0.85;      ///< share of a burst that says the same about a style
  double above_others = 0.3;    ///< by how much that is more than everybody else's share
  std::size_t comparison = 10;  ///< older accounts that must know the style to be compared with
};

/// New accounts that came together and say the same about one style.
struct SuspiciousGroup {
  std::string style;
  int verdict = 0;                 ///< 1: all for it, -1: all against it
  std::vector<std::string> users;  ///< sorted
  std::int64_t from = 0, to = 0;   ///< first answers of the first and the last of them
  double agreement = 0;            ///< of the new accounts that judged the style in that time
  double others = 0;               ///< of older accounts, or of everybody about other styles
};

struct ScreenReport {
  std::size_t accounts = 0;             ///< looked at
  std::vector<SuspiciousGroup> groups;  ///< largest first
  std::vector<std::string> users;       ///< in any group, sorted

  bool flags(const std::string& user) const;
};

/// Looks for ratings bought or made by machines: accounts that are new (age), came in a burst, and agree far
/// more than others do, all three. It says "look here", not "guilty": honest people who came on the same day
/// and liked the same style are in the group too. Times are those of the answers, so whoever may set them can
/// look old. Deterministic.
ScreenReport screen_accounts(std::span<const AccountActivity> accounts, std::int64_t now,
                             const ScreenOptions& options = {});

}  // namespace atelier::personalization

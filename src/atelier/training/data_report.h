#pragma once

#include <map>
#include <string>
#include <vector>

namespace atelier::training {

/// What a training found in its folders, before it starts.
struct DataReport {
  std::string role;  ///< "content" or "style"
  std::size_t found = 0, used = 0;
  std::vector<std::string> unreadable, too_small, duplicate, blurred, near_grey;  ///< "file: cause"
  std::map<std::string, std::size_t> labels;

  std::size_t broken() const { return unreadable.size() + too_small.size(); }
  /// A few lines for people: counts, names of the first offenders, labels that dominate.
  std::string to_text() const;
};

/// Error BadData "data.broken" when above 10 % are unreadable or too small, "data.empty" when nothing is
/// usable.
void require_usable(const DataReport& report);

}  // namespace atelier::training

#include "atelier/training/data_report.h"

#include <algorithm>
#include <sstream>

#include "atelier/core/error.h"

namespace atelier::training {
namespace {

constexpr std::size_t kShown = 5;

void list(std::ostringstream& out, const char* what, const std::vector<std::string>& items) {
  if (items.empty()) return;
  out << "  " << what << ": " << items.size();
  for (std::size_t i = 0; i < std::min(kShown, items.size()); ++i)
    out << (i == 0 ? " (" : ", ") << printable(items[i]);
  out << (items.size() > kShown ? ", ...)" : ")") << '\n';
}

}  // namespace

std::string DataReport::to_text() const {
  std::ostringstream out;
  out << role << ": " << used << " of " << found << " pictures used\n";
  list(out, "unreadable, left out", unreadable);
  list(out, "too small, left out", too_small);
  list(out, "duplicates, left out", duplicate);
  list(out, "blurred, kept", blurred);
  list(out, "near grey, kept", near_grey);
  if (labels.size() > 1) {
    const auto largest = std::max_element(labels.begin(), labels.end(),
                                          [](const auto& a, const auto& b) { return a.second < b.second; });
    const std::size_t single = static_cast<std::size_t>(
        std::count_if(labels.begin(), labels.end(), [](const auto& item) { return item.second < 3; }));
    out << "  labels: " << labels.size() << ", most: " << largest->first << " (" << largest->second << "), "
        << single << " with fewer than 3 pictures\n";
  }
  return out.str();
}

void require_usable(const DataReport& report) {
  if (report.used == 0) {
    throw Error(ErrorCode::BadData, "data.empty",
                report.role + ": no usable picture among " + std::to_string(report.found) +
                    "; check the folders and the licence filter");
  }
  if (report.broken() * 10 > report.found) {
    throw Error(ErrorCode::BadData, "data.broken",
                report.role + ": " + std::to_string(report.broken()) + " of " + std::to_string(report.found) +
                    " pictures are unreadable or too small, more than 10 %; remove or replace them");
  }
}

}  // namespace atelier::training

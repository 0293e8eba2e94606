#include "progress.h"

#include <unistd.h>

#include <cstdio>
#include <nlohmann/json.hpp>

#include "atelier/core/error.h"

namespace atelier::cli {
namespace {

constexpr const char* kClearLine = "\r\x1b[K";

}  // namespace

Progress::Progress(const std::string& kind, int items)
    : json_(kind == "json"), line_(kind == "auto" && ::isatty(STDERR_FILENO) == 1), items_(items) {}

Progress::~Progress() {
  clear();
}

void Progress::step(const std::string& item, int done, int total) {
  const std::lock_guard lock(mutex_);
  if (json_) {
    const nlohmann::json line = {
        {"progress",
         {{"item", item}, {"finished", finished_}, {"items", items_}, {"step", done}, {"steps", total}}}};
    std::fprintf(stderr, "%s\n", line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
  }
  if (line_) {
    std::fprintf(stderr, "%s%d/%d %s %d%%", kClearLine, finished_ + 1, items_, printable(item).c_str(),
                 100 * done / total);
    std::fflush(stderr);
    shown_ = true;
  }
}

void Progress::finish_item() {
  const std::lock_guard lock(mutex_);
  ++finished_;
}

void Progress::clear() {
  const std::lock_guard lock(mutex_);
  if (shown_) std::fprintf(stderr, "%s", kClearLine);
  shown_ = false;
}

}  // namespace atelier::cli

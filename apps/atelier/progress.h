#pragma once

#include <mutex>
#include <string>

namespace atelier::cli {

/// Progress of a batch on stderr: one line that is written over on a terminal, JSON lines when asked for,
/// nothing otherwise. All members are thread-safe.
class Progress {
 public:
  /// kind: "auto", "json" or "none".
  Progress(const std::string& kind, int items);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// `done` of `total` steps of one item.
  void step(const std::string& item, int done, int total);
  void finish_item();
  /// Removes the line before something else is printed.
  void clear();

 private:
  const bool json_, line_;
  const int items_;
  int finished_ = 0;
  bool shown_ = false;
  std::mutex mutex_;
};

}  // namespace atelier::cli

#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace atelier::training {

/// Says on stderr how far a long task is: one line redrawn on a terminal, JSON lines on request, else
/// nothing.
class Progress {
 public:
  enum class Style { Auto, Json, Quiet };
  static Style parse(const std::string& name);  ///< auto, json, none; Error Usage otherwise

  Progress(Style style, std::string task);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// fraction in 0..1; items are pictures seen so far in this process; note is a few words. Draws at most
  /// five times a second.
  void update(double fraction, std::int64_t items, double seconds_left, const std::string& note);

 private:
  Style style_;
  std::string task_;
  std::chrono::steady_clock::time_point start_, drawn_;
  bool open_line_ = false;
};

}  // namespace atelier::training

#include "atelier/training/progress.h"

#include <unistd.h>

#include <cstdio>
#include <nlohmann/json.hpp>

#include "atelier/core/error.h"

namespace atelier::training {

Progress::Style Progress::parse(const std::string& name) {
  if (name == "auto") return Style::Auto;
  if (name == "json") return Style::Json;
  if (name == "none") return Style::Quiet;
  throw Error(ErrorCode::Usage, "option.progress",
              "--progress " + printable(name) + " is unknown; use auto, json or none");
}

Progress::Progress(Style style, std::string task)
    : style_(style == Style::Auto && ::isatty(STDERR_FILENO) == 0 ? Style::Quiet : style),
      task_(std::move(task)),
      start_(std::chrono::steady_clock::now()) {}

Progress::~Progress() {
  if (open_line_) std::fputc('\n', stderr);
}

void Progress::update(double fraction, std::int64_t items, double seconds_left, const std::string& note) {
  if (style_ == Style::Quiet) return;
  const auto now = std::chrono::steady_clock::now();
  if (fraction < 1 && now - drawn_ < std::chrono::milliseconds(200)) return;
  drawn_ = now;
  const double elapsed = std::chrono::duration<double>(now - start_).count();
  const double rate = elapsed > 0 ? static_cast<double>(items) / elapsed : 0;
  if (style_ == Style::Json) {
    const nlohmann::json line = {
        {"task", task_},      {"fraction", fraction},         {"images_per_second", rate},
        {"elapsed", elapsed}, {"seconds_left", seconds_left}, {"note", note}};
    std::fprintf(stderr, "%s\n", line.dump().c_str());
    return;
  }
  constexpr int width = 24;
  const int filled = static_cast<int>(fraction * width);
  std::string bar(static_cast<std::size_t>(filled), '=');
  bar.resize(width, ' ');
  const int left = static_cast<int>(seconds_left);
  std::fprintf(stderr, "\r%s [%s] %3.0f%%  %.1f images/s  %d:%02d left  %s\033[K", task_.c_str(), bar.c_str(),
               fraction * 100, rate, left / 60, left % 60, note.c_str());
  std::fflush(stderr);
  open_line_ = true;
}

}  // namespace atelier::training

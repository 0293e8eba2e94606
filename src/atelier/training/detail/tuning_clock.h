#pragma once

#include <chrono>
#include <cstdint>

namespace atelier::training {

constexpr int kScores = 12;        ///< of held-out content, over the whole time
constexpr int kMostBadSteps = 20;  ///< in a row, before a tuning gives up

/// How far a tuning is: by its steps when it was given some, else by the clock.
class TuningClock {
 public:
  TuningClock(double minutes, std::int64_t steps) : minutes_(minutes), length_(steps) {}

  void count_step() { ++steps_; }
  std::int64_t steps() const { return steps_; }
  double seconds() const;
  double spent() const;         ///< share of the whole, 0..1 and a little more
  double seconds_left() const;  ///< at the pace so far

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  double minutes_;
  std::int64_t length_, steps_ = 0;
};

/// Share of the learning rate at `progress` 0..1 of a stretch: a cosine from 1 to 0.05.
double annealed(double progress);

}  // namespace atelier::training

#include "atelier/training/detail/tuning_clock.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace atelier::training {

double TuningClock::seconds() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
}

double TuningClock::spent() const {
  return length_ > 0 ? static_cast<double>(steps_) / static_cast<double>(length_)
                     : seconds() / (minutes_ * 60);
}

double TuningClock::seconds_left() const {
  const double all = length_ > 0 ? seconds() / std::clamp(spent(), 1e-3, 1.0) : minutes_ * 60;
  return std::max(0.0, all - seconds());
}

double annealed(double progress) {
  return 0.05 + 0.95 * 0.5 * (1 + std::cos(std::numbers::pi * progress));
}

}  // namespace atelier::training

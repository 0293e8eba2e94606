#include "atelier/report/detail/axis.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cmath>

namespace atelier::report {

std::vector<double> nice_ticks(double low, double high, int count) {
  if (low > high) std::swap(low, high);
  if (high - low <= 1e-12 * std::max(std::abs(low), std::abs(high))) {
    const double room = low == 0 ? 1 : std::abs(low) * 0.1;
    low -= room;
    high += room;
  }
  const double rough = (high - low) / std::max(1, count);
  const double power = std::pow(10, std::floor(std::log10(rough)));
  double distance = 10 * power;
  for (const double step : {1.0, 2.0, 5.0}) {
    if (rough <= step * power * 1.0000001) {
      distance = step * power;
      break;
    }
  }
  std::vector<double> ticks;
  const auto first = static_cast<long long>(std::floor(low / distance + 1e-9));
  const auto last = static_cast<long long>(std::ceil(high / distance - 1e-9));
  for (long long i = first; i <= last; ++i) ticks.push_back(static_cast<double>(i) * distance);
  return ticks;
}

std::vector<double> decade_ticks(double low, double high) {
  const int first = static_cast<int>(std::floor(std::log10(low) + 1e-9));
  const int last = std::max(first + 1, static_cast<int>(std::ceil(std::log10(high) - 1e-9)));
  std::vector<double> ticks;
  for (int power = first; power <= last; ++power) ticks.push_back(std::pow(10.0, power));
  return ticks;
}

std::string tick_text(double value, double distance) {
  const double size = std::max(std::abs(value), distance);
  if (value != 0 && (size >= 1e6 || distance < 1e-5)) return fmt::format("{:.2g}", value);
  const int digits = std::clamp(static_cast<int>(std::ceil(-std::log10(distance) - 1e-9)), 0, 6);
  return fmt::format("{:.{}f}", value == 0 ? 0.0 : value, digits);
}

void Range::include(double value) {
  if (!std::isfinite(value)) return;
  if (empty()) {
    low_ = high_ = value;
  } else {
    low_ = std::min(low_, value);
    high_ = std::max(high_, value);
  }
}

Axis::Axis(std::vector<double> ticks, double from, double to, bool logarithmic)
    : ticks_(std::move(ticks)), from_(from), to_(to), logarithmic_(logarithmic) {}

double Axis::at(double value) const {
  const auto place = [&](double v) { return logarithmic_ ? std::log10(v) : v; };
  const double low = place(ticks_.front()), high = place(ticks_.back());
  return from_ + (to_ - from_) * (place(value) - low) / (high - low);
}

std::string Axis::text(double tick) const {
  return logarithmic_ ? fmt::format("{:g}", tick) : tick_text(tick, ticks_[1] - ticks_[0]);
}

}  // namespace atelier::report

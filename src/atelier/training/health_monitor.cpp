#include "atelier/training/health_monitor.h"

namespace atelier::training {

void HealthMonitor::observe_game(double accuracy, double game_value, double logit_spread) {
  const auto follow = [](double& mean, double value) { mean = kKeep * mean + (1 - kKeep) * value; };
  follow(accuracy_, accuracy);
  follow(game_value_, game_value);
  follow(spread_, logit_spread);
  ++games_;
  ++since_complaint_;
}

void HealthMonitor::observe_outputs(double across_styles, double across_contents) {
  across_styles_ = across_styles;
  across_contents_ = across_contents;
}

std::string HealthMonitor::current() const {
  if (across_styles_ < 0.02) {
    return "paintings hardly depend on the style any more (style collapse); raise the style weights or lower the rate";
  }
  if (across_contents_ < 0.03) {
    return "paintings hardly depend on the photo any more (content collapse); raise the content weight";
  }
  if (games_ < kSettled) return "";
  if (accuracy_ > 0.9 || game_value_ > -0.3) {
    return "the discriminator is winning (it tells nearly all patches apart); lower discriminator_rate or raise r1_gamma";
  }
  if (spread_ < 0.01) {
    return "the discriminator has collapsed (it answers the same for every patch); raise discriminator_rate";
  }
  return "";
}

std::optional<std::string> HealthMonitor::verdict() {
  const std::string now = current();
  const bool news = !now.empty() && (now != last_ || since_complaint_ > kRepeat);
  last_ = now;
  if (!news) return std::nullopt;
  since_complaint_ = 0;
  return now;
}

}  // namespace atelier::training

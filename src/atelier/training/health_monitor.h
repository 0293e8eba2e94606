#pragma once

#include <optional>
#include <string>

namespace atelier::training {

/// Watches the adversarial game over a sliding window and says in words when something is wrong. Torch-free.
class HealthMonitor {
 public:
  /// One D step: share of patches D judged rightly, the value of L_GAN, and the spread of its logits.
  void observe_game(double accuracy, double game_value, double logit_spread);
  /// One sheet: mean absolute difference between paintings of one photo in different styles, and between paintings of
  /// different photos in one style; pixel values in [0,1].
  void observe_outputs(double across_styles, double across_contents);

  /// What is wrong now, or empty. A complaint is made again only after it went away or after `kRepeat` observations.
  std::optional<std::string> verdict();

  double accuracy() const { return accuracy_; }
  double game_value() const { return game_value_; }

 private:
  static constexpr double kKeep = 0.99;
  static constexpr int kSettled = 200;  ///< observations before the game is judged
  static constexpr int kRepeat = 2000;

  std::string current() const;

  double accuracy_ = 0.5, game_value_ = -1.386, spread_ = 1;
  double across_styles_ = 1, across_contents_ = 1;
  int games_ = 0, since_complaint_ = 0;
  std::string last_;
};

}  // namespace atelier::training

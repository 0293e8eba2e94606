#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "atelier/training/picture_signs.h"

namespace atelier::training {

/// Something that goes wrong in a training, in words.
struct Diagnosis {
  std::string id;       ///< stable name: "style-collapse"
  bool grave = false;   ///< nothing good comes of going on; lasting, it ends a training under `--doctor stop`
  std::string finding;  ///< what is wrong, with its number
  std::string advice;   ///< what to do, naming keys of the configuration

  std::string text() const { return finding + "; " + advice; }
};

/// What one step shows.
struct StepSigns {
  std::map<std::string, double> contributions;  ///< terms of the painter's loss, weighted as they were added
  double gradient_norm = 0;                     ///< of the painter's parameters, before clipping
  bool dropped = false;                         ///< not finite; nothing else is known of this step

  /// One D step: share of patches judged rightly, the value of L_GAN (-1.386 at chance, 0 when D wins), the
  /// spread of its logits.
  struct Game {
    double accuracy = 0.5, value = -1.386, logit_spread = 1;
  };
  std::optional<Game> game;
  std::optional<double>
      style_to_content;  ///< ratio of the terms' gradient norms at the painting, when it was measured
};

/// What one sheet of paintings shows.
struct SheetSigns {
  double across_styles = 1, across_contents = 1;  ///< mean absolute differences, pixel values in [0,1]
  PictureSigns pictures;                          ///< mean over the paintings
  /// Style loss of the same photos in styles that are trained and in styles held out; absent when nothing is
  /// held out.
  std::optional<double> trained_style, held_out_style;
  int channels = 0, dead_channels = 0;  ///< of the generator: filters that no gradient reaches any more
};
void to_json(nlohmann::json& json, const SheetSigns& signs);
void to_json(nlohmann::json& json, const Diagnosis& diagnosis);

/// Watches a training over sliding windows and names what goes wrong. Knows numbers only, no network.
class Doctor {
 public:
  void observe(const StepSigns& step);
  void observe(const SheetSigns& sheet);

  /// What is wrong by the newest observations.
  std::vector<Diagnosis> current() const;
  /// What became wrong since the last call, or still is after kRepeat steps.
  std::vector<Diagnosis> news();
  /// A grave finding that lasted kLastingSteps steps, or kLastingSheets sheets when sheets show it.
  std::optional<Diagnosis> hopeless() const;

  double accuracy() const;    ///< D's, over the window; 0.5 before the first game
  double game_value() const;  ///< L_GAN over the window; -1.386 before the first game

  static constexpr int kSettled = 200;  ///< steps (or games) before they are judged
  static constexpr int kLastingSteps = 1000, kLastingSheets = 3;
  static constexpr int kAtChance = 1500;  ///< games
  static constexpr int kRepeat = 2000;    ///< steps

 private:
  /// Running mean that weighs n steps back by keep^n, without a bias towards its start.
  class Window {
   public:
    explicit Window(double keep) : keep_(keep) {}
    void add(double value);
    double mean() const { return weight_ > 0 ? sum_ / weight_ : 0; }

   private:
    double keep_, sum_ = 0, weight_ = 0;
  };
  struct Course {
    Diagnosis diagnosis;
    int seen = 0;               ///< observations in a row
    std::int64_t told_at = -1;  ///< step, or -1
  };

  std::vector<Diagnosis> by_steps() const;
  void look_at_game(std::vector<Diagnosis>& found) const;
  void look_at_gradients(std::vector<Diagnosis>& found) const;
  void look_at_terms(std::vector<Diagnosis>& found) const;
  std::vector<Diagnosis> by_sheet() const;
  void look_at_pictures(std::vector<Diagnosis>& found) const;
  void look_at_styles(const SheetSigns& sheet);
  static void follow(std::map<std::string, Course>& courses, const std::vector<Diagnosis>& found);

  Window accuracy_{0.99}, game_value_{0.99}, spread_{0.99};
  Window gradient_now_{0.95}, gradient_long_{0.999}, dropped_{0.98};
  std::map<std::string, Window> terms_;
  double style_to_content_ = 1;
  int games_ = 0, at_chance_ = 0, balances_ = 0;
  std::int64_t steps_ = 0;

  std::optional<SheetSigns> sheet_;
  double best_trained_ = 0, best_held_out_ = 0;
  int overfitting_ = 0;  ///< sheets in a row on which only the trained styles still gain

  std::map<std::string, Course> step_courses_, sheet_courses_;
};

}  // namespace atelier::training

#include "atelier/training/doctor.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace atelier::training {
namespace {

constexpr double kChanceValue = -1.3862943611;  // L_GAN of a discriminator that cannot tell: -2 ln 2
constexpr int kOverfittingSheets = 3;

}  // namespace

void to_json(nlohmann::json& json, const SheetSigns& signs) {
  const PictureSigns& p = signs.pictures;
  json = {{"across_styles", signs.across_styles},
          {"across_contents", signs.across_contents},
          {"grid", {{"2", p.grid[0]}, {"4", p.grid[1]}, {"8", p.grid[2]}}},
          {"frame", p.frame_strength()},
          {"border_energy", p.border_energy},
          {"blobs", p.blobs},
          {"luma_correlation", p.luma_correlation},
          {"channels", signs.channels},
          {"dead_channels", signs.dead_channels}};
  if (signs.trained_style) json["trained_style"] = *signs.trained_style;
  if (signs.held_out_style) json["held_out_style"] = *signs.held_out_style;
}

void to_json(nlohmann::json& json, const Diagnosis& diagnosis) {
  json = {{"id", diagnosis.id},
          {"grave", diagnosis.grave},
          {"finding", diagnosis.finding},
          {"advice", diagnosis.advice}};
}

void Doctor::Window::add(double value) {
  sum_ = keep_ * sum_ + value;
  weight_ = keep_ * weight_ + 1;
}

double Doctor::accuracy() const {
  return games_ > 0 ? accuracy_.mean() : 0.5;
}
double Doctor::game_value() const {
  return games_ > 0 ? game_value_.mean() : kChanceValue;
}

void Doctor::observe(const StepSigns& step) {
  ++steps_;
  dropped_.add(step.dropped ? 1 : 0);
  if (!step.dropped) {
    gradient_now_.add(step.gradient_norm);
    gradient_long_.add(step.gradient_norm);
    for (const auto& item : step.contributions) terms_.try_emplace(item.first, 0.99);
    // A term that takes part in every fourth step counts a quarter.
    for (auto& [name, window] : terms_) {
      const auto found = step.contributions.find(name);
      window.add(found == step.contributions.end() ? 0 : std::abs(found->second));
    }
    if (step.game) {
      ++games_;
      accuracy_.add(step.game->accuracy);
      game_value_.add(step.game->value);
      spread_.add(step.game->logit_spread);
      const bool chance = std::abs(accuracy() - 0.5) < 0.02 && std::abs(game_value() - kChanceValue) < 0.03;
      at_chance_ = chance ? at_chance_ + 1 : 0;
    }
    if (step.style_to_content) {
      style_to_content_ = *step.style_to_content;
      ++balances_;
    }
  }
  follow(step_courses_, by_steps());
}

void Doctor::observe(const SheetSigns& sheet) {
  look_at_styles(sheet);
  sheet_ = sheet;
  follow(sheet_courses_, by_sheet());
}

void Doctor::look_at_styles(const SheetSigns& sheet) {
  if (!sheet.trained_style || !sheet.held_out_style) return;
  if (best_trained_ == 0) {
    best_trained_ = *sheet.trained_style;
    best_held_out_ = *sheet.held_out_style;
    return;
  }
  const bool trained_gains = *sheet.trained_style < best_trained_ * 1.02;
  const bool held_out_loses = *sheet.held_out_style > best_held_out_ * 1.1;
  overfitting_ = trained_gains && held_out_loses ? overfitting_ + 1 : 0;
  best_trained_ = std::min(best_trained_, *sheet.trained_style);
  best_held_out_ = std::min(best_held_out_, *sheet.held_out_style);
}

void Doctor::look_at_game(std::vector<Diagnosis>& found) const {
  if (games_ < kSettled) return;
  if (accuracy() > 0.9 || game_value() > -0.3) {
    found.push_back(
        {"discriminator-wins", true,
         fmt::format(
             "the discriminator is winning: it tells {:.0f} % of the patches apart, L_GAN is {:.2f} (at "
             "chance -1.39, 0 when it wins), and its gradients teach the generator little",
             accuracy() * 100, game_value()),
         "lower \"discriminator_rate\", raise \"r1_gamma\" or \"augment\""});
  } else if (spread_.mean() < 0.01) {
    found.push_back(
        {"discriminator-constant", false,
         fmt::format("the discriminator has collapsed: it answers the same for every patch (spread {:.4f})",
                     spread_.mean()),
         "raise \"discriminator_rate\" or lower \"r1_gamma\""});
  } else if (at_chance_ >= kAtChance) {
    found.push_back(
        {"discriminator-at-chance", false,
         fmt::format("the discriminator has been at chance for {} games (accuracy {:.2f}, L_GAN {:.2f}): the "
                     "adversarial term teaches nothing",
                     at_chance_, accuracy(), game_value()),
         "lower \"augment\" and \"r1_gamma\", raise \"discriminator_rate\" or \"discriminator_width\""});
  }
}

void Doctor::look_at_gradients(std::vector<Diagnosis>& found) const {
  if (dropped_.mean() > 0.05 && steps_ >= 20) {
    found.push_back(
        {"gradient-exploding", true,
         fmt::format("{:.0f} % of the recent steps were dropped because their numbers were not finite",
                     dropped_.mean() * 100),
         "lower \"rate\"; when it comes with one term, lower that term's weight"});
    return;
  }
  if (steps_ < kSettled) return;
  const double now = gradient_now_.mean(), usual = gradient_long_.mean();
  if (now > 6 * usual) {
    found.push_back(
        {"gradient-exploding", true,
         fmt::format("gradients are exploding: norm {:.3g}, usual in this training {:.3g}", now, usual),
         "lower \"rate\" or \"clip\"; look which term of metrics.jsonl rose with it"});
  } else if (now < 0.01 * usual || now < 1e-7) {
    found.push_back(
        {"gradient-vanishing", true,
         fmt::format("gradients are vanishing: norm {:.3g}, usual in this training {:.3g}", now, usual),
         "go back to the checkpoint before, lower \"rate\"; check that the style terms' weights are not 0"});
  }
}

void Doctor::look_at_terms(std::vector<Diagnosis>& found) const {
  if (steps_ >= kSettled && terms_.size() > 1) {
    double total = 0;
    auto largest = terms_.begin();
    for (auto term = terms_.begin(); term != terms_.end(); ++term) {
      total += term->second.mean();
      if (term->second.mean() > largest->second.mean()) largest = term;
    }
    const double share = total > 0 ? largest->second.mean() / total : 0;
    if (share > 0.9) {
      found.push_back({"term-dominates", false,
                       fmt::format("the term \"{}\" is {:.0f} % of the loss: the others hardly count",
                                   largest->first, share * 100),
                       "lower its weight in \"loss\""});
    }
  }
  constexpr int kMeasuredOften = 6;
  if (balances_ >= kMeasuredOften && (style_to_content_ > 3 || style_to_content_ < 0.5)) {
    const bool high = style_to_content_ > 3;
    found.push_back(
        {"terms-unbalanced", false,
         fmt::format("style pulls {:.2f} times as hard as content at the painting (healthy is 0.5 to 3)",
                     style_to_content_),
         high ? "raise \"content\" or lower \"moments\" and \"gram\", or set \"balance\": true; leave it if "
                "the sheets please"
              : "raise \"moments\" and \"gram\" or lower \"content\", or set \"balance\": true"});
  }
}

std::vector<Diagnosis> Doctor::by_steps() const {
  std::vector<Diagnosis> found;
  look_at_game(found);
  look_at_gradients(found);
  look_at_terms(found);
  return found;
}

void Doctor::look_at_pictures(std::vector<Diagnosis>& found) const {
  const PictureSigns& signs = sheet_->pictures;
  const double grid = *std::max_element(signs.grid.begin(), signs.grid.end());
  if (grid > 0.03) {
    // A pattern of 2 pixels repeats after 4 and 8 as well: the shortest period that explains most of it is
    // its own.
    std::size_t own = 0;
    while (signs.grid[own] < 0.6 * grid) ++own;
    found.push_back(
        {"checkerboard", grid > 0.1,
         fmt::format("paintings show a grid: {:.1f} % of their fine structure repeats every {} pixels",
                     grid * 100, 2 << own),
         "raise \"grid_guard\" and \"shift\", lower \"rate\""});
  }
  if (signs.frame_strength() > 0.08 || signs.border_energy > 0.7) {
    found.push_back(
        {"border-frame", false,
         fmt::format(
             "paintings have a frame: their border departs by {:.2f} in colour, its fine structure is {:.1f} "
             "times that of the inside",
             signs.frame_strength(), std::exp(signs.border_energy)),
         "use larger crops (\"crop\"), raise \"structure_guard\"; the border of small crops weighs too "
         "much"});
  }
  if (signs.blobs > 0.03) {
    found.push_back({"blobs", signs.blobs > 0.3,
                     fmt::format("droplets or blobs stand on {:.0f} % of the places where the photo is even",
                                 signs.blobs * 100),
                     "raise \"structure_guard\", use larger crops, lower \"moments\" against \"gram\""});
  }
  if (signs.luma_correlation < -0.1) {
    found.push_back(
        {"colour-inversion", true,
         fmt::format("paintings look like the photo's negative: light and dark correlate by {:.2f}",
                     signs.luma_correlation),
         "raise \"structure_guard\" and \"identity\""});
  }
}

std::vector<Diagnosis> Doctor::by_sheet() const {
  std::vector<Diagnosis> found;
  if (!sheet_) return found;
  if (sheet_->across_styles < 0.02) {
    found.push_back({"style-collapse", true,
                     fmt::format("paintings hardly depend on the style any more (style collapse): they "
                                 "differ by {:.3f} from style "
                                 "to style",
                                 sheet_->across_styles),
                     "raise \"moments\" and \"gram\", or lower \"rate\" and \"mixup\""});
  }
  if (sheet_->across_contents < 0.03) {
    found.push_back(
        {"content-collapse", true,
         fmt::format(
             "paintings hardly depend on the photo any more (content collapse): they differ by {:.3f} from "
             "photo to photo",
             sheet_->across_contents),
         "raise \"content\" and \"identity\""});
  }
  look_at_pictures(found);
  if (overfitting_ >= kOverfittingSheets) {
    found.push_back({"style-overfitting", false,
                     fmt::format("trained styles still gain (loss {:.3f}) while held-out ones lose ({:.3f}, "
                                 "best {:.3f}): the styles "
                                 "are being learned by heart",
                                 *sheet_->trained_style, *sheet_->held_out_style, best_held_out_),
                     "stop here or take more style pictures; raise \"mixup\""});
  }
  if (sheet_->channels > 0 && sheet_->dead_channels * 10 > sheet_->channels) {
    found.push_back({"dead-channels", sheet_->dead_channels * 2 > sheet_->channels,
                     fmt::format("no gradient reaches {} of the generator's {} filters: they are dead",
                                 sheet_->dead_channels, sheet_->channels),
                     "lower \"rate\" and raise \"warm_up\"; go back to an earlier checkpoint"});
  }
  return found;
}

std::vector<Diagnosis> Doctor::current() const {
  std::vector<Diagnosis> found = by_steps();
  for (Diagnosis& diagnosis : by_sheet()) found.push_back(std::move(diagnosis));
  return found;
}

void Doctor::follow(std::map<std::string, Course>& courses, const std::vector<Diagnosis>& found) {
  std::erase_if(courses, [&](const auto& course) {
    return std::none_of(found.begin(), found.end(), [&](const Diagnosis& d) { return d.id == course.first; });
  });
  for (const Diagnosis& diagnosis : found) {
    Course& course = courses[diagnosis.id];
    course.seen = diagnosis.grave || !course.diagnosis.grave ? course.seen + 1 : 1;
    course.diagnosis = diagnosis;
  }
}

std::vector<Diagnosis> Doctor::news() {
  std::vector<Diagnosis> told;
  for (auto* courses : {&step_courses_, &sheet_courses_}) {
    for (auto& [id, course] : *courses) {
      if (course.told_at >= 0 && steps_ - course.told_at < kRepeat) continue;
      course.told_at = steps_;
      told.push_back(course.diagnosis);
    }
  }
  return told;
}

std::optional<Diagnosis> Doctor::hopeless() const {
  for (const auto& [courses, lasting] :
       {std::pair(&step_courses_, kLastingSteps), std::pair(&sheet_courses_, kLastingSheets)}) {
    for (const auto& item : *courses) {
      if (item.second.diagnosis.grave && item.second.seen >= lasting) return item.second.diagnosis;
    }
  }
  return std::nullopt;
}

}  // namespace atelier::training

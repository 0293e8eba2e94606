#include "advise_answer.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "atelier/core/error.h"
#include "atelier/inference/tiling.h"

namespace atelier::cli {
namespace {

constexpr double kHere = 1e15;  // more than any network's parameters: what the model holds comes first

constexpr double kBytesPerPixelHeld = 12;  // the picture and the painting beside the tiles, 16 bits a sample

std::string time_text(double milliseconds) {
  return milliseconds < 1000 ? fmt::format("{:.0f} ms", milliseconds)
                             : fmt::format("{:.1f} s", milliseconds / 1000);
}

std::string rate_text(double milliseconds) {
  return milliseconds < 1000 ? fmt::format("{:.1f} a second", 1000 / milliseconds)
                             : fmt::format("{:.1f} a minute", 60000 / milliseconds);
}

std::string how_text(const Way& way) {
  return way.tile == 0 ? "whole" : fmt::format("in tiles of {}", way.tile);
}

// Tiles of the real plan, each as slow per pixel as its measured window.
Way tiled(const Wishes& wishes, int tile, const MeasuredSpeed& window) {
  const double per_pixel = window.milliseconds / (static_cast<double>(window.width) * window.height);
  Way way{.threads = window.threads, .tile = tile, .measured = false};
  for (const inference::Tile& piece : inference::plan_tiles(wishes.width, wishes.height, tile)) {
    way.milliseconds += per_pixel * piece.window.width * piece.window.height;
  }
  way.megabytes = window.megabytes + kBytesPerPixelHeld * wishes.width * wishes.height / 1e6;
  return way;
}

std::vector<Way> ways_of(const MachineSpeeds& machine, const Network& network, const Wishes& wishes) {
  std::vector<Way> ways;
  const int width = engine_side(wishes.width), height = engine_side(wishes.height);
  for (const MeasuredSpeed& row : machine.rows) {
    if (row.network != network.size || row.width != width || row.height != height) continue;
    ways.push_back({.threads = row.threads, .milliseconds = row.milliseconds, .megabytes = row.megabytes});
  }
  for (const int tile : kAdvisedTiles) {
    if (std::max(wishes.width, wishes.height) <= tile) continue;
    const int side = window_side(tile);
    if (const MeasuredSpeed* window = machine.find(network.size, machine.processors, side, side))
      ways.push_back(tiled(wishes, tile, *window));
  }
  for (Way& way : ways) {
    way.network = network.size;
    way.parameters = network.parameters;
    way.milliseconds *= wishes.work;
  }
  return ways;
}

bool dominates(const Way& a, const Way& b) {
  const bool as_good =
      a.milliseconds <= b.milliseconds && a.megabytes <= b.megabytes && a.parameters >= b.parameters;
  return as_good &&
         (a.milliseconds < b.milliseconds || a.megabytes < b.megabytes || a.parameters > b.parameters);
}

// How far a way is from the wishes: 0 when it meets them, 1 when it takes twice the time or memory.
double miss(const Way& way, const Wishes& wishes) {
  double miss = 0;
  if (wishes.seconds > 0) miss = std::max(miss, way.milliseconds / (wishes.seconds * 1000) - 1);
  if (wishes.megabytes > 0) miss = std::max(miss, way.megabytes / wishes.megabytes - 1);
  return miss;
}

std::size_t choose(const std::vector<Way>& ways, const std::vector<std::string>& held, const Wishes& wishes) {
  // Compared word by word: what fits, then what the quality asks for, then speed.
  const auto rank = [&](const Way& way) {
    const double size = static_cast<double>(way.parameters);
    double taste = -size;
    if (wishes.quality == "draft") taste = size;
    if (wishes.quality == "good" && way.trained)
      taste = way.network == held.front() ? -std::numeric_limits<double>::max() : -kHere - size;
    if (!way.fits) taste = 0;
    return std::array<double, 3>{miss(way, wishes), taste, way.milliseconds};
  };
  const auto best = std::min_element(ways.begin(), ways.end(),
                                     [&](const Way& a, const Way& b) { return rank(a) < rank(b); });
  return static_cast<std::size_t>(best - ways.begin());
}

std::string wish_text(const Wishes& wishes) {
  std::string text;
  if (wishes.seconds > 0) text = fmt::format("{} a picture", time_text(wishes.seconds * 1000));
  if (wishes.megabytes > 0) text += fmt::format("{}{:.0f} MB", text.empty() ? "" : " and ", wishes.megabytes);
  return text;
}

/// The fastest way of the next larger (step 1) or smaller (-1) network; null when there is none.
const Way* neighbour(const std::vector<Way>& ways, const Way& chosen, int step) {
  const Way* best = nullptr;
  for (const Way& way : ways) {
    if (step > 0 ? way.parameters <= chosen.parameters : way.parameters >= chosen.parameters) continue;
    const bool nearer = best == nullptr || std::abs(way.parameters - chosen.parameters) <
                                               std::abs(best->parameters - chosen.parameters);
    const bool faster =
        best != nullptr && way.parameters == best->parameters && way.milliseconds < best->milliseconds;
    if (nearer || faster) best = &way;
  }
  return best;
}

// What to do for a network that the model here lacks.
std::string how_to_get(const Way& way, const std::vector<Way>& ways, const std::vector<std::string>& held) {
  if (held.empty())
    return fmt::format("There is no model here yet: train one with \"generator_size\": \"{}\".", way.network);
  const auto own =
      std::find_if(ways.begin(), ways.end(), [&](const Way& w) { return w.network == held.front(); });
  if (own != ways.end() && way.parameters < own->parameters) {
    return fmt::format(
        "The model here is {0}: {1} has to be distilled from it first (atelier train distil --size {1}); how "
        "well it would paint is not recorded.",
        held.front(), way.network);
  }
  return fmt::format(
      "The model here is {0}: {1} has to be trained first (\"generator_size\": \"{1}\"); how well it would "
      "paint is not recorded.",
      held.front(), way.network);
}

void explain(const MachineSpeeds& machine, const std::vector<std::string>& held, const Wishes& wishes,
             Advice& advice) {
  const Way& way = advice.ways[advice.chosen];
  const auto say = [&](std::string sentence) { advice.reasons.push_back(std::move(sentence)); };
  say(
      fmt::format("Paint {}x{} with {} {} on {} thread{}: {} a picture ({}), {:.0f} MB beside "
                  "the weights, {}.",
                  wishes.width, wishes.height, way.network, how_text(way), way.threads,
                  way.threads == 1 ? "" : "s", time_text(way.milliseconds), rate_text(way.milliseconds),
                  way.megabytes, way.measured ? "measured here" : "reckoned from tiles measured here"));
  const std::string wish = wish_text(wishes);
  if (!advice.fits) {
    say(fmt::format("Nothing here meets {}: this comes nearest. Paint smaller, or allow more.", wish));
  } else if (wishes.quality == "draft") {
    say("Because a draft is for looking: the smallest network that meets the wishes is the fastest.");
  } else if (wishes.quality == "good" && way.trained && way.network != held.front()) {
    say(
        fmt::format("Because the model here holds it, distilled from its own {}, which cannot{}: paint with "
                    "--network {}.",
                    held.front(), wish.empty() ? "" : " meet " + wish, way.network));
  } else if (wishes.quality == "good" && way.trained) {
    say(fmt::format("Because the model here is of this size{}.", wish.empty() ? "" : " and meets " + wish));
  } else {
    say(fmt::format(
        "Because it is the largest network that meets {}: more parameters can hold more of a style.",
        wish.empty() ? "the wishes" : wish));
  }
  if (const Way* larger = neighbour(advice.ways, way, 1)) {
    say(fmt::format("The next larger, {} {}, takes {} and {:.0f} MB{}.", larger->network, how_text(*larger),
                    time_text(larger->milliseconds), larger->megabytes,
                    larger->fits ? "" : ", more than allowed"));
  }
  if (const Way* smaller = neighbour(advice.ways, way, -1)) {
    say(fmt::format("The next smaller, {} {}, takes {}: {:.1f} times as fast.", smaller->network,
                    how_text(*smaller), time_text(smaller->milliseconds),
                    way.milliseconds / smaller->milliseconds));
  }
  if (!way.trained) say(how_to_get(way, advice.ways, held));
  if (machine.load > 0.5 * machine.processors) {
    say(
        fmt::format("Other work was running while this was measured (load {:.1f} on {} processors): alone, "
                    "the machine is faster. Repeat with "
                    "--measure-again when it is quiet.",
                    machine.load, machine.processors));
  }
}

}  // namespace

const MeasuredSpeed* MachineSpeeds::find(const std::string& network, int threads, int width,
                                         int height) const {
  for (const MeasuredSpeed& row : rows) {
    if (row.network == network && row.threads == threads && row.width == width && row.height == height)
      return &row;
  }
  return nullptr;
}

int engine_side(int side) {
  return std::max(16, (side + 7) / 8 * 8);
}
int window_side(int tile) {
  return engine_side(tile + 2 * inference::kHalo);
}

Advice advise(const MachineSpeeds& machine, const std::vector<Network>& networks,
              const std::vector<std::string>& held, const Wishes& wishes) {
  Advice advice;
  for (const Network& network : networks) {
    for (Way& way : ways_of(machine, network, wishes)) advice.ways.push_back(std::move(way));
  }
  if (advice.ways.empty())
    throw Error(ErrorCode::Internal, "advise.none", "nothing was measured that paints this size");
  for (Way& way : advice.ways) {
    way.trained = std::find(held.begin(), held.end(), way.network) != held.end();
    way.fits = miss(way, wishes) <= 0;
    way.pareto = std::none_of(advice.ways.begin(), advice.ways.end(),
                              [&](const Way& other) { return dominates(other, way); });
  }
  advice.chosen = choose(advice.ways, held, wishes);
  advice.fits = advice.ways[advice.chosen].fits;
  explain(machine, held, wishes, advice);
  return advice;
}

nlohmann::json to_json(const Way& way) {
  return {
      {"network", way.network},     {"parameters", way.parameters}, {"threads", way.threads},
      {"tile", way.tile},           {"ms", way.milliseconds},       {"per_second", 1000 / way.milliseconds},
      {"megabytes", way.megabytes}, {"measured", way.measured},     {"trained", way.trained},
      {"fits", way.fits},           {"pareto", way.pareto}};
}

}  // namespace atelier::cli

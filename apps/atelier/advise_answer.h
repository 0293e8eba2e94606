#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace atelier::cli {

/// How fast one network painted one size.
struct MeasuredSpeed {
  std::string network;
  int threads = 1, width = 0, height = 0;
  double milliseconds = 0;
  double megabytes = 0;  ///< peak beside the weights
};

/// What was measured on this machine.
struct MachineSpeeds {
  std::string cpu, instruction_set, version;  ///< version of the program
  int processors = 1;
  double load = 0;  ///< processes that wanted a processor when the measuring began, this one aside
  std::vector<MeasuredSpeed> rows;

  const MeasuredSpeed* find(const std::string& network, int threads, int width, int height) const;
};

/// What a person wants.
struct Wishes {
  int width = 1920, height = 1080;
  double seconds = 0;            ///< a picture may take; 0: any
  double megabytes = 0;          ///< a picture may take; 0: any
  std::string quality = "good";  ///< draft, good or best
  double work = 1;               ///< pixels painted for each of the picture's: large ones take several passes
};

/// A network that could be used.
struct Network {
  std::string size;  ///< XS, S, M or L
  std::int64_t parameters = 0;
};

/// One way to paint the size that was asked for.
struct Way {
  std::string network;
  std::int64_t parameters = 0;
  int threads = 1;
  int tile = 0;  ///< side of the tiles; 0: whole
  double milliseconds = 0, megabytes = 0;
  bool measured = true;  ///< else reckoned from a measured tile
  bool trained = false;  ///< the model here has a network of this size
  bool fits = false;     ///< meets the wishes for time and memory
  bool pareto = false;  ///< no other is as fast, as small in memory and as large a network, and better in one
};

struct Advice {
  std::vector<Way> ways;             ///< smallest network first
  std::size_t chosen = 0;            ///< index of the recommended way
  bool fits = false;                 ///< whether it meets the wishes
  std::vector<std::string> reasons;  ///< sentences; the first is the recommendation
};

/// The sides of the tiles that are measured, and the halo the stylizer adds around each.
inline constexpr int kAdvisedTiles[] = {256, 512, 1024};
/// The square that is measured for a tile: the tile and its halo, rounded up to 8.
int window_side(int tile);
/// The side rounded up to a multiple of 8, at least 16: what the engine paints for it.
int engine_side(int side);

/// networks from small to large; held: sizes of the networks that the model here has, its own first; empty:
/// there is no model. Error Internal "advise.none" when nothing was measured for the networks.
Advice advise(const MachineSpeeds& machine, const std::vector<Network>& networks,
              const std::vector<std::string>& held, const Wishes& wishes);

nlohmann::json to_json(const Way& way);

}  // namespace atelier::cli

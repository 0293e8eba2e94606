#pragma once

#include <cstddef>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace atelier::evaluation {

/// Everything measured in one run over contents x styles, as plain values.
struct PictureEvaluation {
  struct Picture {
    std::string name;           ///< file name without its ending
    std::string sha256;         ///< of the file
    int width = 0, height = 0;  ///< of the file, before it was cut
  };

  struct System {
    std::string name;
    std::string about;  ///< one line for people
    bool control = false;
    /// Of the model's strength sweep: measured on `sweep` only.
    std::optional<double> swept_strength;
  };

  /// One painting and its numbers; what could not be measured is absent.
  struct Painting {
    std::size_t system = 0, content = 0, style = 0;
    std::map<std::string, double> values;  ///< by Metric::key, finite
    std::vector<float> features;           ///< Inception's, for set metrics; may be empty
  };

  std::vector<Picture> contents, styles;
  std::vector<System> systems;
  std::vector<Painting> paintings;
  std::vector<std::vector<float>> style_features;          ///< one a style; empty when not measured
  std::vector<std::pair<std::size_t, std::size_t>> sweep;  ///< (content, style) of the trade-off curve
  std::vector<std::string> not_measured;                   ///< metrics without a judge, with the reason
  std::vector<std::string> notes;                          ///< what a reader should know
  std::vector<std::string> warnings;                       ///< what was left out
  nlohmann::json facts = nlohmann::json::object();         ///< settings, seed, revision, machine, time

  /// One line a painting: system, content, style, then every metric; empty where it was not measured.
  std::string to_csv() const;
};

}  // namespace atelier::evaluation

#include "atelier/mapping/mapper_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>
#include <random>

namespace atelier::mapping {
namespace {

using nlohmann::json;

constexpr int kResamples = 2000;

json written(const Interval& i) {
  return {{"mean", i.mean}, {"low", i.low}, {"high", i.high}};
}

json written(const PolicyScore& s) {
  return {{"utility", written(s.utility)}, {"percentile", written(s.percentile)}};
}

std::string shown(const Interval& i) {
  return fmt::format("{:+.3f} [{:+.3f}, {:+.3f}]", i.mean, i.low, i.high);
}

}  // namespace

Interval Interval::of(const std::vector<double>& values, std::uint64_t seed) {
  if (values.empty()) return {};
  const auto n = static_cast<double>(values.size());
  std::mt19937_64 random(seed);
  std::vector<double> means;
  for (int r = 0; r < kResamples; ++r) {
    double sum = 0;
    for (std::size_t i = 0; i < values.size(); ++i) sum += values[random() % values.size()];
    means.push_back(sum / n);
  }
  std::sort(means.begin(), means.end());
  return {.mean = std::accumulate(values.begin(), values.end(), 0.0) / n,
          .low = means[static_cast<std::size_t>(0.025 * kResamples)],
          .high = means[static_cast<std::size_t>(0.975 * kResamples)]};
}

bool MapperReport::beats_gallery(int answers) const {
  const auto found =
      std::find_if(scores.begin(), scores.end(), [&](const auto& s) { return s.answers == answers; });
  return found != scores.end() && found->gain.low > 0;
}

bool MapperReport::beats_gallery() const {
  return std::all_of(scores.begin(), scores.end(),
                     [](const auto& s) { return s.answers == 0 || s.gain.low > 0; });
}

json MapperReport::to_json() const {
  json rows = json::array();
  for (const MapperScore& s : scores) {
    rows.push_back({{"answers", s.answers},
                    {"mapper", written(s.mapper)},
                    {"gallery", written(s.gallery)},
                    {"greedy", written(s.greedy)},
                    {"gain", written(s.gain)},
                    {"gain_on_greedy", written(s.gain_on_greedy)}});
  }
  return {{"people", people},
          {"simulated", true},
          {"scores", rows},
          {"painted",
           {{"people", painted_people},
            {"mapper", written(painted_mapper)},
            {"gallery", written(painted_gallery)},
            {"gain", written(painted_gain)}}},
          {"milliseconds", milliseconds},
          {"milliseconds_for_four", milliseconds_variants},
          {"beats_gallery", beats_gallery()}};
}

std::string MapperReport::to_text() const {
  std::string text = fmt::format(
      "{} simulated people of populations never trained on; hidden utility in deviations over the gallery "
      "and share of "
      "the gallery liked better, with 95 % intervals\n\n"
      "answers  chosen by             hidden utility            liked better\n",
      people);
  for (const MapperScore& s : scores) {
    const auto row = [&](const char* who, const PolicyScore& p) {
      text += fmt::format("{:>7}  {:<20}  {:<24}  {:.3f} [{:.3f}, {:.3f}]\n", s.answers, who,
                          shown(p.utility), p.percentile.mean, p.percentile.low, p.percentile.high);
    };
    row("mapper", s.mapper);
    row("best gallery style", s.gallery);
    row("  moved by the slope", s.greedy);
    text += fmt::format("{:>7}  mapper - gallery      {}\n", "", shown(s.gain));
    text += fmt::format("{:>7}  mapper - moved        {}\n", "", shown(s.gain_on_greedy));
  }
  if (painted_people > 0) {
    text += fmt::format(
        "\nas painted (code found again in the painting, {} people): mapper {}, gallery {}, gain {}\n",
        painted_people, shown(painted_mapper), shown(painted_gallery), shown(painted_gain));
  }
  text += fmt::format("one style in {:.2f} ms, four in {:.2f} ms\n", milliseconds, milliseconds_variants);
  for (const MapperScore& s : scores) {
    if (s.gain.low > 0) continue;
    text += fmt::format(
        "after {} answers the mapper does NOT beat the best gallery style: the interval of the gain holds "
        "0{}\n",
        s.answers, s.answers == 0 ? " (nobody was asked anything: there is no taste to map)" : "");
  }
  if (beats_gallery()) text += "the mapper beats picking the best gallery style after 3, 5 and 12 answers\n";
  return text;
}

}  // namespace atelier::mapping

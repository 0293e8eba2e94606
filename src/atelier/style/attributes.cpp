#include "atelier/style/attributes.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <numeric>

#include "atelier/core/error.h"
#include "atelier/core/options_json.h"
#include "atelier/style/detail/pixel_planes.h"

namespace atelier::style {
namespace {

using detail::Block;
using detail::Plane;

constexpr int kShortSide = 256;
constexpr int kLongestSide = 4 * kShortSide;
constexpr double kMostDeviations = 2;  // of one wish

std::array<Plane, 3> working_size(std::span<const float> planes, int height, int width) {
  const double scale = static_cast<double>(kShortSide) / std::min(height, width);
  const auto side = [&](int length) {
    return static_cast<int>(std::clamp(std::round(length * scale), 1.0, static_cast<double>(kLongestSide)));
  };
  const std::size_t pixels = static_cast<std::size_t>(height) * static_cast<std::size_t>(width);
  std::array<Plane, 3> rgb;
  for (std::size_t c = 0; c < 3; ++c) {
    Plane channel(height, width);
    std::copy_n(planes.begin() + static_cast<std::ptrdiff_t>(c * pixels), pixels, channel.values.begin());
    rgb[c] = detail::resample(channel, side(height), side(width));
  }
  return rgb;
}

double mean_of(const std::vector<float>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double deviation_in(const Plane& plane, const Block& block) {
  double sum = 0, squares = 0;
  for (int y = block.y0; y < block.y1; ++y) {
    for (int x = block.x0; x < block.x1; ++x) {
      sum += plane.at(y, x);
      squares += static_cast<double>(plane.at(y, x)) * plane.at(y, x);
    }
  }
  const double count = static_cast<double>(block.y1 - block.y0) * (block.x1 - block.x0);
  return std::sqrt(std::max(0.0, squares / count - sum / count * sum / count));
}

double deviation_of(const Plane& plane) {
  return deviation_in(plane, {.y0 = 0, .y1 = plane.height, .x0 = 0, .x1 = plane.width});
}

Plane difference(const Plane& a, const Plane& b) {
  Plane out = a;
  for (std::size_t i = 0; i < out.values.size(); ++i) out.values[i] -= b.values[i];
  return out;
}

double entropy(std::span<const double> histogram) {
  const double total = std::accumulate(histogram.begin(), histogram.end(), 0.0);
  if (total <= 0) return 0;
  double sum = 0;
  for (const double mass : histogram) {
    if (mass > 0) sum -= mass / total * std::log(mass / total);
  }
  return sum;
}

// Shares `mass` between the two bins nearest to `turn` (0..1 once around), so that no small change jumps.
void add_to_circle(std::span<double> bins, double turn, double mass) {
  const auto count = static_cast<double>(bins.size());
  const double place = (turn - std::floor(turn)) * count;
  const auto low = static_cast<std::size_t>(place) % bins.size();
  const double part = place - std::floor(place);
  bins[low] += (1 - part) * mass;
  bins[(low + 1) % bins.size()] += part * mass;
}

double variety_of(const Plane& a, const Plane& b) {
  constexpr std::size_t kHues = 24;
  std::array<double, kHues + 1> bins{};  // the last one is grey
  for (std::size_t i = 0; i < a.values.size(); ++i) {
    const double chroma = std::hypot(a.values[i], b.values[i]);
    const double coloured = chroma / (chroma + 10);
    add_to_circle(std::span(bins).first(kHues),
                  std::atan2(b.values[i], a.values[i]) / (2 * std::numbers::pi) + 1, coloured);
    bins[kHues] += 1 - coloured;
  }
  return entropy(bins) / std::log(static_cast<double>(bins.size()));
}

double stroke_size_of(const Plane& light) {
  constexpr int kBands = 5;
  double weights = 0, moment = 0;
  Plane finer = light;
  for (int k = 0; k < kBands; ++k) {
    Plane coarser = detail::blur(light, std::exp2(k));
    const Plane band = difference(finer, coarser);
    double energy = 0;
    for (const float value : band.values) energy += static_cast<double>(value) * value;
    energy /= static_cast<double>(band.values.size()) * std::exp2(k);
    weights += energy;
    moment += k * energy;
    finer = std::move(coarser);
  }
  // Rounding leaves about 1e-11 in a picture of one colour; it stands in the middle.
  constexpr double kNothing = 1e-6;
  return (moment + kNothing * (kBands - 1) / 2) / (weights + kNothing);
}

double texture_of(const Plane& light) {
  const Plane fine = difference(light, detail::blur(light, 2));
  std::vector<double> deviations;
  for (const Block& block : detail::blocks_of(fine, 16)) deviations.push_back(deviation_in(fine, block));
  const auto middle = deviations.begin() + static_cast<std::ptrdiff_t>(deviations.size() / 2);
  std::nth_element(deviations.begin(), middle, deviations.end());
  return std::log2(1 + *middle);
}

double rises(double value, double from, double to) {
  const double t = std::clamp((value - from) / (to - from), 0.0, 1.0);
  return t * t * (3 - 2 * t);
}

// Where fine texture covers the ground, nobody can tell flat from shaded: such pixels count half, as the
// middle.
double shading_of(const Plane& light) {
  Plane roughness = difference(light, detail::blur(light, 2));
  for (float& value : roughness.values) value *= value;
  roughness = detail::blur(roughness, 4);
  const detail::Gradient g = detail::gradient(detail::blur(light, 4));
  double balance = 0;
  for (std::size_t i = 0; i < g.dx.values.size(); ++i) {
    const double slope = std::hypot(g.dx.values[i], g.dy.values[i]);
    const double clear = 1 - rises(std::sqrt(roughness.values[i]), 2, 5);
    const double sloping = rises(slope, 0.1, 0.3), edge = rises(slope, 1.5, 3);
    balance += clear * (sloping * (1 - edge) - (1 - sloping));
  }
  return 0.5 + 0.5 * balance / static_cast<double>(g.dx.values.size());
}

double disorder_of(const Plane& light) {
  constexpr std::size_t kDirections = 12;
  const detail::Gradient g = detail::gradient(detail::blur(light, 1));
  double weights = 0, sum = 0;
  for (const Block& block : detail::blocks_of(light, 32)) {
    std::array<double, kDirections> bins{};
    double strength = 0;
    for (int y = block.y0; y < block.y1; ++y) {
      for (int x = block.x0; x < block.x1; ++x) {
        const double slope = std::hypot(g.dx.at(y, x), g.dy.at(y, x));
        // A stroke and its reverse are one direction: half a turn is the whole circle.
        add_to_circle(bins, std::atan2(g.dy.at(y, x), g.dx.at(y, x)) / std::numbers::pi + 1, slope);
        strength += slope;
      }
    }
    sum += strength * entropy(bins);
    weights += strength;
  }
  constexpr double kNothing = 1e-3;
  return sum / (weights + kNothing) / std::log(static_cast<double>(kDirections));
}

double outlines_of(const Plane& light) {
  const Plane closed = detail::erode(detail::dilate(light, 2), 2);
  const Plane opened = detail::dilate(detail::erode(light, 2), 2);
  return mean_of(difference(closed, light).values) - mean_of(difference(light, opened).values);
}

double density_of(const Plane& light) {
  const Plane forms = detail::blur(light, 2);
  const double whole = deviation_of(forms) + 2;  // a picture of next to no contrast is empty, not full
  const std::vector<Block> blocks = detail::blocks_of(forms, 32);
  double sum = 0;
  for (const Block& block : blocks) {
    const double deviation = deviation_in(forms, block);
    sum += deviation / (deviation + 0.5 * whole);
  }
  return sum / static_cast<double>(blocks.size());
}

std::vector<std::string> known_words() {
  std::vector<std::string> words;
  for (const Attribute& attribute : attributes()) {
    words.push_back(attribute.low);
    words.push_back(attribute.high);
    words.insert(words.end(), attribute.low_words.begin(), attribute.low_words.end());
    words.insert(words.end(), attribute.high_words.begin(), attribute.high_words.end());
  }
  return words;
}

bool holds(const std::vector<std::string>& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

AttributeWish wish_for(const std::string& word) {
  for (const Attribute& attribute : attributes()) {
    if (word == attribute.high || holds(attribute.high_words, word)) return {attribute.key, 1};
    if (word == attribute.low || holds(attribute.low_words, word)) return {attribute.key, -1};
  }
  const std::string near = nearest_word(word, known_words());
  std::string ends;
  for (const Attribute& attribute : attributes()) {
    ends += (ends.empty() ? "" : ", ") + attribute.low + " or " + attribute.high;
  }
  throw Error(ErrorCode::Usage, "style.words",
              "'" + printable(word) + "' describes no style; " +
                  (near.empty() ? "" : "did you mean '" + near + "'? ") + "use " + ends);
}

std::string trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(" \t") - first + 1));
}

}  // namespace

const std::vector<Attribute>& attributes() {
  static const std::vector<Attribute> table = {
      {"warmth",
       "cool",
       "warm",
       "Lab",
       "cool, bluish colours",
       "warm, golden colours",
       {"cold", "blue"},
       {"golden", "orange"}},
      {"saturation",
       "muted",
       "vivid",
       "Lab chroma",
       "muted palettes",
       "vivid palettes",
       {"grey", "pale", "unsaturated"},
       {"colourful", "colorful", "saturated", "intense"}},
      {"lightness",
       "dark",
       "light",
       "of 100",
       "dark pictures",
       "light, bright pictures",
       {"gloomy", "night"},
       {"bright", "sunny"}},
      {"contrast",
       "low-contrast",
       "high-contrast",
       "L",
       "soft tones",
       "strong contrasts of light and dark",
       {"soft", "gentle"},
       {"contrasty", "strong", "dramatic"}},
      {"variety",
       "few-hued",
       "many-hued",
       "of 1",
       "palettes of few colours",
       "palettes of many colours",
       {"monochrome", "restrained"},
       {"multicoloured", "multicolored", "motley"}},
      {"stroke-size",
       "fine",
       "coarse",
       "octaves",
       "fine strokes",
       "coarse, broad strokes",
       {"delicate", "small"},
       {"broad", "large"}},
      {"texture",
       "smooth",
       "textured",
       "octaves",
       "smooth surfaces",
       "rough, textured surfaces",
       {"clean", "even"},
       {"rough", "grainy"}},
      {"shading",
       "flat",
       "shaded",
       "of 1",
       "flat areas of colour",
       "soft shading and modelled form",
       {"poster", "graphic"},
       {"modelled", "modeled", "gradual"}},
      {"disorder",
       "orderly",
       "wild",
       "of 1",
       "strokes that run together",
       "wild strokes in all directions",
       {"calm", "ordered"},
       {"chaotic", "restless"}},
      {"outlines",
       "unlined",
       "outlined",
       "L",
       "forms without drawn lines",
       "dark drawn outlines",
       {"painterly"},
       {"drawn", "inked", "lined"}},
      {"density",
       "airy",
       "busy",
       "of 1",
       "empty space",
       "pictures full of detail",
       {"empty", "sparse", "simple"},
       {"dense", "detailed", "crowded"}},
  };
  return table;
}

const Attribute* find_attribute(std::string_view key) {
  for (const Attribute& attribute : attributes()) {
    if (attribute.key == key) return &attribute;
  }
  return nullptr;
}

std::map<std::string, double> measure_attributes(std::span<const float> planes, int height, int width) {
  if (height < 1 || width < 1 ||
      planes.size() != 3 * static_cast<std::size_t>(height) * static_cast<std::size_t>(width)) {
    throw Error(ErrorCode::Internal, "style.attributes",
                "a picture to measure needs 3 x " + std::to_string(height) + " x " + std::to_string(width) +
                    " numbers, not " + std::to_string(planes.size()));
  }
  if (!std::all_of(planes.begin(), planes.end(), [](float value) { return std::isfinite(value); })) {
    throw Error(ErrorCode::BadData, "style.attributes",
                "the picture holds a number that is not finite; read or paint it again");
  }
  const std::array<Plane, 3> lab = detail::to_lab(working_size(planes, height, width));
  const Plane &light = lab[0], &a = lab[1], &b = lab[2];
  double chroma = 0;
  for (std::size_t i = 0; i < a.values.size(); ++i) chroma += std::hypot(a.values[i], b.values[i]);
  return {{"warmth", 0.5 * mean_of(a.values) + std::sqrt(0.75) * mean_of(b.values)},
          {"saturation", chroma / static_cast<double>(a.values.size())},
          {"lightness", mean_of(light.values)},
          {"contrast", deviation_of(light)},
          {"variety", variety_of(a, b)},
          {"stroke-size", stroke_size_of(light)},
          {"texture", texture_of(light)},
          {"shading", shading_of(light)},
          {"disorder", disorder_of(light)},
          {"outlines", outlines_of(light)},
          {"density", density_of(light)}};
}

bool has_all_attributes(const std::map<std::string, double>& measured) {
  return std::all_of(attributes().begin(), attributes().end(),
                     [&](const Attribute& attribute) { return measured.contains(attribute.key); });
}

std::map<std::string, AttributeScale> scale_attributes(std::span<const std::map<std::string, double>> rows) {
  std::map<std::string, AttributeScale> scales;
  if (rows.empty()) return scales;
  for (const auto& [key, ignored] : rows.front()) {
    double sum = 0, squares = 0;
    bool is_everywhere = true;
    for (const auto& row : rows) {
      const auto found = row.find(key);
      is_everywhere = is_everywhere && found != row.end();
      if (is_everywhere) sum += found->second;
    }
    if (!is_everywhere) continue;
    const auto count = static_cast<double>(rows.size());
    const double mean = sum / count;
    for (const auto& row : rows) squares += (row.at(key) - mean) * (row.at(key) - mean);
    const double smallest = 1e-9 * std::max(1.0, std::abs(mean));
    scales[key] = {.mean = mean, .sd = std::max(std::sqrt(squares / count), smallest)};
  }
  return scales;
}

std::vector<std::string> describe_attributes(const std::map<std::string, double>& measured,
                                             const std::map<std::string, AttributeScale>& scales,
                                             std::size_t count, double threshold) {
  std::vector<std::pair<double, std::string>> words;
  for (const Attribute& attribute : attributes()) {
    const auto value = measured.find(attribute.key);
    const auto scale = scales.find(attribute.key);
    if (value == measured.end() || scale == scales.end()) continue;
    const double deviations = scale->second.standardise(value->second);
    if (std::abs(deviations) >= threshold) {
      words.emplace_back(std::abs(deviations), deviations > 0 ? attribute.high : attribute.low);
    }
  }
  std::stable_sort(words.begin(), words.end(),
                   [](const auto& x, const auto& y) { return x.first > y.first; });
  words.resize(std::min(words.size(), count));
  std::vector<std::string> plain;
  for (auto& [ignored, word] : words) plain.push_back(std::move(word));
  return plain;
}

std::vector<AttributeWish> parse_wishes(const std::string& text) {
  std::vector<AttributeWish> wishes;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t comma = std::min(text.find(',', begin), text.size());
    std::string word = trimmed(std::string_view(text).substr(begin, comma - begin));
    begin = comma + 1;
    if (word.empty()) continue;
    std::transform(word.begin(), word.end(), word.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    const bool is_denied = word.starts_with("not ");
    AttributeWish wish = wish_for(is_denied ? trimmed(std::string_view(word).substr(4)) : word);
    if (is_denied) wish.direction = -wish.direction;
    wishes.push_back(std::move(wish));
  }
  if (wishes.empty()) {
    throw Error(ErrorCode::Usage, "style.words",
                "there is no word that describes a style; write for example \"muted, coarse, warm\"");
  }
  return wishes;
}

double match_wishes(const std::vector<AttributeWish>& wishes, const std::map<std::string, double>& measured,
                    const std::map<std::string, AttributeScale>& scales) {
  double sum = 0, worst = kMostDeviations;
  for (const AttributeWish& wish : wishes) {
    const auto value = measured.find(wish.key);
    const auto scale = scales.find(wish.key);
    if (value == measured.end() || scale == scales.end()) return -kMostDeviations;
    const double answer = wish.direction * std::clamp(scale->second.standardise(value->second),
                                                      -kMostDeviations, kMostDeviations);
    sum += answer;
    worst = std::min(worst, answer);
  }
  return wishes.empty() ? 0 : (sum / static_cast<double>(wishes.size()) + worst) / 2;
}

}  // namespace atelier::style

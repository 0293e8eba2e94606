#include "atelier/inference/colour_list.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "atelier/core/error.h"
#include "atelier/inference/detail/lab_pixels.h"

namespace atelier::inference {
namespace {

constexpr std::size_t kSamples = 2048;
constexpr int kIterations = 60;
constexpr float kChromaWeight = 0.25f;  // of a squared difference of chroma beside one of lightness
constexpr float kSmoothness = 0.5f;     // the entropy's weight, in squared distances of neighbouring colours
constexpr float kLevelledBack = 0.3f;   // of the lightness that the mean levels out

float squared_distance(const Lab& a, const Lab& b) {
  const float l = a[0] - b[0], x = a[1] - b[1], y = a[2] - b[2];
  return l * l + kChromaWeight * (x * x + y * y);
}

struct Spread {
  Lab mean{};
  float lightness = 0, chroma = 0;  // standard deviations
};

Spread spread_of(std::span<const Lab> colours) {
  Spread spread;
  const auto count = static_cast<float>(colours.size());
  for (const Lab& colour : colours) {
    for (std::size_t c = 0; c < 3; ++c) spread.mean[c] += colour[c] / count;
  }
  for (const Lab& colour : colours) {
    spread.lightness += std::pow(colour[0] - spread.mean[0], 2.0f) / count;
    spread.chroma +=
        (std::pow(colour[1] - spread.mean[1], 2.0f) + std::pow(colour[2] - spread.mean[2], 2.0f)) / count;
  }
  spread.lightness = std::sqrt(spread.lightness);
  spread.chroma = std::sqrt(spread.chroma);
  return spread;
}

float ratio(float to, float from, float least, float most) {
  return from > 0 ? std::clamp(to / from, least, most) : 1;
}

/// The map from any colour to its shares of the list.
class Assignment {
 public:
  Assignment(std::span<const Lab> list, std::span<const Lab> samples)
      : list_(list.begin(), list.end()), from_(spread_of(samples)), to_(spread_of(list)) {
    lightness_scale_ = ratio(to_.lightness, from_.lightness, 0.25f, 4);
    chroma_scale_ = ratio(to_.chroma, from_.chroma, 0.5f, 2);
    smoothness_ = std::max(1.0f, kSmoothness * squared_neighbour_distance());
    potentials_.assign(list_.size(), 0);
    balance(samples);
  }

  /// Shares of `colour`, list.size() numbers that sum to 1.
  void shares(const Lab& colour, float* shares) const {
    const Lab moved = aligned(colour);
    float most = -std::numeric_limits<float>::infinity(), sum = 0;
    for (std::size_t k = 0; k < list_.size(); ++k) {
      shares[k] = potentials_[k] - squared_distance(moved, list_[k]) / smoothness_;
      most = std::max(most, shares[k]);
    }
    for (std::size_t k = 0; k < list_.size(); ++k) sum += shares[k] = std::exp(shares[k] - most);
    for (std::size_t k = 0; k < list_.size(); ++k) shares[k] /= sum;
  }

 private:
  // The painting's colours, brought to where the list's lie: what counts is what is dark and what is warm
  // among its own, not whether the list is darker as a whole.
  Lab aligned(const Lab& colour) const {
    return {to_.mean[0] + lightness_scale_ * (colour[0] - from_.mean[0]),
            to_.mean[1] + chroma_scale_ * (colour[1] - from_.mean[1]),
            to_.mean[2] + chroma_scale_ * (colour[2] - from_.mean[2])};
  }

  float squared_neighbour_distance() const {
    float sum = 0;
    for (std::size_t k = 0; k < list_.size(); ++k) {
      float nearest = std::numeric_limits<float>::infinity();
      for (std::size_t other = 0; other < list_.size(); ++other) {
        if (other != k) nearest = std::min(nearest, squared_distance(list_[k], list_[other]));
      }
      if (std::isfinite(nearest)) sum += nearest;
    }
    return sum / static_cast<float>(list_.size());
  }

  std::vector<float> wanted_masses(std::span<const Lab> samples) const {
    const auto count = static_cast<float>(list_.size());
    std::vector<float> masses(list_.size(), 0.5f / count);
    for (const Lab& sample : samples) {
      const Lab moved = aligned(sample);
      const auto nearer = [&](const Lab& a, const Lab& b) {
        return squared_distance(moved, a) < squared_distance(moved, b);
      };
      const auto nearest = std::min_element(list_.begin(), list_.end(), nearer) - list_.begin();
      masses[static_cast<std::size_t>(nearest)] += 0.5f / static_cast<float>(samples.size());
    }
    return masses;
  }

  // Sinkhorn's iteration; the samples' side of it is the normalisation in shares().
  void balance(std::span<const Lab> samples) {
    const std::vector<float> wanted = wanted_masses(samples);
    std::vector<float> own(list_.size());
    for (int i = 0; i < kIterations; ++i) {
      std::vector<float> masses(list_.size());
      for (const Lab& sample : samples) {
        shares(sample, own.data());
        for (std::size_t k = 0; k < list_.size(); ++k)
          masses[k] += own[k] / static_cast<float>(samples.size());
      }
      for (std::size_t k = 0; k < list_.size(); ++k)
        potentials_[k] += std::log(wanted[k] / std::max(masses[k], 1e-20f));
    }
  }

  std::vector<Lab> list_;
  Spread from_, to_;
  float lightness_scale_ = 1, chroma_scale_ = 1, smoothness_ = 1;
  std::vector<float> potentials_;
};

std::vector<Lab> samples_of(const Image& image) {
  const detail::Samples samples(image);
  const std::size_t count = std::min(kSamples, image.pixels());
  std::vector<Lab> colours;
  for (std::size_t i = 0; i < count; ++i)
    colours.push_back(detail::lab_at(samples, i * image.pixels() / count));
  return colours;
}

}  // namespace

void transfer_colours(Image& painting, std::span<const Lab> colours) {
  if (colours.empty() || colours.size() > kMostColours)
    throw Error(ErrorCode::Internal, "image.colours", "transfer_colours: the list is empty or too long");
  const std::vector<Lab> samples = samples_of(painting);
  const Assignment assignment(colours, samples);
  std::vector<float> shares(colours.size());

  std::vector<float> lightness(colours.size()), masses(colours.size(), 1e-20f);  // of what each one covers
  for (const Lab& sample : samples) {
    assignment.shares(sample, shares.data());
    for (std::size_t k = 0; k < colours.size(); ++k) {
      lightness[k] += shares[k] * sample[0];
      masses[k] += shares[k];
    }
  }
  for (std::size_t k = 0; k < colours.size(); ++k) lightness[k] /= masses[k];

  detail::map_lab(painting, [&](std::size_t, const Lab& own) {
    assignment.shares(own, shares.data());
    Lab mean{};
    float level = 0;
    for (std::size_t k = 0; k < colours.size(); ++k) {
      for (std::size_t c = 0; c < 3; ++c) mean[c] += shares[k] * colours[k][c];
      level += shares[k] * lightness[k];
    }
    mean[0] = std::clamp(mean[0] + kLevelledBack * (own[0] - level), 0.0f, 100.0f);
    return mean;
  });
}

}  // namespace atelier::inference

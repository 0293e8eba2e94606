#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "atelier/model/architecture.h"
#include "atelier/weights/safetensors_file.h"
#include "atelier/weights/tensor_checks.h"

/// The networks of model/architecture.h once more, as plain loops in double: slow, and as near to the words
/// as can be.
namespace atelier::test {

/// [channels, height, width]
struct Map {
  int channels = 0, height = 0, width = 0;
  std::vector<double> values;

  Map() = default;
  Map(int c, int h, int w);
  double& at(int c, int y, int x);
  double at(int c, int y, int x) const;
};

enum class Border { Reflect, Replicate, Zero };

/// Random numbers that repeat: uniform in [low, high).
std::vector<float> random_floats(std::size_t count, float low, float high, std::uint32_t seed);
/// A smooth picture with edges and noise, planar [3, height, width] in [0,1].
std::vector<float> synthetic_picture(int height, int width, std::uint32_t seed);

Map to_map(std::span<const float> planar, int channels, int height, int width);

/// weight: [out, in, side, side]; side 1 or 3, output of the input's size.
Map convolve(const Map& x, const std::vector<float>& weight, const std::vector<float>& bias, int out,
             int side, Border border);
Map bilinear_double(const Map& x);
Map blur_pool(const Map& x);
Map pixel_unshuffle(const Map& x);
Map pixel_shuffle(const Map& x);
Map max_pool(const Map& x);

/// Every tensor of a network with random values that keep activations in range.
using Tensors = std::map<std::string, std::vector<float>>;
Tensors random_tensors(const std::vector<weights::ExpectedTensor>& expected, std::uint32_t seed);
/// The same as a file.
weights::SafetensorsFile to_file(const std::vector<weights::ExpectedTensor>& expected,
                                 const Tensors& tensors);

struct ReferencePainting {
  Map picture;
  std::vector<std::vector<double>> statistics;  ///< per site: means, then sqrt(var + 1e-5)
};
ReferencePainting paint(const GeneratorOptions& options, const Tensors& tensors, const Map& content,
                        std::span<const float> code, double stroke, double detail);

/// Means and log standard deviations of the taps.
std::vector<double> perceptual_statistics(const PerceptualOptions& options, const Tensors& tensors,
                                          const Map& picture);
std::vector<double> palette_numbers(const Map& picture);
std::vector<double> encode(const StyleEncoderOptions& options, const Tensors& encoder,
                           const PerceptualOptions& perceptual, const Tensors& perceptual_tensors,
                           const Map& picture);

/// True when built with ThreadSanitizer, which cannot see GCC's OpenMP synchronise and reports every team as
/// a race.
#if defined(__SANITIZE_THREAD__)
inline constexpr bool kThreadSanitizer = true;
#else
inline constexpr bool kThreadSanitizer = false;
#endif

/// sqrt(mean (a - b)^2 / mean b^2)
double relative_rms(std::span<const float> a, std::span<const double> b);

}  // namespace atelier::test

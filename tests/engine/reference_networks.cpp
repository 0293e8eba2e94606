#include "engine/reference_networks.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <random>

#include "atelier/weights/safetensors_writer.h"

namespace atelier::test {
namespace {

/// Where the pixel at `index` is taken from; -1 for the zero outside.
int source_index(int index, int size, Border border) {
  if (index >= 0 && index < size) return index;
  if (border == Border::Zero) return -1;
  if (border == Border::Replicate) return index < 0 ? 0 : size - 1;
  return index < 0 ? -index : 2 * (size - 1) - index;
}

void relu(Map& x) {
  for (double& value : x.values) value = std::max(value, 0.0);
}

std::vector<double> dense(std::span<const double> x, const std::vector<float>& weight,
                          const std::vector<float>& bias) {
  std::vector<double> y(bias.begin(), bias.end());
  for (std::size_t o = 0; o < y.size(); ++o) {
    for (std::size_t i = 0; i < x.size(); ++i) y[o] += x[i] * weight[o * x.size() + i];
  }
  return y;
}

void silu(std::vector<double>& x) {
  for (double& value : x) value = value / (1 + std::exp(-value));
}

std::pair<double, double> moments(const Map& x, int channel) {
  const std::size_t count = static_cast<std::size_t>(x.height) * static_cast<std::size_t>(x.width);
  const double* begin = x.values.data() + static_cast<std::size_t>(channel) * count;
  double mean = 0, variance = 0;
  for (std::size_t i = 0; i < count; ++i) mean += begin[i] / static_cast<double>(count);
  for (std::size_t i = 0; i < count; ++i)
    variance += (begin[i] - mean) * (begin[i] - mean) / static_cast<double>(count);
  return {mean, variance};
}

}  // namespace

Map::Map(int c, int h, int w)
    : channels(c),
      height(h),
      width(w),
      values(static_cast<std::size_t>(c) * static_cast<std::size_t>(h) * static_cast<std::size_t>(w)) {}

double& Map::at(int c, int y, int x) {
  return values[(static_cast<std::size_t>(c) * static_cast<std::size_t>(height) +
                 static_cast<std::size_t>(y)) *
                    static_cast<std::size_t>(width) +
                static_cast<std::size_t>(x)];
}

double Map::at(int c, int y, int x) const {
  return const_cast<Map*>(this)->at(c, y, x);
}

std::vector<float> random_floats(std::size_t count, float low, float high, std::uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<float> values(count);
  for (float& value : values) value = low + (high - low) * static_cast<float>(random() >> 8) / 16777216.0f;
  return values;
}

std::vector<float> synthetic_picture(int height, int width, std::uint32_t seed) {
  std::vector<float> picture = random_floats(
      3 * static_cast<std::size_t>(height) * static_cast<std::size_t>(width), -0.1f, 0.1f, seed);
  std::size_t i = 0;
  for (int c = 0; c < 3; ++c) {
    for (int y = 0; y < height; ++y) {
      for (int x = 0; x < width; ++x, ++i) {
        const double wave = 0.45 + 0.3 * std::sin(0.21 * y + 0.13 * (c + 1) * x + seed);
        const double box = (x / 7 + y / 5) % 2 == 0 ? 0.1 : -0.05;
        picture[i] = static_cast<float>(std::clamp(wave + box + picture[i], 0.0, 1.0));
      }
    }
  }
  return picture;
}

Map to_map(std::span<const float> planar, int channels, int height, int width) {
  Map map(channels, height, width);
  std::copy(planar.begin(), planar.end(), map.values.begin());
  return map;
}

Map convolve(const Map& x, const std::vector<float>& weight, const std::vector<float>& bias, int out,
             int side, Border border) {
  Map y(out, x.height, x.width);
  const int reach = side / 2;
  for (int o = 0; o < out; ++o) {
    for (int row = 0; row < x.height; ++row) {
      for (int column = 0; column < x.width; ++column) {
        double sum = bias.empty() ? 0.0 : bias[static_cast<std::size_t>(o)];
        std::size_t w = static_cast<std::size_t>(o * x.channels * side * side);
        for (int i = 0; i < x.channels; ++i) {
          for (int dy = -reach; dy <= reach; ++dy) {
            for (int dx = -reach; dx <= reach; ++dx, ++w) {
              const int from_y = source_index(row + dy, x.height, border);
              const int from_x = source_index(column + dx, x.width, border);
              if (from_y >= 0 && from_x >= 0) sum += weight[w] * x.at(i, from_y, from_x);
            }
          }
        }
        y.at(o, row, column) = sum;
      }
    }
  }
  return y;
}

Map bilinear_double(const Map& x) {
  Map y(x.channels, 2 * x.height, 2 * x.width);
  for (int c = 0; c < y.channels; ++c) {
    for (int row = 0; row < y.height; ++row) {
      for (int column = 0; column < y.width; ++column) {
        const double sy = std::clamp((row + 0.5) / 2 - 0.5, 0.0, x.height - 1.0);
        const double sx = std::clamp((column + 0.5) / 2 - 0.5, 0.0, x.width - 1.0);
        const int y0 = static_cast<int>(sy), x0 = static_cast<int>(sx);
        const int y1 = std::min(y0 + 1, x.height - 1), x1 = std::min(x0 + 1, x.width - 1);
        const double fy = sy - y0, fx = sx - x0;
        y.at(c, row, column) = (1 - fy) * ((1 - fx) * x.at(c, y0, x0) + fx * x.at(c, y0, x1)) +
                               fy * ((1 - fx) * x.at(c, y1, x0) + fx * x.at(c, y1, x1));
      }
    }
  }
  return y;
}

Map blur_pool(const Map& x) {
  constexpr double kTaps[4] = {1, 3, 3, 1};
  Map y(x.channels, x.height / 2, x.width / 2);
  for (int c = 0; c < y.channels; ++c) {
    for (int row = 0; row < y.height; ++row) {
      for (int column = 0; column < y.width; ++column) {
        for (int i = 0; i < 4; ++i) {
          for (int j = 0; j < 4; ++j) {
            y.at(c, row, column) += kTaps[i] * kTaps[j] / 64 *
                                    x.at(c, source_index(2 * row - 1 + i, x.height, Border::Reflect),
                                         source_index(2 * column - 1 + j, x.width, Border::Reflect));
          }
        }
      }
    }
  }
  return y;
}

Map pixel_unshuffle(const Map& x) {
  Map y(4 * x.channels, x.height / 2, x.width / 2);
  for (int c = 0; c < y.channels; ++c) {
    for (int row = 0; row < y.height; ++row) {
      for (int column = 0; column < y.width; ++column) {
        y.at(c, row, column) = x.at(c / 4, 2 * row + c % 4 / 2, 2 * column + c % 2);
      }
    }
  }
  return y;
}

Map pixel_shuffle(const Map& x) {
  Map y(x.channels / 4, 2 * x.height, 2 * x.width);
  for (int c = 0; c < y.channels; ++c) {
    for (int row = 0; row < y.height; ++row) {
      for (int column = 0; column < y.width; ++column) {
        y.at(c, row, column) = x.at(c * 4 + row % 2 * 2 + column % 2, row / 2, column / 2);
      }
    }
  }
  return y;
}

Map max_pool(const Map& x) {
  Map y(x.channels, x.height / 2, x.width / 2);
  for (int c = 0; c < y.channels; ++c) {
    for (int row = 0; row < y.height; ++row) {
      for (int column = 0; column < y.width; ++column) {
        y.at(c, row, column) =
            std::max(std::max(x.at(c, 2 * row, 2 * column), x.at(c, 2 * row, 2 * column + 1)),
                     std::max(x.at(c, 2 * row + 1, 2 * column), x.at(c, 2 * row + 1, 2 * column + 1)));
      }
    }
  }
  return y;
}

Tensors random_tensors(const std::vector<weights::ExpectedTensor>& expected, std::uint32_t seed) {
  Tensors tensors;
  for (const weights::ExpectedTensor& tensor : expected) {
    std::size_t count = 1;
    for (const std::int64_t side : tensor.shape) count *= static_cast<std::size_t>(side);
    ++seed;
    if (tensor.shape.size() > 1) {
      const std::size_t inputs = count / static_cast<std::size_t>(tensor.shape[0]);
      const float reach = std::sqrt(6.0f / static_cast<float>(inputs));
      tensors[tensor.name] = random_floats(count, -reach, reach, seed);
    } else if (tensor.name.ends_with(".std") || tensor.name.ends_with("norm.weight") ||
               tensor.name.ends_with("norm0.weight") || tensor.name.ends_with("norm1.weight")) {
      tensors[tensor.name] = random_floats(count, 0.5f, 1.5f, seed);
    } else {
      tensors[tensor.name] = random_floats(count, -0.5f, 0.5f, seed);
    }
  }
  return tensors;
}

weights::SafetensorsFile to_file(const std::vector<weights::ExpectedTensor>& expected,
                                 const Tensors& tensors) {
  std::vector<weights::NamedTensor> named;
  for (const weights::ExpectedTensor& tensor : expected) {
    named.push_back({.name = tensor.name, .shape = tensor.shape, .values = tensors.at(tensor.name)});
  }
  return weights::SafetensorsFile::parse(weights::serialize_safetensors(named), "test");
}

ReferencePainting paint(const GeneratorOptions& o, const Tensors& tensors, const Map& content,
                        std::span<const float> code, double stroke, double detail) {
  ReferencePainting result;
  std::vector<double> condition(code.begin(), code.end());
  condition.push_back(std::log2(stroke));
  condition.push_back(detail);
  std::vector<double> hidden = dense(condition, tensors.at("style.mlp.weight"), tensors.at("style.mlp.bias"));
  silu(hidden);
  const std::vector<double> sites =
      dense(hidden, tensors.at("style.sites.weight"), tensors.at("style.sites.bias"));
  const double* next = sites.data();

  const auto conv = [&](const Map& x, const std::string& name, int out, Border border, int side = 3) {
    return convolve(x, tensors.at(name + ".weight"), tensors.at(name + ".bias"), out, side, border);
  };
  const auto normalise = [&](Map x, const std::function<double(int)>& weight,
                             const std::function<double(int)>& bias) {
    std::vector<double> statistics(static_cast<std::size_t>(2 * x.channels));
    for (int c = 0; c < x.channels; ++c) {
      const auto [mean, variance] = moments(x, c);
      const double deviation = std::sqrt(variance + 1e-5);
      statistics[static_cast<std::size_t>(c)] = mean;
      statistics[static_cast<std::size_t>(x.channels + c)] = deviation;
      for (int row = 0; row < x.height; ++row) {
        for (int column = 0; column < x.width; ++column) {
          x.at(c, row, column) = (x.at(c, row, column) - mean) / deviation * weight(c) + bias(c);
        }
      }
    }
    result.statistics.push_back(std::move(statistics));
    return x;
  };
  const auto norm = [&](const Map& x, const std::string& name) {
    const auto& weight = tensors.at(name + ".weight");
    const auto& bias = tensors.at(name + ".bias");
    return normalise(
        x, [&](int c) { return weight[static_cast<std::size_t>(c)]; },
        [&](int c) { return bias[static_cast<std::size_t>(c)]; });
  };
  const auto adain = [&](const Map& x) {
    const double* dgamma = next;
    const double* beta = next + x.channels;
    next += 2 * x.channels;
    return normalise(
        x, [&](int c) { return 1 + dgamma[c]; }, [&](int c) { return beta[c]; });
  };
  const auto add = [](Map& x, const Map& y, double factor) {
    for (std::size_t i = 0; i < x.values.size(); ++i) x.values[i] += factor * y.values[i];
  };
  const auto styled_residual = [&](Map& x, const std::string& name) {
    Map inner = adain(conv(x, name + ".conv0", x.channels, Border::Reflect));
    relu(inner);
    add(x, adain(conv(inner, name + ".conv1", x.channels, Border::Reflect)), 1);
  };

  Map x = norm(conv(pixel_unshuffle(content), "e1.conv", o.c1, Border::Reflect), "e1.norm");
  relu(x);
  x = norm(conv(blur_pool(x), "e2.conv", o.c2, Border::Reflect), "e2.norm");
  relu(x);
  for (int i = 0; i < o.encoder_blocks; ++i) {
    const std::string name = "e3." + std::to_string(i);
    Map inner = norm(conv(x, name + ".conv0", o.c2, Border::Reflect), name + ".norm0");
    relu(inner);
    add(x, norm(conv(inner, name + ".conv1", o.c2, Border::Reflect), name + ".norm1"), 1);
  }
  const Map quarter = x;
  x = norm(conv(blur_pool(x), "e4.conv", o.c3, Border::Reflect), "e4.norm");
  relu(x);
  for (int i = 0; i < o.core_blocks; ++i) styled_residual(x, "core." + std::to_string(i));
  x = adain(conv(bilinear_double(x), "d1.conv", o.c2, Border::Replicate));
  add(x, adain(conv(quarter, "sk.conv", o.c2, Border::Reflect, 1)), detail);
  relu(x);
  for (int i = 0; i < o.decoder_blocks; ++i) styled_residual(x, "dec." + std::to_string(i));
  x = adain(conv(bilinear_double(x), "d3.conv", o.c1, Border::Replicate));
  relu(x);
  result.picture = pixel_shuffle(conv(x, "out.conv", 12, Border::Reflect));
  for (double& value : result.picture.values) value = 1 / (1 + std::exp(-value));
  return result;
}

std::vector<double> perceptual_statistics(const PerceptualOptions& options, const Tensors& tensors,
                                          const Map& picture) {
  constexpr double kMean[3] = {0.485, 0.456, 0.406}, kStd[3] = {0.229, 0.224, 0.225};
  Map x = picture;
  for (int c = 0; c < 3; ++c) {
    for (int row = 0; row < x.height; ++row) {
      for (int column = 0; column < x.width; ++column) {
        x.at(c, row, column) = (x.at(c, row, column) - kMean[c]) / kStd[c];
      }
    }
  }
  std::vector<double> result;
  for (std::size_t b = 0; b < 4; ++b) {
    if (b > 0) x = max_pool(x);
    for (int i = 0; i < options.convs[b]; ++i) {
      const std::string name = "conv" + std::to_string(b + 1) + "_" + std::to_string(i + 1);
      x = convolve(x, tensors.at(name + ".weight"), tensors.at(name + ".bias"), options.widths[b], 3,
                   Border::Zero);
      relu(x);
      if (i > 0) continue;
      for (int c = 0; c < x.channels; ++c) result.push_back(moments(x, c).first);
      for (int c = 0; c < x.channels; ++c) result.push_back(std::log(std::sqrt(moments(x, c).second) + 1e-3));
    }
  }
  return result;
}

std::vector<double> palette_numbers(const Map& picture) {
  constexpr int side = 64;
  std::vector<std::array<double, 3>> pixels;
  for (int i = 0; i < side; ++i) {
    for (int j = 0; j < side; ++j) {
      double linear[3];
      for (int c = 0; c < 3; ++c) {
        double sum = 0;
        int count = 0;
        for (int y = i * picture.height / side; y * side < (i + 1) * picture.height; ++y) {
          for (int x = j * picture.width / side; x * side < (j + 1) * picture.width; ++x, ++count) {
            sum += picture.at(c, y, x);
          }
        }
        const double v = sum / count;
        linear[c] = v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4);
      }
      const auto f = [](double t) {
        return t > 216.0 / 24389 ? std::cbrt(t) : (24389.0 / 27 * t + 16) / 116;
      };
      const double x = f((0.4124564 * linear[0] + 0.3575761 * linear[1] + 0.1804375 * linear[2]) / 0.95047);
      const double y = f(0.2126729 * linear[0] + 0.7151522 * linear[1] + 0.0721750 * linear[2]);
      const double z = f((0.0193339 * linear[0] + 0.1191920 * linear[1] + 0.9503041 * linear[2]) / 1.08883);
      pixels.push_back({(116 * y - 16) / 100, 500 * (x - y) / 100, 200 * (y - z) / 100});
    }
  }
  const double n = static_cast<double>(pixels.size());
  double mean[3] = {}, covariance[3][3] = {}, factor[3][3] = {};
  for (const auto& pixel : pixels) {
    for (std::size_t i = 0; i < 3; ++i) mean[i] += pixel[i] / n;
  }
  for (const auto& pixel : pixels) {
    for (std::size_t i = 0; i < 3; ++i) {
      for (std::size_t j = 0; j < 3; ++j) covariance[i][j] += (pixel[i] - mean[i]) * (pixel[j] - mean[j]) / n;
    }
  }
  std::vector<double> result(mean, mean + 3);
  for (int i = 0; i < 3; ++i) {
    covariance[i][i] += 1e-4;
    for (int j = 0; j <= i; ++j) {
      double rest = covariance[i][j];
      for (int k = 0; k < j; ++k) rest -= factor[i][k] * factor[j][k];
      factor[i][j] = i == j ? std::sqrt(rest) : rest / factor[j][j];
      result.push_back(factor[i][j]);
    }
  }
  std::sort(pixels.begin(), pixels.end());
  for (std::size_t band = 0; band < 5; ++band) {
    const std::size_t begin = pixels.size() * band / 5, end = pixels.size() * (band + 1) / 5;
    for (std::size_t c = 0; c < 3; ++c) {
      double sum = 0;
      for (std::size_t p = begin; p < end; ++p) sum += pixels[p][c];
      result.push_back(sum / static_cast<double>(end - begin));
    }
  }
  return result;
}

std::vector<double> encode(const StyleEncoderOptions&, const Tensors& encoder,
                           const PerceptualOptions& perceptual, const Tensors& perceptual_tensors,
                           const Map& picture) {
  const auto part = [&](std::vector<double> statistics, const std::string& name, double floor) {
    for (std::size_t i = 0; i < statistics.size(); ++i) {
      const double spread = std::max<double>(encoder.at(name + ".std")[i], floor);
      statistics[i] = (statistics[i] - encoder.at(name + ".mean")[i]) / spread / 2;
    }
    std::vector<double> hidden =
        dense(statistics, encoder.at(name + ".fc0.weight"), encoder.at(name + ".fc0.bias"));
    silu(hidden);
    return dense(hidden, encoder.at(name + ".fc1.weight"), encoder.at(name + ".fc1.bias"));
  };
  Map luma(1, picture.height, picture.width), level(3, picture.height, picture.width);
  for (int y = 0; y < picture.height; ++y) {
    for (int x = 0; x < picture.width; ++x) {
      luma.at(0, y, x) =
          0.299 * picture.at(0, y, x) + 0.587 * picture.at(1, y, x) + 0.114 * picture.at(2, y, x);
    }
  }
  const auto [mean, variance] = moments(luma, 0);
  for (int c = 0; c < 3; ++c) {
    for (int y = 0; y < picture.height; ++y) {
      for (int x = 0; x < picture.width; ++x) {
        level.at(c, y, x) = (luma.at(0, y, x) - mean) / std::max(0.02, std::sqrt(variance)) * 0.2 + 0.5;
      }
    }
  }
  std::vector<double> code = part(palette_numbers(picture), "palette", 0.02);
  const std::vector<double> texture =
      part(perceptual_statistics(perceptual, perceptual_tensors, level), "texture", 0.05);
  code.insert(code.end(), texture.begin(), texture.end());
  return code;
}

double relative_rms(std::span<const float> a, std::span<const double> b) {
  double error = 0, energy = 0;
  for (std::size_t i = 0; i < b.size(); ++i) {
    error += (a[i] - b[i]) * (a[i] - b[i]);
    energy += b[i] * b[i];
  }
  return a.size() == b.size() ? std::sqrt(error / energy) : INFINITY;
}

}  // namespace atelier::test

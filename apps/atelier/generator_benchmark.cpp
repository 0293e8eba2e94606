#include "generator_benchmark.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <random>

#include "atelier/model/expected_tensors.h"
#include "atelier/weights/safetensors_writer.h"

namespace atelier::cli {
namespace {

// Multiplications and additions of the convolutions, the way papers count them: direct, padding included.
double gflop_per_pixel(const GeneratorOptions& options) {
  const std::map<std::string, double> points_per_pixel = {
      {"e1", 1.0 / 4},  {"e2", 1.0 / 16}, {"e3", 1.0 / 16},  {"e4", 1.0 / 64}, {"core", 1.0 / 64},
      {"d1", 1.0 / 16}, {"sk", 1.0 / 16}, {"dec", 1.0 / 16}, {"d3", 1.0 / 4},  {"out", 1.0 / 4}};
  double flop = 0;
  for (const weights::ExpectedTensor& tensor : model::expected_generator_tensors(options)) {
    const auto layer = points_per_pixel.find(tensor.name.substr(0, tensor.name.find('.')));
    if (layer == points_per_pixel.end() || tensor.shape.size() != 4) continue;
    double weights = 1;
    for (const std::int64_t side : tensor.shape) weights *= static_cast<double>(side);
    flop += 2 * weights * layer->second;
  }
  return flop / 1e9;
}

}  // namespace

weights::SafetensorsFile random_weights(const GeneratorOptions& options, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<weights::NamedTensor> tensors;
  for (const weights::ExpectedTensor& expected : model::expected_generator_tensors(options)) {
    weights::NamedTensor tensor{.name = expected.name, .shape = expected.shape};
    std::int64_t count = 1;
    for (const std::int64_t side : expected.shape) count *= side;
    const auto fan_in = static_cast<float>(std::max<std::int64_t>(1, count / expected.shape.front()));
    std::normal_distribution<float> normal(0, std::sqrt(2 / fan_in));
    tensor.values.resize(static_cast<std::size_t>(count));
    std::generate(tensor.values.begin(), tensor.values.end(), [&] { return normal(random); });
    tensors.push_back(std::move(tensor));
  }
  return weights::SafetensorsFile::parse(weights::serialize_safetensors(tensors), "random weights");
}

BenchRow measure_generator(const engine::GeneratorEngine& generator, const BenchPlan::Size& size, int runs) {
  const auto pixels = static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height);
  std::vector<float> content(3 * pixels), painting(3 * pixels);
  for (std::size_t i = 0; i < content.size(); ++i) content[i] = static_cast<float>(i % 251) / 250.0f;
  const std::vector<float> code(static_cast<std::size_t>(generator.options().code_dim), 0.1f);
  engine::GeneratorRequest request;
  request.content = content;
  request.width = size.width;
  request.height = size.height;
  request.code = code;
  const double bytes = static_cast<double>(generator.scratch_bytes(size.height, size.width)) +
                       static_cast<double>(2 * sizeof(float) * content.size());
  BenchRow row;
  row.width = size.width;
  row.height = size.height;
  row.milliseconds = median_milliseconds(runs, [&] { generator.run(request, painting); });
  row.gflop = gflop_per_pixel(generator.options()) * static_cast<double>(pixels);
  row.megabytes = bytes / 1e6;
  return row;
}

}  // namespace atelier::cli

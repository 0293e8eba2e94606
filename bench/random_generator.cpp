#include "random_generator.h"

#include <cmath>
#include <random>

#include "atelier/model/expected_tensors.h"
#include "atelier/weights/safetensors_writer.h"

namespace atelier::bench {

std::vector<float> random_values(std::size_t count, std::uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<float> values(count);
  for (float& value : values) value = static_cast<float>(random() >> 8) / 16777216.0f;
  return values;
}

weights::SafetensorsFile random_generator(const GeneratorOptions& options) {
  std::vector<weights::NamedTensor> tensors;
  for (const weights::ExpectedTensor& expected : model::expected_generator_tensors(options)) {
    std::size_t count = 1;
    for (const std::int64_t side : expected.shape) count *= static_cast<std::size_t>(side);
    const float inputs = static_cast<float>(count) / static_cast<float>(expected.shape[0]);
    const float reach = expected.shape.size() > 1 ? std::sqrt(6 / inputs) : 0.1f;
    weights::NamedTensor tensor{
        .name = expected.name, .shape = expected.shape, .values = random_values(count, 1)};
    for (float& value : tensor.values) value = (2 * value - 1) * reach;
    tensors.push_back(std::move(tensor));
  }
  return weights::SafetensorsFile::parse(weights::serialize_safetensors(tensors), "random");
}

double operations(const GeneratorOptions& o, int height, int width) {
  const double half = height / 2.0 * (width / 2.0), quarter = half / 4, eighth = quarter / 4;
  const double products =
      9 * half * (12 * o.c1 + o.c2 * o.c1 + o.c1 * 12) +
      9 * quarter * (o.c1 * o.c2 + 2.0 * (o.encoder_blocks + o.decoder_blocks) * o.c2 * o.c2) +
      quarter * (9.0 * o.c3 * o.c2 + o.c2 * o.c2) +
      9 * eighth * (o.c2 * o.c3 + 2.0 * o.core_blocks * o.c3 * o.c3);
  return 2 * products;
}

}  // namespace atelier::bench

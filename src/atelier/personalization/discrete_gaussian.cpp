#include "atelier/personalization/discrete_gaussian.h"

#include <sodium.h>

#include <array>
#include <memory>
#include <string>
#include <utility>

#include "atelier/core/error.h"

namespace atelier::personalization {
namespace {

// Products of three squares of sigma need more than 64 bits.
__extension__ typedef unsigned __int128 Wide;

Wide uniform_below(Wide bound, const RandomWords& random) {
  Wide mask = bound - 1;
  for (int shift = 1; shift < 128; shift *= 2) mask |= mask >> shift;
  const bool two_words = (mask >> 64) != 0;
  for (;;) {
    Wide value = random();
    if (two_words) value = (value << 64) | random();
    value &= mask;
    if (value < bound) return value;
  }
}

// True with probability exp(-numerator / denominator), 0 <= numerator <= denominator: algorithm 1.
bool bernoulli_exp_small(Wide numerator, Wide denominator, const RandomWords& random) {
  for (unsigned k = 1;; ++k) {
    if (uniform_below(denominator * k, random) >= numerator) return k % 2 == 1;
  }
}

bool bernoulli_exp(Wide numerator, Wide denominator, const RandomWords& random) {
  for (; numerator > denominator; numerator -= denominator) {
    if (!bernoulli_exp_small(1, 1, random)) return false;
  }
  return bernoulli_exp_small(numerator, denominator, random);
}

// P(k) proportional to exp(-|k| / scale): algorithm 2.
std::int64_t draw_laplace(std::int64_t scale, const RandomWords& random) {
  for (;;) {
    const Wide low = uniform_below(static_cast<Wide>(scale), random);
    if (!bernoulli_exp_small(low, static_cast<Wide>(scale), random)) continue;
    std::int64_t high = 0;
    while (bernoulli_exp_small(1, 1, random)) ++high;
    const std::int64_t size = static_cast<std::int64_t>(low) + scale * high;
    const bool negative = (random() & 1) != 0;
    if (negative && size == 0) continue;
    return negative ? -size : size;
  }
}

// Words in blocks: one call to the system each would dominate.
struct WordBuffer {
  std::array<std::uint64_t, 512> words{};
  std::size_t used = 512;
};

}  // namespace

RandomWords secure_random_words() {
  if (sodium_init() < 0) {
    throw Error(ErrorCode::Unavailable, "privacy.random",
                "the cryptographic random generator cannot start; check that /dev/urandom can be read");
  }
  return [buffer = std::make_shared<WordBuffer>()] {
    if (buffer->used == buffer->words.size()) {
      randombytes_buf(buffer->words.data(), sizeof buffer->words);
      buffer->used = 0;
    }
    // Noise that was handed out must not lie about in memory: it could be subtracted.
    return std::exchange(buffer->words[buffer->used++], 0);
  };
}

DiscreteGaussian::DiscreteGaussian(std::int64_t sigma) : sigma_(sigma) {
  if (sigma < 1 || sigma > kMaxSigma) {
    throw Error(
        ErrorCode::Usage, "privacy.sigma",
        "the noise must be 1 to " + std::to_string(kMaxSigma) + " units wide, not " + std::to_string(sigma));
  }
}

std::int64_t DiscreteGaussian::draw(const RandomWords& random) const {
  const std::int64_t scale = sigma_ + 1;
  const Wide variance = static_cast<Wide>(sigma_) * static_cast<Wide>(sigma_);
  const Wide denominator = 2 * variance * static_cast<Wide>(scale) * static_cast<Wide>(scale);
  for (;;) {
    const std::int64_t candidate = draw_laplace(scale, random);
    // Accept with exp(-(|candidate| - sigma^2 / scale)^2 / (2 sigma^2)). The square fits 128 bits unless the
    // candidate is 2,000 scales out, which happens with probability exp(-2000).
    const Wide size = static_cast<Wide>(candidate < 0 ? -candidate : candidate) * static_cast<Wide>(scale);
    const Wide gap = size > variance ? size - variance : variance - size;
    if (bernoulli_exp(gap * gap, denominator, random)) return candidate;
  }
}

void DiscreteGaussian::add_to(std::span<std::int64_t> values, const RandomWords& random) const {
  for (auto& value : values) value += draw(random);
}

double DiscreteGaussian::distance_from_rounded(std::size_t count) const {
  const double sigma = static_cast<double>(sigma_);
  return static_cast<double>(count) / (24 * sigma * sigma);
}

}  // namespace atelier::personalization

#include "atelier/weights/half.h"

#include <bit>
#include <cstring>

#include "atelier/core/error.h"

namespace atelier::weights {
namespace {

static_assert(std::endian::native == std::endian::little, "weights are read as they lie on disk");

// One loop for all four conversions; memcpy because tensors may start at any byte.
template <typename To, typename From, typename Convert>
void convert(const void* from, void* to, std::size_t count, Convert one) {
  const auto* in = static_cast<const std::byte*>(from);
  auto* out = static_cast<std::byte*>(to);
  for (std::size_t i = 0; i < count; ++i) {
    From value;
    std::memcpy(&value, in + i * sizeof(From), sizeof(From));
    const To converted = one(value);
    std::memcpy(out + i * sizeof(To), &converted, sizeof(To));
  }
}

void require_same_count(std::size_t narrow_bytes, std::size_t values) {
  if (narrow_bytes != 2 * values) {
    throw Error(ErrorCode::Internal, "weights.half",
                "half precision needs two bytes a value: " + std::to_string(narrow_bytes) + " bytes for " +
                    std::to_string(values) + " values");
  }
}

inline std::uint16_t narrow_half(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t sign = (bits >> 16) & 0x8000u;
  const std::uint32_t magnitude = bits & 0x7fffffffu;
  if (magnitude >= 0x7f800000u) {  // infinity, or a NaN whose payload must not become zero
    return static_cast<std::uint16_t>(sign | 0x7c00u | (magnitude > 0x7f800000u ? 0x200u : 0u));
  }
  if (magnitude < 0x38800000u) {  // below 2^-14: a subnormal half, in steps of 2^-24
    if (magnitude < 0x33000000u) return static_cast<std::uint16_t>(sign);  // below 2^-25: nearest is zero
    const std::uint32_t mantissa = (magnitude & 0x7fffffu) | 0x800000u;
    const std::uint32_t shift = 126 - (magnitude >> 23);  // 14..24
    const std::uint32_t kept = mantissa >> shift;
    const std::uint32_t rest = mantissa & ((1u << shift) - 1);
    const std::uint32_t middle = 1u << (shift - 1);
    const bool up = rest > middle || (rest == middle && (kept & 1) != 0);
    return static_cast<std::uint16_t>(sign | (kept + (up ? 1 : 0)));
  }
  // Adding just under half a step, and one more when the kept part is odd, rounds to nearest even; a carry
  // moves into the exponent as it should, up to infinity.
  const std::uint32_t rounded = magnitude + 0xfffu + ((magnitude >> 13) & 1u) - 0x38000000u;
  return static_cast<std::uint16_t>(sign | (rounded >= 0x0f800000u ? 0x7c00u : rounded >> 13));
}

// Both branches are cheap arithmetic, so that the bulk loop vectorises.
inline float widen_half(std::uint16_t half) {
  const std::uint32_t sign = (half & 0x8000u) << 16;
  const std::uint32_t magnitude = half & 0x7fffu;
  const std::uint32_t rebias = magnitude >= 0x7c00u ? 0x70000000u : 0x38000000u;
  const std::uint32_t normal = (magnitude << 13) + rebias;
  const auto subnormal = std::bit_cast<std::uint32_t>(static_cast<float>(magnitude) * 0x1p-24f);
  return std::bit_cast<float>(sign | (magnitude < 0x400u ? subnormal : normal));
}

inline std::uint16_t narrow_bfloat(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  if ((bits & 0x7fffffffu) > 0x7f800000u) return static_cast<std::uint16_t>((bits >> 16) | 0x40u);
  return static_cast<std::uint16_t>((bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16);
}

inline float widen_bfloat(std::uint16_t narrow) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(narrow) << 16);
}

}  // namespace

std::uint16_t float_to_half(float value) {
  return narrow_half(value);
}
float half_to_float(std::uint16_t bits) {
  return widen_half(bits);
}
std::uint16_t float_to_bfloat16(float value) {
  return narrow_bfloat(value);
}
float bfloat16_to_float(std::uint16_t bits) {
  return widen_bfloat(bits);
}

void half_to_float(std::span<const std::byte> halves, std::span<float> values) {
  require_same_count(halves.size(), values.size());
  convert<float, std::uint16_t>(halves.data(), values.data(), values.size(), widen_half);
}

void float_to_half(std::span<const float> values, std::span<std::byte> halves) {
  require_same_count(halves.size(), values.size());
  convert<std::uint16_t, float>(values.data(), halves.data(), values.size(), narrow_half);
}

void bfloat16_to_float(std::span<const std::byte> narrow, std::span<float> values) {
  require_same_count(narrow.size(), values.size());
  convert<float, std::uint16_t>(narrow.data(), values.data(), values.size(), widen_bfloat);
}

void float_to_bfloat16(std::span<const float> values, std::span<std::byte> narrow) {
  require_same_count(narrow.size(), values.size());
  convert<std::uint16_t, float>(values.data(), narrow.data(), values.size(), narrow_bfloat);
}

}  // namespace atelier::weights

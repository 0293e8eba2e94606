#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace atelier::weights {

/// IEEE 754 binary16 and bfloat16. Narrowing rounds to nearest even, overflows to infinity and keeps NaN a
/// NaN; widening is exact. Integer arithmetic only, so the thread's flush-to-zero mode changes nothing.
std::uint16_t float_to_half(float value);
float half_to_float(std::uint16_t bits);
std::uint16_t float_to_bfloat16(float value);
float bfloat16_to_float(std::uint16_t bits);

/// In bulk. The narrow side is little-endian bytes at any alignment, two per value.
void half_to_float(std::span<const std::byte> halves, std::span<float> values);
void float_to_half(std::span<const float> values, std::span<std::byte> halves);
void bfloat16_to_float(std::span<const std::byte> narrow, std::span<float> values);
void float_to_bfloat16(std::span<const float> values, std::span<std::byte> narrow);

}  // namespace atelier::weights

#include "atelier/personalization/taste_code.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdlib>

#include "atelier/core/error.h"
#include "atelier/weights/sha256.h"

namespace atelier::personalization {
namespace {

constexpr std::string_view kPrefix = "AT";
constexpr int kVersion = 1;
constexpr double kStepsPerUnit = 4096;
constexpr int kLargestStep = 32767;
constexpr std::size_t kMostCoordinates = 64;
constexpr std::size_t kGroup = 8;
constexpr std::uint8_t kDefaultDetail = 255;
// Crockford's alphabet: no letter that looks like a digit or a curse.
constexpr std::string_view kDigits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

using Bytes = std::vector<std::uint8_t>;

[[noreturn]] void refuse(ErrorCode code, const std::string& id, const std::string& cause) {
  throw Error(code, id, cause);
}

std::array<std::uint8_t, 3> hash_of(const std::string& space) {
  const std::string hex = weights::sha256_hex(space);
  std::array<std::uint8_t, 3> hash{};
  for (std::size_t i = 0; i < hash.size(); ++i) {
    hash[i] = static_cast<std::uint8_t>(std::stoul(hex.substr(2 * i, 2), nullptr, 16));
  }
  return hash;
}

/// CRC-32 (IEEE 802.3, reflected): finds every slip of one or two characters.
std::uint32_t checksum(const Bytes& bytes) {
  std::uint32_t crc = 0xffffffffU;
  for (const std::uint8_t byte : bytes) {
    crc ^= byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1U) != 0 ? 0xedb88320U : 0U);
  }
  return ~crc;
}

std::string to_digits(const Bytes& bytes) {
  std::string text;
  std::uint32_t pool = 0;
  int bits = 0;
  for (const std::uint8_t byte : bytes) {
    pool = (pool << 8) | byte;
    for (bits += 8; bits >= 5; bits -= 5) text += kDigits[(pool >> (bits - 5)) & 31U];
  }
  if (bits > 0) text += kDigits[(pool << (5 - bits)) & 31U];
  return text;
}

int digit_of(char c) {
  if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  if (c == 'O') c = '0';
  if (c == 'I' || c == 'L') c = '1';
  const std::size_t at = kDigits.find(c);
  return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

[[noreturn]] void refuse_as_none() {
  refuse(ErrorCode::BadData, "taste.code",
         "this is no taste code: one starts with AT1- and goes on with digits and letters; copy it again, "
         "whole");
}

[[noreturn]] void refuse_slip() {
  refuse(ErrorCode::BadData, "taste.code_checksum",
         "the taste code has a slip: its checksum does not fit; compare it with the original, character by "
         "character");
}

Bytes from_digits(std::string_view text) {
  Bytes bytes;
  std::uint32_t pool = 0;
  int bits = 0;
  for (const char c : text) {
    if (c == '-' || c == ' ') continue;
    const int digit = digit_of(c);
    if (digit < 0) refuse_as_none();
    pool = (pool << 5) | static_cast<std::uint32_t>(digit);
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push_back(static_cast<std::uint8_t>((pool >> bits) & 255U));
  }
  // The rest of the last digit is padding; anything else is a different text for the same code.
  if (bits >= 5 || (pool & ((1U << bits) - 1U)) != 0) refuse_slip();
  return bytes;
}

void require_good(const TasteCode& code) {
  const bool in_range = !code.steps.empty() && code.steps.size() <= kMostCoordinates &&
                        std::all_of(code.steps.begin(), code.steps.end(),
                                    [](int step) { return std::abs(step) <= kLargestStep; }) &&
                        code.strength >= 0 && code.strength <= 200 && code.detail >= -1 && code.detail <= 100;
  if (!in_range) {
    refuse(ErrorCode::Usage, "taste.code",
           "a taste code holds 1..64 coordinates, a strength of 0..200 % and a detail of 0..100 %");
  }
}

void require_space(const TasteCode& code, const style::StyleSpace& space) {
  if (code.space == space.id && code.steps.size() <= space.components.size()) return;
  refuse(ErrorCode::BadData, "taste.code_space",
         "the taste code belongs to the style space '" + printable(code.space) + "', not to '" + space.id +
             "'; use the model it was made with");
}

}  // namespace

TasteCode TasteCode::of(const style::StyleSpace& space, const StyleCode& code, double strength,
                        double detail) {
  if (!(strength >= 0 && strength <= 2) || !(detail == -1 || (detail >= 0 && detail <= 1))) {
    refuse(ErrorCode::Usage, "taste.code", "the strength must be within 0..2 and the detail within 0..1");
  }
  TasteCode found;
  found.space = space.id;
  std::vector<double> z = space.project(code);
  if (z.size() > kMostCoordinates) z.resize(kMostCoordinates);
  for (const double value : z) {
    if (!std::isfinite(value))
      refuse(ErrorCode::BadData, "style.code", "a style code must hold finite numbers");
    const double steps = std::clamp<double>(value * kStepsPerUnit, -kLargestStep, kLargestStep);
    found.steps.push_back(static_cast<int>(std::lround(steps)));
  }
  found.strength = static_cast<int>(std::lround(100 * strength));
  found.detail = detail < 0 ? -1 : static_cast<int>(std::lround(100 * detail));
  require_good(found);
  return found;
}

std::string TasteCode::to_text() const {
  require_good(*this);
  Bytes bytes;
  for (const std::uint8_t byte : hash_of(space)) bytes.push_back(byte);
  bytes.push_back(static_cast<std::uint8_t>(steps.size()));
  for (const int step : steps) {
    const auto bits = static_cast<std::uint16_t>(static_cast<std::int16_t>(step));
    bytes.push_back(static_cast<std::uint8_t>(bits >> 8));
    bytes.push_back(static_cast<std::uint8_t>(bits & 255U));
  }
  bytes.push_back(static_cast<std::uint8_t>(strength));
  bytes.push_back(detail < 0 ? kDefaultDetail : static_cast<std::uint8_t>(detail));
  const std::uint32_t crc = checksum(bytes);
  for (int shift = 24; shift >= 0; shift -= 8)
    bytes.push_back(static_cast<std::uint8_t>((crc >> shift) & 255U));

  std::string text = std::string(kPrefix) + std::to_string(kVersion);
  const std::string digits = to_digits(bytes);
  for (std::size_t i = 0; i < digits.size(); i += kGroup) text += '-' + digits.substr(i, kGroup);
  return text;
}

TasteCode TasteCode::parse(std::string_view text, const style::StyleSpace& space) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\n')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\n' || text.back() == '\r'))
    text.remove_suffix(1);
  const std::size_t hyphen = text.find('-');
  const bool has_prefix = hyphen != std::string_view::npos && hyphen >= 3 && hyphen <= 5 &&
                          (text[0] == 'A' || text[0] == 'a') && (text[1] == 'T' || text[1] == 't') &&
                          std::all_of(text.begin() + 2, text.begin() + static_cast<std::ptrdiff_t>(hyphen),
                                      [](char c) { return c >= '0' && c <= '9'; });
  if (!has_prefix || text.size() > 512) refuse_as_none();
  const std::string_view version = text.substr(2, hyphen - 2);
  if (version != std::to_string(kVersion)) {
    refuse(ErrorCode::BadData, "taste.code_version",
           "the taste code is of version " + std::string(version) +
               ", this program reads version 1; use a newer program");
  }
  Bytes bytes = from_digits(text.substr(hyphen + 1));
  constexpr std::size_t kHead = 4, kTail = 6;
  if (bytes.size() < kHead + kTail + 2) refuse_slip();
  std::uint32_t crc = 0;
  for (std::size_t i = bytes.size() - 4; i < bytes.size(); ++i) crc = (crc << 8) | bytes[i];
  bytes.resize(bytes.size() - 4);
  const std::size_t count = bytes[3];
  if (checksum(bytes) != crc || bytes.size() != kHead + 2 * count + 2) refuse_slip();

  const auto hash = hash_of(space.id);
  if (!std::equal(hash.begin(), hash.end(), bytes.begin()) || count > space.components.size()) {
    refuse(ErrorCode::BadData, "taste.code_space",
           "the taste code was made in another style space than '" + space.id +
               "'; use the model it was made with");
  }
  TasteCode code;
  code.space = space.id;
  for (std::size_t k = 0; k < count; ++k) {
    const unsigned bits = (static_cast<unsigned>(bytes[kHead + 2 * k]) << 8) | bytes[kHead + 2 * k + 1];
    code.steps.push_back(static_cast<std::int16_t>(static_cast<std::uint16_t>(bits)));
  }
  code.strength = bytes[bytes.size() - 2];
  code.detail = bytes.back() == kDefaultDetail ? -1 : bytes.back();
  try {
    require_good(code);
  } catch (const Error&) {
    refuse_slip();
  }
  return code;
}

StyleCode TasteCode::style(const style::StyleSpace& space) const {
  require_good(*this);
  require_space(*this, space);
  StyleCode code{.space = space.id, .values = {}};
  code.values.reserve(space.mean.size());
  for (std::size_t i = 0; i < space.mean.size(); ++i) {
    // Products of a step, a power of two and a float fit a double without rounding; fma rounds each sum once.
    // So no compiler is free to give another result.
    double value = space.mean[i];
    for (std::size_t k = 0; k < steps.size(); ++k) {
      const double along = steps[k] / kStepsPerUnit * space.scale[k];
      value = std::fma(along, static_cast<double>(space.components[k][i]), value);
    }
    code.values.push_back(static_cast<float>(value));
  }
  return code;
}

TasteCode blend(const TasteCode& a, const TasteCode& b, double t) {
  require_good(a);
  require_good(b);
  if (!(t >= 0 && t <= 1))
    refuse(ErrorCode::Usage, "taste.code", "the share of the second code must be within 0..1");
  if (a.space != b.space || a.steps.size() != b.steps.size()) {
    refuse(ErrorCode::BadData, "taste.code_space", "the two taste codes belong to different style spaces");
  }
  const auto between = [t](int x, int y) { return static_cast<int>(std::lround((1 - t) * x + t * y)); };
  TasteCode mixed = a;
  for (std::size_t k = 0; k < a.steps.size(); ++k) mixed.steps[k] = between(a.steps[k], b.steps[k]);
  mixed.strength = between(a.strength, b.strength);
  if (a.detail < 0 || b.detail < 0) {
    mixed.detail = t < 0.5 ? a.detail : b.detail;
  } else {
    mixed.detail = between(a.detail, b.detail);
  }
  return mixed;
}

}  // namespace atelier::personalization

#include "atelier/storage/user_name.h"

#include "atelier/core/error.h"

namespace atelier::storage {
namespace {

constexpr char32_t kBroken = 0xFFFFFFFF;

// The character at text[at], moving `at` behind it; kBroken for what is not UTF-8.
char32_t next_character(std::string_view text, std::size_t& at) {
  const auto first = static_cast<unsigned char>(text[at++]);
  if (first < 0x80) return first;
  const int more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;
  if (first < 0xC2 || first > 0xF4) return kBroken;
  char32_t character = first & (0x3F >> more);
  for (int i = 0; i < more; ++i, ++at) {
    if (at >= text.size() || (static_cast<unsigned char>(text[at]) & 0xC0) != 0x80) return kBroken;
    character = character << 6 | (static_cast<unsigned char>(text[at]) & 0x3F);
  }
  const char32_t least = more == 1 ? 0x80 : more == 2 ? 0x800 : 0x10000;
  const bool surrogate = character >= 0xD800 && character <= 0xDFFF;
  return character < least || surrogate || character > 0x10FFFF ? kBroken : character;
}

bool is_control(char32_t c) {
  const bool line_separator = c == 0x2028 || c == 0x2029;
  const bool turns_direction = c == 0x200E || c == 0x200F || c == 0x061C || (c >= 0x202A && c <= 0x202E) ||
                               (c >= 0x2066 && c <= 0x2069);
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || line_separator || turns_direction;
}

}  // namespace

bool is_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    if (next_character(text, at) == kBroken) return false;
  }
  return true;
}

bool is_plain_text(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const char32_t character = next_character(text, at);
    if (character == kBroken || is_control(character)) return false;
  }
  return true;
}

void check_user_name(const std::string& name) {
  const char* cause = name.empty()           ? "is empty"
                      : name.size() > 64     ? "is longer than 64 bytes"
                      : !is_plain_text(name) ? "is not plain UTF-8 text (control characters are not allowed)"
                      : name.front() == ' ' || name.back() == ' ' ? "begins or ends with a space"
                                                                  : nullptr;
  if (cause != nullptr) {
    throw Error(ErrorCode::Usage, "store.user_name",
                std::string("the user's name ") + cause + "; give 1 to 64 bytes of text");
  }
}

}  // namespace atelier::storage

#pragma once

#include <string>
#include <string_view>

namespace atelier::storage {

/// Well-formed UTF-8: no overlong form, no surrogate, nothing above U+10FFFF.
bool is_utf8(std::string_view text);

/// is_utf8() without control characters (C0, DEL, C1), line separators and marks that turn the direction of
/// writing: such text cannot forge a line in a log or a table.
bool is_plain_text(std::string_view text);

/// Error Usage "store.user_name" unless `name` is 1..64 bytes of plain text without a space at either end. It
/// is never part of a path, a statement or a format, so any other character is just a character.
void check_user_name(const std::string& name);

}  // namespace atelier::storage

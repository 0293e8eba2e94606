#pragma once

#include <string>
#include <string_view>

namespace atelier::report {

/// Text that HTML and SVG show as it is, in content and in quoted attributes: & < > " ' become entities and
/// control characters other than tab and newline become spaces, bytes that are not UTF-8 become U+FFFD.
std::string escape_html(std::string_view text);

}  // namespace atelier::report

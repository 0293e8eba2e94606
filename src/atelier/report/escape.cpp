#include "atelier/report/escape.h"

#include <nlohmann/json.hpp>

namespace atelier::report {
namespace {

// The JSON library mends UTF-8 when it writes; reading back what it wrote gives the mended text.
std::string mend_utf8(std::string_view text) {
  const std::string written =
      nlohmann::json(std::string(text)).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  return nlohmann::json::parse(written).get<std::string>();
}

}  // namespace

std::string escape_html(std::string_view text) {
  std::string escaped;
  escaped.reserve(text.size());
  for (const char c : mend_utf8(text)) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      default: {
        const auto byte = static_cast<unsigned char>(c);
        const bool control = (byte < 0x20 && c != '\t' && c != '\n') || byte == 0x7f;
        escaped += control ? ' ' : c;
      }
    }
  }
  return escaped;
}

}  // namespace atelier::report

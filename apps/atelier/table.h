#pragma once

#include <string>
#include <vector>

namespace atelier::cli {

/// Rows as left-aligned columns two spaces apart, for people; the first row is the heading.
std::string format_table(const std::vector<std::vector<std::string>>& rows);

}  // namespace atelier::cli

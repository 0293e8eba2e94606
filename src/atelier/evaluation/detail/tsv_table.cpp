#include "atelier/evaluation/detail/tsv_table.h"

#include <charconv>
#include <cmath>

#include "atelier/core/atomic_file.h"
#include "atelier/core/error.h"

namespace atelier::evaluation::detail {
namespace {

constexpr std::size_t kMaxBytes = 256u << 20;

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  for (std::size_t end; (end = text.find(separator, begin)) != std::string::npos; begin = end + 1) {
    parts.push_back(text.substr(begin, end - begin));
  }
  parts.push_back(text.substr(begin));
  return parts;
}

std::string shown(double value) {
  std::string text = std::to_string(value);
  text.erase(text.find_last_not_of('0') + 1);
  return text.ends_with('.') ? text + "0" : text;
}

}  // namespace

TsvTable TsvTable::read(const std::filesystem::path& path, const std::vector<std::string>& columns) {
  TsvTable table;
  table.file_ = printable(path.string());
  std::vector<std::string> lines = split(read_file(path, kMaxBytes), '\n');
  if (!lines.empty() && lines.back().empty()) lines.pop_back();
  for (std::string& line : lines) {
    if (line.ends_with('\r')) line.pop_back();
  }
  if (lines.size() < 2) {
    throw Error(ErrorCode::BadData, "ratings.tsv", table.file_ + ": holds no row; copy the data set again");
  }
  const std::vector<std::string> heading = split(lines.front(), '\t');
  for (std::size_t i = 0; i < heading.size(); ++i) table.columns_[heading[i]] = i;
  for (const std::string& column : columns) {
    if (table.columns_.count(column) != 0) continue;
    throw Error(ErrorCode::BadData, "ratings.tsv",
                table.file_ + ":1: the column '" + column + "' is missing; is this the right file?");
  }
  for (std::size_t i = 1; i < lines.size(); ++i) {
    std::vector<std::string> cells = split(lines[i], '\t');
    if (cells.size() != heading.size()) {
      throw Error(ErrorCode::BadData, "ratings.tsv",
                  table.file_ + ":" + std::to_string(i + 1) + ": has " + std::to_string(cells.size()) +
                      " columns where the heading has " + std::to_string(heading.size()) +
                      "; the file is broken or cut off");
    }
    table.cells_.push_back(std::move(cells));
  }
  return table;
}

const std::string& TsvTable::text(std::size_t row, const std::string& column) const {
  return cells_[row][columns_.at(column)];
}

double TsvTable::number(std::size_t row, const std::string& column) const {
  const std::string& cell = text(row, column);
  double value = 0;
  const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  if (error != std::errc() || end != cell.data() + cell.size() || !std::isfinite(value)) {
    throw Error(ErrorCode::BadData, "ratings.value",
                where(row) + ": " + column + " is '" + printable(cell) + "', which is no number");
  }
  return value;
}

double TsvTable::number(std::size_t row, const std::string& column, double low, double high) const {
  const double value = number(row, column);
  if (value >= low && value <= high) return value;
  throw Error(
      ErrorCode::BadData, "ratings.range",
      where(row) + ": " + column + " is " + shown(value) + ", outside " + shown(low) + " to " + shown(high));
}

int TsvTable::whole(std::size_t row, const std::string& column, int low, int high) const {
  const double value = number(row, column, low, high);
  if (value == std::floor(value)) return static_cast<int>(value);
  throw Error(ErrorCode::BadData, "ratings.value",
              where(row) + ": " + column + " is " + shown(value) + ", which is no whole number");
}

std::string TsvTable::where(std::size_t row) const {
  return file_ + ":" + std::to_string(row + 2);
}

}  // namespace atelier::evaluation::detail

#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace atelier::evaluation::detail {

/// A tab-separated file with one heading line, held as text.
class TsvTable {
 public:
  /// Errors: NoInput when the file is missing, BadData "ratings.tsv" naming the line when a row has another
  /// number of columns than the heading, a column in `columns` is missing or there is no row.
  static TsvTable read(const std::filesystem::path& path, const std::vector<std::string>& columns);

  std::size_t rows() const { return cells_.size(); }
  const std::string& text(std::size_t row, const std::string& column) const;
  /// Error BadData "ratings.value" for text that is no finite number.
  double number(std::size_t row, const std::string& column) const;
  /// The same within [low, high], or Error BadData "ratings.range".
  double number(std::size_t row, const std::string& column, double low, double high) const;
  /// A whole number within [low, high]. Errors as number().
  int whole(std::size_t row, const std::string& column, int low, int high) const;

  /// "file:line" for messages about a row.
  std::string where(std::size_t row) const;

 private:
  std::string file_;
  std::map<std::string, std::size_t> columns_;
  std::vector<std::vector<std::string>> cells_;
};

}  // namespace atelier::evaluation::detail

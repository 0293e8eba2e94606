#include "atelier/personalization/segment_csv.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <set>

#include "atelier/core/error.h"
#include "atelier/core/options_json.h"

namespace atelier::personalization {
namespace {

constexpr std::size_t kLongestField = 1024;
constexpr std::size_t kMissing = static_cast<std::size_t>(-1);

struct Record {
  std::size_t line = 0;  ///< where it starts
  std::vector<std::string> fields;
};

bool is_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = [&](std::size_t at) {
      return at < text.size() ? static_cast<unsigned char>(text[at]) : 0u;
    };
    const unsigned first = byte(i);
    const std::size_t more = first < 0x80   ? 0
                             : first < 0xC2 ? 4
                             : first < 0xE0 ? 1
                             : first < 0xF0 ? 2
                             : first < 0xF5 ? 3
                                            : 4;
    if (more == 4) return false;
    for (std::size_t k = 1; k <= more; ++k) {
      if ((byte(i + k) & 0xC0) != 0x80) return false;
    }
    // Overlong forms, surrogates and what lies beyond U+10FFFF.
    if ((first == 0xE0 && byte(i + 1) < 0xA0) || (first == 0xED && byte(i + 1) > 0x9F) ||
        (first == 0xF0 && byte(i + 1) < 0x90) || (first == 0xF4 && byte(i + 1) > 0x8F)) {
      return false;
    }
    i += more + 1;
  }
  return true;
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

class Reader {
 public:
  Reader(std::string_view text, const std::string& name) : text_(text), name_(name) {}

  [[noreturn]] void fail(const char* id, std::size_t line, const std::string& what) const {
    throw Error(ErrorCode::BadData, std::string("segments.") + id,
                printable(name_) + ":" + std::to_string(line) + ": " + what);
  }

  /// False at the end. Blank lines are passed over.
  bool next(Record& record) {
    while (at_ < text_.size() && (text_[at_] == '\n' || text_[at_] == '\r')) end_line();
    if (at_ == text_.size()) return false;
    record.line = line_;
    record.fields.clear();
    for (;;) {
      record.fields.push_back(field());
      if (at_ < text_.size() && text_[at_] == ',') {
        ++at_;
        continue;
      }
      if (at_ < text_.size()) end_line();
      return true;
    }
  }

 private:
  void end_line() {
    const bool two = text_[at_] == '\r' && at_ + 1 < text_.size() && text_[at_ + 1] == '\n';
    at_ += two ? 2 : 1;
    ++line_;
  }

  void skip_spaces() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
  }

  std::string field() {
    const std::size_t start_line = line_;
    skip_spaces();
    std::string value = at_ < text_.size() && text_[at_] == '"' ? quoted() : bare();
    if (value.size() > kLongestField)
      fail("fields", start_line, "a field is longer than 1024 bytes; shorten it");
    const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
    if (std::any_of(value.begin(), value.end(), control)) {
      fail("fields", start_line, "a field holds a control character or a line break; remove it");
    }
    if (!is_utf8(value)) fail("encoding", start_line, "the text is not UTF-8; save the file as UTF-8");
    return value;
  }

  std::string bare() {
    const auto end = std::min(text_.find_first_of(",\r\n", at_), text_.size());
    const auto value = trimmed(text_.substr(at_, end - at_));
    if (value.find('"') != std::string_view::npos) {
      fail("quotes", line_,
           "a quotation mark stands inside a field without quotes; quote the whole field and double it");
    }
    at_ = end;
    return std::string(value);
  }

  std::string quoted() {
    const std::size_t start_line = line_;
    std::string value;
    for (++at_;; ++at_) {
      if (at_ >= text_.size()) fail("quotes", start_line, "a quotation mark is never closed; close it");
      if (text_[at_] == '"') {
        if (at_ + 1 >= text_.size() || text_[at_ + 1] != '"') break;
        ++at_;
      } else if (text_[at_] == '\n') {
        ++line_;
      }
      value += text_[at_];
    }
    ++at_;
    skip_spaces();
    if (at_ < text_.size() && text_[at_] != ',' && text_[at_] != '\n' && text_[at_] != '\r') {
      fail("quotes", line_,
           "text follows a closing quotation mark; quote the whole field and double inner marks");
    }
    return value;
  }

  std::string_view text_;
  const std::string& name_;
  std::size_t at_ = 0, line_ = 1;
};

struct Columns {
  std::size_t user = kMissing, style = kMissing, rating = kMissing, clicks = kMissing, impressions = kMissing,
              segment = kMissing;
};

Columns read_columns(const Reader& reader, const Record& header) {
  Columns columns;
  const std::map<std::string, std::size_t*> known = {
      {"user", &columns.user},      {"style", &columns.style},   {"rating", &columns.rating},
      {"click", &columns.clicks},   {"clicks", &columns.clicks}, {"impressions", &columns.impressions},
      {"segment", &columns.segment}};
  for (std::size_t i = 0; i < header.fields.size(); ++i) {
    std::string word = header.fields[i];
    for (char& c : word) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    const auto found = known.find(word);
    if (found == known.end()) continue;
    if (*found->second != kMissing)
      reader.fail("columns", header.line, "the column " + word + " is there twice");
    *found->second = i;
  }
  const bool semicolons = header.fields.size() == 1 && header.fields[0].find(';') != std::string::npos;
  const auto need = [&](std::size_t column, const char* what) {
    if (column != kMissing) return;
    reader.fail(
        "columns", header.line,
        std::string("there is no column ") + what +
            (semicolons ? "; separate the columns by commas, not semicolons"
                        : "; the first line must name the columns: user, style, and rating or clicks"));
  };
  need(columns.user, "user");
  need(columns.style, "style");
  if (columns.rating == kMissing) need(columns.clicks, "rating or clicks");
  if (columns.rating != kMissing && columns.clicks != kMissing) {
    reader.fail("columns", header.line, "there are both ratings and clicks; make two files of them");
  }
  if (columns.rating != kMissing && columns.impressions != kMissing) {
    reader.fail("columns", header.line, "impressions belong to clicks, not to ratings; remove the column");
  }
  return columns;
}

template <typename Number>
Number read_number(const Reader& reader, const Record& record, std::size_t column, const char* what,
                   Number low, Number high) {
  const std::string& text = record.fields[column];
  Number value{};
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = result.ec == std::errc() && result.ptr == text.data() + text.size() && !text.empty();
  if (!whole || !(value >= low && value <= high)) {
    std::string range = std::to_string(low) + " to " + std::to_string(high);
    if constexpr (std::is_integral_v<Number>) range = "a whole number, " + range;
    reader.fail("value", record.line,
                std::string(what) + " \"" + printable(text.substr(0, 40)) + "\" is not " + range);
  }
  return value;
}

}  // namespace

SegmentTable parse_segment_csv(std::string_view text, const std::string& name,
                               std::span<const std::string> styles, const SegmentCsvOptions& options) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  Reader reader(text, name);
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) {
    reader.fail("encoding", 1, "the text is UTF-16; save the file as UTF-8");
  }
  Record record;
  if (!reader.next(record))
    reader.fail("empty", 1, "the file is empty; its first line must name the columns");
  const std::size_t width = record.fields.size();
  const Columns columns = read_columns(reader, record);
  const std::set<std::string_view> known(styles.begin(), styles.end());

  SegmentTable table;
  table.kind = columns.rating != kMissing ? SegmentData::Ratings : SegmentData::Clicks;
  table.declared = columns.segment != kMissing;
  std::map<std::string, std::string> segment_of;
  while (reader.next(record)) {
    if (record.fields.size() != width) {
      reader.fail("fields", record.line,
                  std::to_string(record.fields.size()) + " fields where the first line has " +
                      std::to_string(width) + "; a comma inside a field needs quotes around it");
    }
    SegmentRow row;
    row.user = record.fields[columns.user];
    if (row.user.empty()) reader.fail("value", record.line, "the user is empty");
    row.style = record.fields[columns.style];
    if (!known.contains(row.style)) {
      const std::string near = nearest_word(row.style, {styles.begin(), styles.end()});
      reader.fail("style", record.line,
                  "the style \"" + printable(row.style) + "\" is not known" +
                      (near.empty() ? "; `atelier styles` lists the names" : "; did you mean " + near + "?"));
    }
    if (table.kind == SegmentData::Ratings) {
      row.rating = read_number(reader, record, columns.rating, "the rating", options.lowest_rating,
                               options.highest_rating);
    } else {
      row.impressions = columns.impressions == kMissing
                            ? 1
                            : read_number<std::int64_t>(reader, record, columns.impressions,
                                                        "the number of impressions", 1, 1'000'000'000);
      row.clicks = read_number<std::int64_t>(reader, record, columns.clicks, "the number of clicks", 0,
                                             row.impressions);
    }
    if (table.declared) {
      row.segment = record.fields[columns.segment];
      if (row.segment.empty()) reader.fail("segment", record.line, "the segment is empty");
      const auto [found, is_new] = segment_of.emplace(row.user, row.segment);
      if (!is_new && found->second != row.segment) {
        reader.fail("segment", record.line,
                    "the user \"" + printable(row.user) + "\" is in two segments, \"" +
                        printable(found->second) + "\" and \"" + printable(row.segment) + "\"; keep one");
      }
    }
    table.rows.push_back(std::move(row));
  }
  if (table.rows.empty()) reader.fail("empty", 1, "there is nothing below the first line");
  return table;
}

}  // namespace atelier::personalization

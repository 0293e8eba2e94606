#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace atelier::personalization {

enum class SegmentData {
  Ratings,
  Clicks,
};

/// What one line says about one person and one style.
struct SegmentRow {
  std::string user, style;
  std::string segment;                       ///< "" unless the file declares segments
  double rating = 0;                         ///< Ratings only
  std::int64_t clicks = 0, impressions = 0;  ///< Clicks only, clicks <= impressions
};

struct SegmentTable {
  SegmentData kind = SegmentData::Ratings;
  bool declared = false;  ///< there is a column `segment`
  std::vector<SegmentRow> rows;
};

struct SegmentCsvOptions {
  double lowest_rating = 1, highest_rating = 5;
};

/// Reads a table in CSV (RFC 4180; also LF alone, a UTF-8 byte order mark, blank lines, spaces around fields
/// without quotes). The first line names the columns, in any order and case; others than these are ignored:
///   user, style            required
///   rating                 a number on the scale of the options
///   click or clicks        0 or 1; with a column `impressions` (1..10^9) how many of these clicked
///   segment                optional: the person's segment, the same in all their lines
/// One of rating and clicks must be there, not both. Errors, all BadData, all naming `name` and the line:
/// "segments.columns" (missing, double, contradicting), "segments.quotes", "segments.fields" (their number,
/// their length, control characters), "segments.encoding" (not UTF-8), "segments.value" (not a number, NaN,
/// out of range), "segments.style" (none of `styles`, with the nearest one), "segments.segment" (a person in
/// two), "segments.empty".
SegmentTable parse_segment_csv(std::string_view text, const std::string& name,
                               std::span<const std::string> styles, const SegmentCsvOptions& options = {});

}  // namespace atelier::personalization

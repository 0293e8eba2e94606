#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "atelier/report/escape.h"
#include "atelier/report/picture_data_uri.h"

namespace atelier::report {

/// A picture with words under it; `data_uri` comes from picture_data_uri.
struct Figure {
  std::string data_uri;
  std::string caption;
};

/// One self-contained HTML file, written from top to bottom: style inside, light and dark by the reader's
/// setting, no network, no script unless one is added. Text is escaped; the pieces that take markup say so.
class HtmlPage {
 public:
  explicit HtmlPage(std::string title);

  /// level 1..4; the title is already a heading of level 1.
  HtmlPage& heading(int level, std::string_view text);
  HtmlPage& paragraph(std::string_view text);
  /// A paragraph in a frame; good and bad also by colour.
  enum class Tone { Plain, Good, Bad };
  HtmlPage& note(std::string_view text, Tone tone = Tone::Plain);
  HtmlPage& list(const std::vector<std::string>& items);
  /// Cells that read as numbers (sign, thousands, percent, unit-free) stand to the right. Short rows are
  /// filled up.
  HtmlPage& table(const std::vector<std::string>& headers, const std::vector<std::vector<std::string>>& rows);
  /// Error Internal "report.picture" unless the text is a data URI of a picture.
  HtmlPage& figure(const std::string& data_uri, std::string_view caption);
  /// Figures side by side, wrapping where the page is narrow.
  HtmlPage& figures(const std::vector<Figure>& row);
  /// Markup of a chart (LineChart::svg and the like) with an optional caption. Error Internal "report.svg"
  /// when it is none.
  HtmlPage& svg(const std::string& markup, std::string_view caption = {});
  /// A script of our own at the end of the page; `</` is made harmless.
  HtmlPage& script(std::string_view code);
  /// Markup of our own, taken as it is: nothing from outside belongs in it unescaped.
  HtmlPage& markup(std::string_view html);

  std::string str() const;

 private:
  std::string title_, body_, scripts_;
};

}  // namespace atelier::report

#include "atelier/report/html_page.h"

#include <algorithm>
#include <cctype>

#include "atelier/core/error.h"

namespace atelier::report {
namespace {

// Colours of charts are the page's, so that one SVG serves light and dark.
constexpr std::string_view kStyle = R"(
:root{color-scheme:light dark;--paper:#fff;--ink:#1d1f24;--soft:#5d6470;--line:#d8dce3;--shade:#f4f6f9;--good:#1a7f4b;--bad:#b3261e;
--c0:#0072b2;--c1:#d55e00;--c2:#009e73;--c3:#cc79a7;--c4:#8a6d00;--c5:#56b4e9;--c6:#7b5cd6;--c7:#6b7280}
@media (prefers-color-scheme:dark){:root{--paper:#15171c;--ink:#e6e8ec;--soft:#9aa2af;--line:#343943;--shade:#1e2128;--good:#57c98d;--bad:#ff8a80;
--c0:#5ab0e6;--c1:#ff9a4d;--c2:#3ccfa4;--c3:#e6a3c8;--c4:#d9b93b;--c5:#8fd0f5;--c6:#b19cf5;--c7:#a3acba}}
*{box-sizing:border-box}
body{margin:0 auto;padding:2rem 1.25rem 4rem;max-width:72rem;background:var(--paper);color:var(--ink);
font:16px/1.55 system-ui,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
h1{font-size:1.9rem;line-height:1.2;margin:0 0 1rem}h2{font-size:1.35rem;margin:2.4rem 0 .6rem;padding-top:.6rem;border-top:1px solid var(--line)}
h3{font-size:1.1rem;margin:1.6rem 0 .4rem}h4{font-size:1rem;margin:1.2rem 0 .3rem}
p,ul{margin:.5rem 0;max-width:52rem}
.note{border-left:4px solid var(--line);background:var(--shade);padding:.55rem .9rem;margin:.7rem 0;max-width:none}
.note.good{border-color:var(--good)}.note.bad{border-color:var(--bad)}
.scroll{overflow-x:auto;margin:.8rem 0}
table{border-collapse:collapse;font-size:.92rem}th,td{padding:.3rem .75rem;border-bottom:1px solid var(--line);text-align:left;vertical-align:top}
th{color:var(--soft);font-weight:600;white-space:nowrap}.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
tbody tr:hover{background:var(--shade)}
figure{margin:.8rem 0}figure img{max-width:100%;height:auto;display:block;border-radius:4px}
figcaption{color:var(--soft);font-size:.87rem;margin-top:.3rem}
.row{display:flex;flex-wrap:wrap;gap:.9rem;margin:.8rem 0}.row figure{margin:0;flex:0 1 auto;max-width:100%}
svg.chart{max-width:100%;height:auto;font:12px system-ui,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
svg.chart text{fill:var(--soft)}svg.chart .title{fill:var(--ink);font-weight:600;font-size:14px}svg.chart .label{fill:var(--ink)}
svg.chart .grid{stroke:var(--line)}svg.chart .axis{stroke:var(--soft)}
@media print{body{max-width:none}.row figure,table,svg{break-inside:avoid}}
)";

/// Whether a cell reads as a number: at least one digit, nothing but signs, digits, separators and unit
/// marks.
bool reads_as_number(const std::string& cell) {
  if (cell == "-" || cell == "\u2013") return true;  // where a number would be
  bool digit = false;
  for (const char c : cell) {
    if (std::isdigit(static_cast<unsigned char>(c)) != 0) {
      digit = true;
    } else if (std::string_view("+-.,% []()e").find(c) == std::string_view::npos) {
      return false;
    }
  }
  return digit;
}

std::string caption_markup(std::string_view caption) {
  return caption.empty() ? "" : "<figcaption>" + escape_html(caption) + "</figcaption>";
}

std::string figure_markup(const std::string& data_uri, std::string_view caption) {
  const bool safe =
      data_uri.starts_with("data:image/") && data_uri.find_first_of("\"'<> ") == std::string::npos;
  if (!safe) throw Error(ErrorCode::Internal, "report.picture", "a report embeds pictures as data URIs only");
  return "<figure><img loading=\"lazy\" src=\"" + data_uri + "\" alt=\"" + escape_html(caption) + "\">" +
         caption_markup(caption) + "</figure>\n";
}

}  // namespace

HtmlPage::HtmlPage(std::string title) : title_(std::move(title)) {}

HtmlPage& HtmlPage::heading(int level, std::string_view text) {
  const std::string tag = "h" + std::to_string(std::clamp(level, 1, 4));
  body_ += "<" + tag + ">" + escape_html(text) + "</" + tag + ">\n";
  return *this;
}

HtmlPage& HtmlPage::paragraph(std::string_view text) {
  body_ += "<p>" + escape_html(text) + "</p>\n";
  return *this;
}

HtmlPage& HtmlPage::note(std::string_view text, Tone tone) {
  const char* const kind = tone == Tone::Good ? " good" : tone == Tone::Bad ? " bad" : "";
  body_ += std::string("<p class=\"note") + kind + "\">" + escape_html(text) + "</p>\n";
  return *this;
}

HtmlPage& HtmlPage::list(const std::vector<std::string>& items) {
  body_ += "<ul>";
  for (const std::string& item : items) body_ += "<li>" + escape_html(item) + "</li>";
  body_ += "</ul>\n";
  return *this;
}

HtmlPage& HtmlPage::table(const std::vector<std::string>& headers,
                          const std::vector<std::vector<std::string>>& rows) {
  std::vector<bool> numbers(headers.size(), !rows.empty());
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < std::min(headers.size(), row.size()); ++i) {
      if (!row[i].empty() && !reads_as_number(row[i])) numbers[i] = false;
    }
  }
  const auto cell = [&](const char* tag, std::size_t column, const std::string& text) {
    body_ += std::string("<") + tag + (numbers[column] ? " class=\"number\">" : ">") + escape_html(text) +
             "</" + tag + ">";
  };
  body_ += "<div class=\"scroll\"><table><thead><tr>";
  for (std::size_t i = 0; i < headers.size(); ++i) cell("th", i, headers[i]);
  body_ += "</tr></thead><tbody>\n";
  for (const auto& row : rows) {
    body_ += "<tr>";
    for (std::size_t i = 0; i < headers.size(); ++i) cell("td", i, i < row.size() ? row[i] : "");
    body_ += "</tr>\n";
  }
  body_ += "</tbody></table></div>\n";
  return *this;
}

HtmlPage& HtmlPage::figure(const std::string& data_uri, std::string_view caption) {
  body_ += figure_markup(data_uri, caption);
  return *this;
}

HtmlPage& HtmlPage::figures(const std::vector<Figure>& row) {
  std::string markup = "<div class=\"row\">\n";
  for (const Figure& figure : row) markup += figure_markup(figure.data_uri, figure.caption);
  body_ += markup + "</div>\n";
  return *this;
}

HtmlPage& HtmlPage::svg(const std::string& markup, std::string_view caption) {
  if (!markup.starts_with("<svg"))
    throw Error(ErrorCode::Internal, "report.svg", "a report's chart must be an <svg> element");
  body_ += "<figure>" + markup + caption_markup(caption) + "</figure>\n";
  return *this;
}

HtmlPage& HtmlPage::script(std::string_view code) {
  scripts_ += "<script>\n";
  for (std::size_t i = 0; i < code.size(); ++i) {
    scripts_ += code[i];
    // "</" only stands in strings and patterns of a script, where "<\/" means the same.
    if (code[i] == '<' && i + 1 < code.size() && code[i + 1] == '/') scripts_ += '\\';
  }
  scripts_ += "\n</script>\n";
  return *this;
}

HtmlPage& HtmlPage::markup(std::string_view html) {
  body_ += html;
  return *this;
}

std::string HtmlPage::str() const {
  const std::string title = escape_html(title_);
  return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
         "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>" +
         title + "</title>\n<style>" + std::string(kStyle) + "</style>\n</head>\n<body>\n<h1>" + title +
         "</h1>\n" + body_ + scripts_ + "</body>\n</html>\n";
}

}  // namespace atelier::report

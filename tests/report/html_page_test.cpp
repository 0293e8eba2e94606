#include "atelier/report/html_page.h"

#include "atelier/image/read_image.h"
#include "support/expect_error.h"

namespace atelier::report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::vector<std::byte> decode_base64(std::string_view text) {
  const std::string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::vector<std::byte> bytes;
  unsigned bits = 0;
  int held = 0;
  for (const char c : text) {
    if (c == '=') break;
    bits = bits << 6 | static_cast<unsigned>(alphabet.find(c));
    held += 6;
    if (held < 8) continue;
    held -= 8;
    bytes.push_back(static_cast<std::byte>(bits >> held & 255));
  }
  return bytes;
}

Image grey(int width, int height) {
  Image image(width, height);
  for (auto& sample : image.rgb8()) sample = 120;
  return image;
}

Image decoded(const std::string& uri) {
  return read_image_bytes(decode_base64(std::string_view(uri).substr(uri.find(',') + 1)),
                          "the picture of the page");
}

TEST(EscapeHtml, LeavesNothingThatMarkupCouldUse) {
  EXPECT_EQ(escape_html("a<b>&\"c'"), "a&lt;b&gt;&amp;&quot;c&#39;");
}

TEST(EscapeHtml, KeepsUtf8AndMendsWhatIsNone) {
  EXPECT_EQ(escape_html("Bücher"), "Bücher");
  EXPECT_EQ(escape_html("a\xff"
                        "b\x01"),
            "a\xEF\xBF\xBD"
            "b ");
}

TEST(PictureDataUri, IsAJpegNoLargerThanAskedThatReadsBack) {
  const std::string uri = picture_data_uri(grey(400, 100), 200);
  EXPECT_THAT(uri, StartsWith("data:image/jpeg;base64,"));
  const Image image = decoded(uri);
  EXPECT_EQ(image.width(), 200);
  EXPECT_EQ(image.height(), 50);
  EXPECT_NEAR(image.rgb8()[0], 120, 2);
}

TEST(PictureDataUri, NeverEnlarges) {
  EXPECT_EQ(decoded(picture_data_uri(grey(20, 10), 200)).width(), 20);
}

TEST(PictureDataUri, KeepsTransparency) {
  Image image = grey(8, 8);
  image.add_alpha();
  image.alpha8()[3] = 0;
  const std::string uri = picture_data_uri(image, 100);
  EXPECT_THAT(uri, StartsWith("data:image/png;base64,"));
  EXPECT_EQ(decoded(uri).alpha8()[3], 0);
}

TEST(PictureDataUri, RefusesASideBelowOne) {
  test::expect_error([] { picture_data_uri(grey(8, 8), 0); }, ErrorCode::Usage, "image.size");
}

TEST(HtmlPage, IsOneWholeFileThatAsksNothingOfANetwork) {
  const std::string page = HtmlPage("Report").paragraph("hello").str();
  EXPECT_THAT(page, StartsWith("<!DOCTYPE html>"));
  EXPECT_THAT(page, HasSubstr("prefers-color-scheme:dark"));
  EXPECT_THAT(page, Not(HasSubstr("<script")));
  EXPECT_THAT(page, Not(HasSubstr("http://")));
  EXPECT_THAT(page, Not(HasSubstr("https://")));
  EXPECT_TRUE(page.ends_with("</html>\n"));
}

TEST(HtmlPage, EscapesEveryText) {
  const std::string evil = "<img src=x onerror=alert(1)>\"'";
  const std::string page = HtmlPage(evil)
                               .heading(2, evil)
                               .paragraph(evil)
                               .note(evil)
                               .list({evil})
                               .table({evil}, {{evil}})
                               .figure(picture_data_uri(grey(4, 4), 4), evil)
                               .str();
  EXPECT_THAT(page, Not(HasSubstr("<img src=x")));
}

TEST(HtmlPage, PutsNumbersToTheRightAndWordsToTheLeft) {
  const std::string page =
      HtmlPage("t").table({"name", "ms"}, {{"4x4 M", "12.5"}, {"L", "-3 %"}, {"XS", "-"}}).str();
  EXPECT_THAT(page, HasSubstr("<th>name</th><th class=\"number\">ms</th>"));
  EXPECT_THAT(page, HasSubstr("<td>L</td><td class=\"number\">-3 %</td>"));
}

TEST(HtmlPage, FillsShortRows) {
  EXPECT_THAT(HtmlPage("t").table({"a", "b"}, {{"x"}}).str(), HasSubstr("<td>x</td><td"));
}

TEST(HtmlPage, RefusesPicturesThatAreNotInThePage) {
  test::expect_error([] { HtmlPage("t").figure("https://example.org/a.png", ""); }, ErrorCode::Internal,
                     "report.picture");
  test::expect_error([] { HtmlPage("t").figure("data:image/png;base64,\" onload=\"x", ""); },
                     ErrorCode::Internal, "report.picture");
}

TEST(HtmlPage, KeepsAScriptFromEndingEarly) {
  EXPECT_THAT(HtmlPage("t").script("x = '</script>';").str(), HasSubstr("x = '<\\/script>';"));
}

}  // namespace
}  // namespace atelier::report

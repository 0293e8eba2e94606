#include "terminal_picture.h"

#include <poll.h>
#include <sodium.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <vector>

#include "atelier/image/resize.h"
#include "atelier/image/write_image.h"
#include "terminal.h"

namespace atelier::cli {
namespace {

constexpr int kLevels = 6;  // of each colour channel
constexpr int kColours = kLevels * kLevels * kLevels;
constexpr int kBand = 6;  // rows of one sixel

/// Keys come at once and unseen while it lives.
class RawTerminal {
 public:
  RawTerminal() {
    ok_ = ::tcgetattr(STDIN_FILENO, &before_) == 0;
    termios raw = before_;
    raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
    ok_ = ok_ && ::tcsetattr(STDIN_FILENO, TCSANOW, &raw) == 0;
  }
  ~RawTerminal() {
    if (ok_) ::tcsetattr(STDIN_FILENO, TCSANOW, &before_);
  }
  RawTerminal(const RawTerminal&) = delete;
  RawTerminal& operator=(const RawTerminal&) = delete;
  bool ok() const { return ok_; }

 private:
  termios before_{};
  bool ok_ = false;
};

// The device attributes end the reply: every terminal knows them, and they come last.
std::string read_reply() {
  using Clock = std::chrono::steady_clock;
  const auto until = Clock::now() + std::chrono::milliseconds(200);
  std::string reply;
  const auto is_whole = [&] { return reply.ends_with('c') && reply.find("\x1b[?") != std::string::npos; };
  while (reply.size() < 1000 && !is_whole()) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now()).count();
    pollfd ready{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
    if (left <= 0 || ::poll(&ready, 1, static_cast<int>(left)) <= 0) break;
    char byte = 0;
    if (::read(STDIN_FILENO, &byte, 1) != 1) break;
    reply += byte;
  }
  return reply;
}

std::string base64(const std::vector<std::byte>& bytes) {
  std::string text(sodium_base64_ENCODED_LEN(bytes.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
  sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const unsigned char*>(bytes.data()),
                    bytes.size(), sodium_base64_VARIANT_ORIGINAL);
  text.resize(std::strlen(text.c_str()));
  return text;
}

int colour_of(const std::uint8_t* rgb) {
  const auto level = [](int value) { return (value * (kLevels - 1) + 127) / 255; };
  return (level(rgb[0]) * kLevels + level(rgb[1])) * kLevels + level(rgb[2]);
}

void append_run(std::string& text, int count, int bits) {
  const char sixel = static_cast<char>('?' + bits);
  text +=
      count > 3 ? "!" + std::to_string(count) + sixel : std::string(static_cast<std::size_t>(count), sixel);
}

// One colour's share of a band of six rows: each character is a column of six dots.
void append_band(std::string& text, const std::vector<int>& colours, int width, int rows, int colour) {
  int run = 0, last = 0;
  for (int x = 0; x < width; ++x) {
    int bits = 0;
    for (int y = 0; y < rows; ++y) {
      if (colours[static_cast<std::size_t>(y) * static_cast<std::size_t>(width) +
                  static_cast<std::size_t>(x)] == colour)
        bits |= 1 << y;
    }
    if (run > 0 && bits != last) append_run(text, run, last), run = 0;
    last = bits;
    ++run;
  }
  if (last != 0) append_run(text, run, last);
}

}  // namespace

const char* const kPictureQuery = "\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\\x1b[c";

TerminalPictures ask_terminal_for_pictures() {
  if (!can_ask()) return TerminalPictures::None;
  const RawTerminal raw;
  if (!raw.ok()) return TerminalPictures::None;
  const std::size_t length = std::strlen(kPictureQuery);
  if (::write(STDERR_FILENO, kPictureQuery, length) != static_cast<ssize_t>(length))
    return TerminalPictures::None;
  return parse_picture_reply(read_reply());
}

TerminalPictures parse_picture_reply(std::string_view reply) {
  if (reply.find("\x1b_Gi=31;OK") != std::string_view::npos) return TerminalPictures::Kitty;
  const std::size_t start = reply.rfind("\x1b[?");
  if (start == std::string_view::npos || !reply.ends_with('c')) return TerminalPictures::None;
  std::string_view list = reply.substr(start + 3, reply.size() - start - 4);
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(';'), list.size());
    if (list.substr(0, end) == "4") return TerminalPictures::Sixel;
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return TerminalPictures::None;
}

std::string kitty_picture(const Image& picture) {
  constexpr std::size_t kChunk = 4096;
  Image opaque = picture;
  opaque.remove_alpha();
  const std::string data = base64(encode_image(opaque, "png"));
  std::string text;
  for (std::size_t at = 0; at < data.size(); at += kChunk) {
    const bool more = at + kChunk < data.size();
    text += "\x1b_G";
    if (at == 0) text += "a=T,f=100,";
    text += std::string("m=") + (more ? "1;" : "0;") + data.substr(at, kChunk) + "\x1b\\";
  }
  return text + "\n";
}

std::string sixel_picture(const Image& picture) {
  const Image image = picture.to_depth(Depth::U8);
  const int width = image.width(), height = image.height();
  std::string text = "\x1bPq\"1;1;" + std::to_string(width) + ";" + std::to_string(height);
  std::array<bool, kColours> defined{};
  std::vector<int> colours(static_cast<std::size_t>(width) * kBand);
  for (int top = 0; top < height; top += kBand) {
    const int rows = std::min(kBand, height - top);
    std::array<bool, kColours> used{};
    for (std::size_t i = 0; i < static_cast<std::size_t>(rows) * static_cast<std::size_t>(width); ++i) {
      colours[i] = colour_of(image.rgb8().data() +
                             3 * (static_cast<std::size_t>(top) * static_cast<std::size_t>(width) + i));
      used[static_cast<std::size_t>(colours[i])] = true;
    }
    bool first = true;
    for (int colour = 0; colour < kColours; ++colour) {
      const auto at = static_cast<std::size_t>(colour);
      if (!used[at]) continue;
      if (!first) text += "$";  // back to the start of the band
      first = false;
      text += "#" + std::to_string(colour);
      if (!defined[at]) {
        const auto per_cent = [](int level) { return std::to_string(level * 100 / (kLevels - 1)); };
        text += ";2;" + per_cent(colour / (kLevels * kLevels)) + ";" + per_cent(colour / kLevels % kLevels) +
                ";" + per_cent(colour % kLevels) + "#" + std::to_string(colour);
        defined[at] = true;
      }
      append_band(text, colours, width, rows, colour);
    }
    text += "-";  // next band
  }
  return text + "\x1b\\\n";
}

std::string terminal_picture(const Image& picture, TerminalPictures kind, int side) {
  if (kind == TerminalPictures::None) return {};
  const int longest = std::max(picture.width(), picture.height());
  const auto scaled = [&](int length) {
    return longest <= side ? length : std::max(1, static_cast<int>(std::int64_t{length} * side / longest));
  };
  const Image small = resize(picture, scaled(picture.width()), scaled(picture.height()));
  return kind == TerminalPictures::Kitty ? kitty_picture(small) : sixel_picture(small);
}

}  // namespace atelier::cli

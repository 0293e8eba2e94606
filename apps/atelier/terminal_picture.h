#pragma once

#include <string>
#include <string_view>

#include "atelier/image/image.h"

namespace atelier::cli {

/// How a terminal shows pictures.
enum class TerminalPictures { None, Sixel, Kitty };

/// What the terminal on standard input and standard error says of itself; it gets a fifth of a second. None
/// when there is no terminal.
TerminalPictures ask_terminal_for_pictures();

/// What is sent to ask, and what the reply says: kitty's answer "_Gi=31;OK", or 4 among the device attributes
/// for sixels.
extern const char* const kPictureQuery;
TerminalPictures parse_picture_reply(std::string_view reply);

/// The picture as bytes for the terminal, with a line break at the end. Kitty's protocol carries a PNG;
/// sixels have 216 colours. Alpha is left out.
std::string kitty_picture(const Image& picture);
std::string sixel_picture(const Image& picture);

/// At most `side` pixels a side, in the form the terminal understands; empty for None.
std::string terminal_picture(const Image& picture, TerminalPictures kind, int side);

}  // namespace atelier::cli

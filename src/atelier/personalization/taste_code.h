#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "atelier/style/style_code.h"
#include "atelier/style/style_space.h"

namespace atelier::personalization {

/// A style in a line of text that survives a letter or a phone call: "AT1-" and groups of Crockford base32
/// (no I, L, O, U; case and hyphens do not matter). Version 1 holds a 24-bit hash of the space's id, the
/// number of coordinates, the coordinates as 16-bit steps of 1/4096 (-8..8), strength and detail as bytes,
/// and a 32-bit checksum. It is made for the principal part of a style: what lies outside the space's
/// components is left out. The StyleCode is computed from the steps in a fixed order of IEEE operations: bit
/// for bit the same everywhere.
struct TasteCode {
  std::string space;       ///< id of the space
  std::vector<int> steps;  ///< z in 1/4096, -32768..32767, 1..64 of them
  int strength = 100;      ///< per cent, 0..200
  int detail = -1;         ///< per cent, 0..100; -1: the model's default

  bool operator==(const TasteCode&) const = default;

  /// The nearest code to a style. Error BadData "style.space" for a code of another space; Usage "taste.code"
  /// for strength outside 0..2 or detail outside 0..1 (-1 allowed).
  static TasteCode of(const style::StyleSpace& space, const StyleCode& code, double strength = 1,
                      double detail = -1);

  std::string to_text() const;
  /// Error BadData "taste.code" for text that is none, "taste.code_version" for a newer version,
  /// "taste.code_checksum" for a slip of the pen, "taste.code_space" for a code of another style space than
  /// `space`.
  static TasteCode parse(std::string_view text, const style::StyleSpace& space);

  /// Error BadData "taste.code_space" for another space.
  StyleCode style(const style::StyleSpace& space) const;
};

/// (1 - t) a + t b, rounded to steps; t in 0..1. Error Usage "taste.code" for another t, BadData
/// "taste.code_space" for codes of two spaces or sizes.
TasteCode blend(const TasteCode& a, const TasteCode& b, double t);

}  // namespace atelier::personalization

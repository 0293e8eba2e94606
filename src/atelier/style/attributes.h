#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace atelier::style {

/// A property of a picture's style that a person can name: one number between two words.
struct Attribute {
  std::string key;                      ///< "warmth"; a-z and '-', the key in files
  std::string low, high;                ///< "cool", "warm": the words for little and much of it
  std::string unit;                     ///< what the number is measured in
  std::string low_phrase, high_phrase;  ///< "cool, bluish colours": for sentences such as "you favour ..."
  std::vector<std::string> low_words, high_words;  ///< other words people use for the two ends
};

/// The fixed table, in the order people read it:
/// warmth, saturation, lightness, contrast, variety, stroke-size, texture, shading, disorder, outlines,
/// density.
const std::vector<Attribute>& attributes();

/// The row of the table, nullptr when there is none.
const Attribute* find_attribute(std::string_view key);

/// Every attribute of a picture, from its pixels alone: planar RGB [3, height, width] in [0,1], sRGB. The
/// picture is first brought to a short side of 256 pixels (averaging areas; sides ratio at most 4), so the
/// file's size hardly matters; mirroring does not. L, a, b: CIE Lab (D65). G(s): L blurred with a Gaussian of
/// s pixels. |grad|: length of the gradient, L per pixel.
///
///   warmth       mean of a cos 60 + b sin 60 degrees, the axis from blue to orange             (Lab)
///   saturation   mean of the chroma sqrt(a^2 + b^2)                                            (Lab)
///   lightness    mean of L                                                                     (of 100)
///   contrast     standard deviation of L                                                       (L)
///   variety      entropy over 24 hues and grey, a pixel of chroma C is C / (C + 10) coloured;
///                divided by ln 25                                                              (of 1)
///   stroke-size  centre of gravity of k = 0..4 with the weights E_k / 2^k,
///                E_k the mean square of G(2^(k-1)) - G(2^k), G(1/2) = L                        (octaves)
///   texture      median over blocks of 16 x 16 of log2(1 + the standard deviation of L - G(2)) (octaves)
///   shading      (1 + share of smooth slopes - share of flat ground) / 2; slope: |grad G(4)|
///                above 0.1 .. 0.3 and no edge (1.5 .. 3); flat: below; neither under fine
///                texture (deviation of L - G(2) within about 4 pixels above 2 .. 5)            (of 1)
///   disorder     entropy over 12 directions of grad G(1), weighted by |grad|, in blocks of
///                32 x 32; mean over blocks weighted by their |grad|, divided by ln 12          (of 1)
///   outlines     mean of max(0, closing of L over 5 x 5 - L): the darkness of thin lines
///                drawn into lighter ground, less that of thin light lines drawn into dark      (L)
///   density      mean over blocks of 32 x 32 of s / (s + d / 2), s the standard deviation of
///                G(2) in the block, d in the whole picture + 2: how much of the picture has
///                forms in it, whatever its contrast                                            (of 1)
///
/// A picture of one colour gives finite numbers. Errors: Internal "style.attributes" when planes does not
/// hold 3 * height * width values, BadData "style.attributes" for one that is not finite.
std::map<std::string, double> measure_attributes(std::span<const float> planes, int height, int width);

/// True when each attribute of the table is there. Numbers of another table (an older model) are not.
bool has_all_attributes(const std::map<std::string, double>& measured);

/// How an attribute is spread over a collection of styles.
struct AttributeScale {
  double mean = 0;
  double sd = 1;  ///< > 0

  double standardise(double value) const { return (value - mean) / sd; }
  bool operator==(const AttributeScale&) const = default;
};

/// Means and standard deviations, for the keys that every row has; empty for no rows. An attribute that
/// does not vary gets a tiny sd above 0.
std::map<std::string, AttributeScale> scale_attributes(std::span<const std::map<std::string, double>> rows);

/// What sets a style apart, in words, strongest first: at most `count` of those at least `threshold`
/// standard deviations from the mean, for example {"dark", "muted", "coarse"}.
std::vector<std::string> describe_attributes(const std::map<std::string, double>& measured,
                                             const std::map<std::string, AttributeScale>& scales,
                                             std::size_t count = 3, double threshold = 0.5);

/// One direction a person asked for.
struct AttributeWish {
  std::string key;
  int direction = 1;  ///< 1: much of it, -1: little

  bool operator==(const AttributeWish&) const = default;
};

/// "muted, coarse, not dark" to directions; words are separated by commas. Error Usage "style.words" for an
/// unknown word, with the nearest one, and for none at all.
std::vector<AttributeWish> parse_wishes(const std::string& text);

/// How well a style answers the wishes, -2..2: each is worth the standardised attribute in the wished
/// direction, limited to -2..2; half their mean and half the worst of them, so that one extreme does not make
/// up for the others. -2 when an attribute is not known, 0 for no wishes.
double match_wishes(const std::vector<AttributeWish>& wishes, const std::map<std::string, double>& measured,
                    const std::map<std::string, AttributeScale>& scales);

}  // namespace atelier::style

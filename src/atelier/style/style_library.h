#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "atelier/style/style_code.h"
#include "atelier/style/style_space.h"

namespace atelier::style {

/// A style with a name and a provenance.
struct NamedStyle {
  std::string name;                       ///< what people type: 1..64 of a-z, 0-9 and '-'
  std::string title = {}, artist = {};    ///< for people
  std::string year = {}, period = {};     ///< "c. 1831"; a label such as "ukiyo-e"
  std::string source = {}, licence = {};  ///< where the picture comes from and on which terms
  std::string sha256 = {};                ///< of the picture file, hex; may be empty
  std::string delta = {};                 ///< SHA-256 of the file with what it trained beside its code (see
                                          ///< user_delta_path); empty: the code is all
  StyleCode code;
  float detail = -1;  ///< the detail dial that suits it, 0..1; -1: the model's default
  std::map<std::string, double> attributes = {};  ///< measured properties ("saturation"), finite
  std::vector<double> coordinates = {};           ///< z of the code; empty when the space was not fitted

  bool operator==(const NamedStyle&) const = default;
};

/// A neighbour in the gallery; `distance` in whitened coordinates when a space is given, else in code values.
struct StyleNeighbour {
  std::string name;
  double distance = 0;
};

/// The gallery: named styles of one style space, in the order they were added. Reading and writing is JSON
/// (styles.json). All const members are safe from many threads.
class StyleLibrary {
 public:
  /// An empty one. Error Config "style.space" for an id that is not 1..64 of letters, digits, '-', '_' and
  /// '.'.
  explicit StyleLibrary(std::string space);

  /// Error NoInput when the file is missing, BadData "style.library" when it is broken, larger than 16 MiB or
  /// holds a number that is not finite, "style.space" when it belongs to another space than `expected_space`
  /// (empty: any).
  static StyleLibrary read(const std::filesystem::path& path, const std::string& expected_space = {});
  /// `name` stands for the file in messages.
  static StyleLibrary parse(std::string_view text, const std::string& name,
                            const std::string& expected_space = {});

  std::string to_text() const;  ///< deterministic; parse() of it gives an equal library
  void write(const std::filesystem::path& path) const;

  const std::string& space() const { return space_; }
  const std::vector<NamedStyle>& styles() const { return styles_; }
  std::vector<std::string> names() const;
  const NamedStyle* find(std::string_view name) const;  ///< nullptr when absent
  /// The known name nearest to a misspelt one, or empty.
  std::string suggestion(std::string_view name) const;

  /// Error Usage "style.name" for a bad or a taken name, BadData "style.space" for a code of another space or
  /// length, BadData "style.code" for one that is not finite.
  void add(NamedStyle style);
  bool remove(std::string_view name);  ///< false when there is none

  /// The `count` styles nearest to `code`, nearest first; ties keep the library's order.
  std::vector<StyleNeighbour> nearest(const StyleCode& code, std::size_t count,
                                      const StyleSpace* space = nullptr) const;

  bool operator==(const StyleLibrary&) const = default;

 private:
  std::string space_;
  std::vector<NamedStyle> styles_;
};

bool is_style_name(std::string_view name);  ///< 1..64 of a-z, 0-9 and '-'
bool is_space_id(std::string_view id);  ///< 1..64 of letters, digits, '-', '_' and '.', not starting with '.'

}  // namespace atelier::style

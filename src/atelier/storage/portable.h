#pragma once

#include <cstddef>
#include <iosfwd>
#include <string>

#include "atelier/storage/preference_store.h"

namespace atelier::storage {

/// Lines longer than this are refused on import.
inline constexpr std::size_t kMaxLineBytes = std::size_t{1} << 20;

struct ImportResult {
  std::size_t added = 0;
  std::size_t known = 0;  ///< were here already, by token or uid
};

/// Writes one person's settings and whole history as JSON Lines (docs/taste-format.md), a page at a time.
/// Gives the number of answers. Error Io "taste.write" when the stream fails.
std::size_t export_taste(PreferenceStore& store, const std::string& user, std::ostream& out);

/// Reads such a file for `user` (the name in the file is not looked at): all of it or, when it throws,
/// nothing. Reading it twice adds nothing. Consent is not imported: it is given, never carried. Error BadData
/// "taste.import" naming the line and the field; Unavailable "taste.version" for a newer format. `name`
/// stands for the file in messages.
ImportResult import_taste(PreferenceStore& store, const std::string& user, std::istream& in,
                          const std::string& name);

}  // namespace atelier::storage

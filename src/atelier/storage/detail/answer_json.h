#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "atelier/storage/preference_store.h"

namespace atelier::storage::detail {

/// How a code's numbers are written: as they are, or as the shortest decimals that read back as the same
/// floats.
enum class Digits { Exact, Short };

/// The object that docs/taste-format.md describes, without the id of an answer not yet stored and without
/// empty fields.
nlohmann::json to_json(const StoredAnswer& stored, Digits digits);

/// The answer of such an object, valid in the sense of validate(). Error BadData "taste.answer" naming the
/// field, also for a field that is not known.
StoredAnswer from_json(const nlohmann::json& json);

/// What a database keeps of an answer, all but its id and whether it was undone: a version byte, then CBOR.
std::string pack(const StoredAnswer& stored);
/// Error BadData "store.corrupt" for anything else.
StoredAnswer unpack(std::string_view bytes);

}  // namespace atelier::storage::detail

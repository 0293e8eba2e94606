#pragma once

#include <cstddef>
#include <string>

#include "atelier/model/model_bundle.h"
#include "atelier/model/style_delta.h"
#include "atelier/style/style_library.h"

namespace atelier::cli {

/// Error Usage "style.name" for a bad name, or one that a style of one's own has unless `replace`: before
/// minutes of training, not after.
void require_free_name(const std::string& name, const model::ModelBundle& bundle, bool replace);

/// Puts a trained style into the person's gallery, in place of one of that name; the delta's file first, so
/// that a style is whole or not there. Returns the delta's size in bytes, 0 for an empty one.
std::size_t add_trained(style::NamedStyle style, const model::StyleDelta& delta,
                        const model::ModelBundle& bundle);

}  // namespace atelier::cli

#pragma once

#include <optional>
#include <vector>

#include "atelier/image/image.h"

namespace atelier::evaluation {

/// Pictures in a table on white, each scaled to side x side pixels with `gap` between them; an absent one
/// stays white. Rows may be shorter than the longest. Error Usage "image.size" when there is no picture at
/// all.
Image contact_sheet(const std::vector<std::vector<std::optional<Image>>>& rows, int side, int gap);

}  // namespace atelier::evaluation

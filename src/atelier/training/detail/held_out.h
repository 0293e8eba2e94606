#pragma once

#include <vector>

#include "atelier/training/detail/picture_library.h"

namespace atelier::training {

/// Takes the pictures out of the list that no training sees: those whose checksum, read as a fraction, lies
/// below `share` (0..1). Decided by the file alone, so that runs with other pictures beside it agree. At
/// least one picture stays.
std::vector<TrainingPicture> take_held_out(std::vector<TrainingPicture>& pictures, double share);

}  // namespace atelier::training

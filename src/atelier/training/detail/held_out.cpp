#include "atelier/training/detail/held_out.h"

#include <algorithm>
#include <iterator>

namespace atelier::training {

std::vector<TrainingPicture> take_held_out(std::vector<TrainingPicture>& pictures, double share) {
  std::vector<TrainingPicture> held_out;
  if (share <= 0) return held_out;
  const auto stays = [&](const TrainingPicture& picture) {
    return static_cast<double>(std::stoul(picture.sha256.substr(0, 8), nullptr, 16)) / 4294967296.0 >= share;
  };
  auto first_held = std::stable_partition(pictures.begin(), pictures.end(), stays);
  if (first_held == pictures.begin() && first_held != pictures.end()) ++first_held;
  held_out.assign(std::make_move_iterator(first_held), std::make_move_iterator(pictures.end()));
  pictures.erase(first_held, pictures.end());
  return held_out;
}

}  // namespace atelier::training

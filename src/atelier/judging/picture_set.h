#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "atelier/evaluation/pictures/picture_evaluation.h"
#include "atelier/judging/painter.h"

namespace atelier::judging {

/// The photos or the styles of a run, framed, in the order of their names.
struct PictureSet {
  std::vector<NamedPicture> pictures;
  std::vector<evaluation::PictureEvaluation::Picture> facts;  ///< one a picture
  std::vector<std::string> warnings;                          ///< what could not be read
  std::vector<std::string> notes;                             ///< what was enlarged

  std::vector<std::string> names() const;
};

/// Reads the pictures of `folder` (not of folders in it), the first `limit` by name, 0: all. One that cannot
/// be read is left out with a warning. `role` is "photo" or "style" in messages. Errors: NoInput
/// "evaluate.folder" when the folder is missing or no picture of it can be read, Usage "evaluate.names" when
/// two pictures have the same name.
PictureSet read_picture_set(const std::filesystem::path& folder, const std::string& role, int size,
                            int limit);

}  // namespace atelier::judging

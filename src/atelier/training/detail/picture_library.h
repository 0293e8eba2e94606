#pragma once

#include <ATen/core/Tensor.h>

#include <string>
#include <vector>

#include "atelier/training/data_report.h"
#include "atelier/training/training_options.h"

namespace atelier::training {

/// A training picture, decoded once and kept as bytes, with what its manifest says of it.
struct TrainingPicture {
  std::string file, title, artist, year, label, source, licence, sha256;
  at::Tensor bytes;  ///< [3, H, W] uint8, RGB
};

/// Reads every picture of the sources, shrunk to `short_side`, and notes in `report` what is wrong with them:
/// pictures that cannot be read, are too small or doubled are left out. Error BadData when more than a tenth
/// is broken or nothing is left; NoInput when a folder is missing. Sorted by file name.
std::vector<TrainingPicture> load_pictures(const std::vector<DataSource>& sources, int short_side,
                                           int min_side, DataReport& report);

}  // namespace atelier::training

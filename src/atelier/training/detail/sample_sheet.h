#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <vector>

#include "atelier/training/detail/networks.h"

namespace atelier::training {

/// How much paintings differ across styles and across photos: mean absolute differences, pixel values in [0,1].
struct SheetSpread {
  double across_styles = 0, across_contents = 0;
};

/// Paints every photo in every style with the averaged weights and writes one PNG: styles along the top, photos down the
/// left. contents, styles: [3, S, S] float, all of one size; described: statistics of the styles, row for row.
SheetSpread write_sample_sheet(const std::filesystem::path& file, TrainedNetworks& networks,
                               const std::vector<at::Tensor>& contents, const std::vector<at::Tensor>& styles,
                               const nn::StyleStatistics& described, double detail);

}  // namespace atelier::training

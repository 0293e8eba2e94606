#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <vector>

#include "atelier/training/detail/networks.h"
#include "atelier/training/doctor.h"

namespace atelier::training {

/// Paints every photo in every style with the averaged weights and writes one PNG: styles along the top,
/// photos down the left. Returns what the paintings show; losses and filters are not looked at here.
/// contents, styles: [3, S, S] float, all of one size; described: statistics of the styles, row for row.
SheetSigns write_sample_sheet(const std::filesystem::path& file, TrainedNetworks& networks,
                              const std::vector<at::Tensor>& contents, const std::vector<at::Tensor>& styles,
                              const nn::StyleStatistics& described, double detail);

}  // namespace atelier::training

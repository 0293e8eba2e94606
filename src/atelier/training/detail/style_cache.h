#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "atelier/nn/feature_statistics.h"
#include "atelier/nn/style_statistics.h"

namespace atelier::training {

/// What measuring one style picture gave; takes about a second of a core to make.
struct MeasuredStyle {
  nn::StyleStatistics described;                          ///< rows of one
  std::vector<std::vector<nn::LayerStatistics>> targets;  ///< of every network, layer by layer, rows of one
};

/// Measured styles on disk, one safetensors file each, so that a resumed training starts at full speed. Files
/// are written whole or not at all; one that is missing or unreadable is simply measured again. Safe to use
/// from several threads and from several trainings that share the folder.
class StyleCache {
 public:
  /// Creates the folder. Error CannotCreate when that fails.
  explicit StyleCache(std::filesystem::path folder);

  /// `key` names the pictures, the sizes and the networks that were used; letters and digits only.
  std::optional<MeasuredStyle> find(const std::string& key) const;
  /// A full disk is no reason to stop a training: failures are ignored.
  void keep(const std::string& key, const MeasuredStyle& style) const;

 private:
  std::filesystem::path folder_;
};

}  // namespace atelier::training

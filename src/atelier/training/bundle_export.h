#pragma once

#include <filesystem>
#include <string>

#include "atelier/training/training_options.h"

namespace atelier::training {

struct ExportOptions {
  std::filesystem::path
      gallery;  ///< JSON list of {"name", "file", "detail"?}: pictures that become named styles
  std::filesystem::path output;  ///< bundle folder to write
  std::string name = "base";
  std::string licence = "Apache-2.0";
  double default_detail = 0.5;  ///< 0..1
  /// How far the generator goes from the model that the training began with (start_from) to what it learned,
  /// 0..1: between the two lie weights that keep more of both than either (Wortsman et al. 2022, "Robust
  /// fine-tuning of zero-shot models").
  double share = 1;
};

struct ExportSummary {
  std::size_t styles = 0;
  std::size_t missing = 0;  ///< gallery pictures that are not among the training's style pictures
  std::string space_id;
};

/// Turns the averaged weights of the newest checkpoint of a run into a model bundle (fp16) with its style
/// space and a gallery of named styles; provenance comes from the sources' manifests. Errors: NoInput
/// "checkpoint.missing"; Usage "export.share" for a share below 1 of a training that did not begin with a
/// model, or whose encoder learned on: its codes mean nothing to that model;
/// BadData "export.share_model" when start_from holds another model by now; those of load_pictures and
/// write_bundle.
ExportSummary export_bundle(const TrainingOptions& training, const ExportOptions& options);

}  // namespace atelier::training

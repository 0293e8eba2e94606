#include "atelier/training/bundle_export.h"

#include <torch/torch.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "atelier/core/atomic_file.h"
#include "atelier/core/error.h"
#include "atelier/core/log.h"
#include "atelier/core/options_json.h"
#include "atelier/core/revision.h"
#include "atelier/model/model_bundle.h"
#include "atelier/style/attribute_model.h"
#include "atelier/training/detail/checkpoint.h"
#include "atelier/training/detail/held_out.h"
#include "atelier/training/detail/networks.h"
#include "atelier/training/detail/style_catalogue.h"
#include "atelier/training/detail/subpixel_sums.h"
#include "atelier/weights/sha256.h"

namespace atelier::training {
namespace {

using nlohmann::json;

constexpr int kCoordinates = 16;

struct GalleryEntry {
  std::string name, file;
  double detail = -1;
};

std::vector<GalleryEntry> read_gallery(const std::filesystem::path& path) {
  const std::string where = printable(path.string());
  const json list = read_config(path);
  if (!list.is_array()) throw Error(ErrorCode::Config, "gallery.type", where + ": must be a list of styles");
  std::vector<GalleryEntry> entries;
  for (const json& item : list) {
    require_known_keys(item, {"name", "file", "detail"}, where);
    GalleryEntry entry;
    read_option(item, "name", entry.name, where);
    read_option(item, "file", entry.file, where);
    read_option(item, "detail", entry.detail, where);
    entries.push_back(std::move(entry));
  }
  return entries;
}

json provenance(const std::vector<TrainingPicture>& pictures, const char* role) {
  json rows = json::array();
  for (const TrainingPicture& p : pictures) {
    rows.push_back({{"file", std::filesystem::path(p.file).filename().string()},
                    {"sha256", p.sha256},
                    {"title", p.title},
                    {"artist", p.artist},
                    {"year", p.year},
                    {"source", p.source},
                    {"licence", p.licence},
                    {"role", role}});
  }
  return rows;
}

std::map<std::string, double> measure(const TrainingPicture& picture) {
  const at::Tensor planes = picture.bytes.to(torch::kFloat32).div(255).contiguous();
  return style::measure_attributes({planes.data_ptr<float>(), static_cast<std::size_t>(planes.numel())},
                                   static_cast<int>(planes.size(1)), static_cast<int>(planes.size(2)));
}

/// Moves `painter` back to `share` of its way from the generator that the training began with.
void keep_share(double share, const TrainingOptions& training, const json& began_with,
                tensor::TensorMap& painter) {
  if (share == 1) return;
  if (!(share >= 0 && share < 1) || training.start_from.empty() || !training.freeze_encoder) {
    throw Error(
        ErrorCode::Usage, "export.share",
        "--share must lie in 0..1, below 1 only for a training with \"start_from\" and \"freeze_encoder\"");
  }
  const auto bundle = model::ModelBundle::open(training.start_from);
  if (began_with.is_null() ||
      began_with.at("generator") != bundle->manifest().sha256.at("generator.safetensors")) {
    throw Error(ErrorCode::BadData, "export.share_model",
                printable(training.start_from.string()) +
                    ": is not the model that this training began with; let \"start_from\" name that one, or "
                    "export without --share");
  }
  const tensor::TensorMap start = tensor::to_tensors(bundle->generator());
  for (auto& [name, value] : painter)
    value.copy_(torch::lerp(start.at(name).to(value.dtype()), value, share));
}

}  // namespace

ExportSummary export_bundle(const TrainingOptions& training, const ExportOptions& options) {
  torch::NoGradGuard no_grad;
  LoadedPerceptual phi = load_perceptual(training.perceptual);
  TrainedNetworks networks(training, phi.network->options(), c10::Device("cpu"));
  const auto checkpoint = CheckpointStore(training.run).latest(networks.identity());
  if (!checkpoint) {
    throw Error(
        ErrorCode::NoInput, "checkpoint.missing",
        printable(training.run.string()) + ": holds no checkpoint; train first with `atelier train base`");
  }
  networks.restore(checkpoint->tensors);
  tensor::TensorMap painter = tensor::state_of(*networks.averaged_generator);
  const json began_with = checkpoint->state.value("began_with", json());
  keep_share(options.share, training, began_with, painter);
  equalise_subpixel_sums(painter.at("out.conv.weight"), painter.at("out.conv.bias"));

  DataReport content_report{.role = "content"}, style_report{.role = "style"};
  const auto content = load_pictures(training.content, training.content_short_side, 32, content_report);
  const auto style = load_pictures(training.style, training.stroke_short_side * 5 / 4, 64, style_report);
  if (style.size() < 2) {
    throw Error(ErrorCode::BadData, "data.small",
                "a style space needs at least two style pictures; name a larger \"style\" folder in the "
                "configuration");
  }
  StyleCatalogue catalogue(style, {{phi.network.get(), 1, ""}},
                           StyleSides{training.style_short_side, training.stroke_short_side}, training.seed,
                           c10::Device("cpu"));

  const auto encoder = tensor::to_named(tensor::state_of(*networks.averaged_encoder));
  // Codes mean something only to the encoder that made them, so the space is named after its weights.
  const std::string space_id =
      options.name + "-" +
      weights::sha256_hex(weights::serialize_safetensors(encoder, weights::DType::F16)).substr(0, 12);
  style::StyleLibrary gallery(space_id);

  std::vector<StyleCode> codes;
  std::vector<std::map<std::string, double>> measured;
  for (std::size_t i = 0; i < style.size(); ++i) {
    const at::Tensor row = networks.averaged_encoder(catalogue.describe(i)).contiguous();
    codes.push_back(
        {space_id, std::vector<float>(row.data_ptr<float>(), row.data_ptr<float>() + row.numel())});
    measured.push_back(measure(style[i]));
  }
  const style::StyleSpace space = style::StyleSpace::fit(space_id, codes, kCoordinates);

  ExportSummary summary{.space_id = space_id};
  for (const GalleryEntry& entry : read_gallery(options.gallery)) {
    const auto found = std::find_if(style.begin(), style.end(), [&](const TrainingPicture& p) {
      return std::filesystem::path(p.file).filename() == entry.file;
    });
    if (found == style.end()) {
      spdlog::warn("gallery: {} is not among the style pictures, left out", printable(entry.file));
      ++summary.missing;
      continue;
    }
    const auto index = static_cast<std::size_t>(found - style.begin());
    gallery.add({.name = entry.name,
                 .title = found->title,
                 .artist = found->artist,
                 .year = found->year,
                 .period = found->label,
                 .source = found->source,
                 .licence = found->licence,
                 .sha256 = found->sha256,
                 .code = codes[index],
                 .detail = static_cast<float>(entry.detail),
                 .attributes = measured[index],
                 .coordinates = space.project(codes[index])});
  }
  summary.styles = gallery.styles().size();

  model::Manifest manifest;
  manifest.name = options.name;
  manifest.licence = options.licence;
  manifest.space_id = space_id;
  manifest.generator = networks.generator->options();
  manifest.perceptual = phi.network->options();
  manifest.encoder = networks.encoder->options();
  manifest.default_detail = static_cast<float>(options.default_detail);
  manifest.canvas = static_cast<float>(training.canvas);
  manifest.stroke_side = training.stroke_short_side;
  manifest.strokes = StyleCatalogue::strokes();
  json recipe = training.to_json();
  // Folders are this machine's business; what was in them is listed in "data".
  for (const char* key : {"run", "perceptual", "start_from", "content", "style", "style_cache"})
    recipe.erase(key);
  for (json& network : recipe["networks"]) network.erase("file");
  manifest.training = {{"steps", checkpoint->step}, {"minutes", checkpoint->elapsed_seconds / 60},
                       {"seed", training.seed},     {"revision", source_revision()},
                       {"recipe", recipe},          {"perceptual", phi.provenance}};
  if (!began_with.is_null()) manifest.training["began_with"] = began_with;
  if (options.share < 1) manifest.training["share"] = options.share;
  manifest.metrics = {{"training_content", checkpoint->state.value("mean_content", 0.0)},
                      {"training_style", checkpoint->state.value("mean_style", 0.0)}};
  // What was held out taught the networks nothing.
  auto taught_style = style, taught_content = content;
  take_held_out(taught_style, training.held_out);
  take_held_out(taught_content, training.held_out);
  manifest.data = provenance(taught_style, "style");
  for (json& row : provenance(taught_content, "content")) manifest.data.push_back(row);
  model::write_bundle(
      options.output,
      {manifest, tensor::to_named(painter), encoder, tensor::to_named(tensor::state_of(*phi.network)),
       std::move(gallery), space, style::AttributeModel::fit(codes, measured)},
      weights::DType::F16);
  return summary;
}

}  // namespace atelier::training

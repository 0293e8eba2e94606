#include "atelier/training/detail/picture_library.h"

#include <torch/torch.h>

#include <algorithm>
#include <bitset>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "atelier/core/error.h"
#include "atelier/core/log.h"
#include "atelier/image/read_image.h"
#include "atelier/tensor/image_tensor.h"
#include "atelier/weights/sha256.h"

namespace atelier::training {
namespace {

// 64 signs of horizontal brightness differences on an 8x9 thumbnail: equal for re-encoded and resized copies.
std::bitset<64> difference_hash(const at::Tensor& bytes) {
  const at::Tensor grey = torch::adaptive_avg_pool2d(bytes.to(torch::kFloat32), {8, 9}).mean(0);
  const at::Tensor rising = (grey.narrow(1, 1, 8) > grey.narrow(1, 0, 8)).contiguous();
  std::bitset<64> hash;
  const bool* bits = rising.data_ptr<bool>();
  for (std::size_t i = 0; i < 64; ++i) hash[i] = bits[i];
  return hash;
}

bool is_blurred(const at::Tensor& bytes) {
  const at::Tensor grey = bytes.to(torch::kFloat32).mean(0);
  const auto h = grey.size(0), w = grey.size(1);
  const at::Tensor laplacian =
      4 * grey.narrow(0, 1, h - 2).narrow(1, 1, w - 2) - grey.narrow(0, 0, h - 2).narrow(1, 1, w - 2) -
      grey.narrow(0, 2, h - 2).narrow(1, 1, w - 2) - grey.narrow(0, 1, h - 2).narrow(1, 0, w - 2) -
      grey.narrow(0, 1, h - 2).narrow(1, 2, w - 2);
  return laplacian.square().mean().item<double>() < 20;
}

bool is_near_grey(const at::Tensor& bytes) {
  const at::Tensor colour = bytes.to(torch::kFloat32);
  return (std::get<0>(colour.max(0)) - std::get<0>(colour.min(0))).mean().item<double>() < 6;
}

std::vector<std::string> split_tabs(const std::string& line) {
  std::vector<std::string> cells;
  std::istringstream in(line);
  for (std::string cell; std::getline(in, cell, '\t');) cells.push_back(cell);
  return cells;
}

std::regex licence_filter(const std::string& pattern, const char* option) {
  try {
    return std::regex(pattern);
  } catch (const std::regex_error& error) {
    throw Error(ErrorCode::Config, "config.licence",
                std::string("\"") + option + "\": " + printable(pattern) + " is no regular expression (" +
                    error.what() + "); correct it in the configuration");
  }
}

std::vector<TrainingPicture> list_source(const DataSource& source) {
  namespace fs = std::filesystem;
  if (!fs::is_directory(source.folder)) {
    throw Error(
        ErrorCode::NoInput, "data.folder",
        printable(source.folder.string()) + ": no such folder; check \"folder\" in the configuration");
  }
  std::vector<TrainingPicture> pictures;
  if (source.manifest.empty()) {
    for (const auto& entry : fs::directory_iterator(source.folder)) {
      if (entry.is_regular_file() && is_image_path(entry.path()))
        pictures.push_back({.file = entry.path().string()});
    }
    return pictures;
  }
  const fs::path manifest = source.folder / source.manifest;
  std::ifstream in(manifest);
  if (!in)
    throw Error(ErrorCode::NoInput, "data.manifest",
                printable(manifest.string()) + ": cannot read the manifest");
  const std::regex wanted = licence_filter(source.licence, "licence");
  const std::regex unwanted = licence_filter(source.licence_not, "licence_not");
  std::string line;
  std::getline(in, line);
  while (std::getline(in, line)) {
    const std::vector<std::string> cell = split_tabs(line);
    if (cell.size() < 7) {
      throw Error(ErrorCode::BadData, "data.manifest",
                  printable(manifest.string()) + ": a line has fewer than 7 columns");
    }
    if (!source.licence.empty() && !std::regex_search(cell[6], wanted)) continue;
    if (!source.licence_not.empty() && std::regex_search(cell[6], unwanted)) continue;
    pictures.push_back({.file = (source.folder / cell[0]).string(),
                        .title = cell[1],
                        .artist = cell[2],
                        .year = cell[3],
                        .label = cell[4],
                        .source = cell[5],
                        .licence = cell[6]});
  }
  return pictures;
}

}  // namespace

std::vector<TrainingPicture> load_pictures(const std::vector<DataSource>& sources, int short_side,
                                           int min_side, DataReport& report) {
  std::vector<TrainingPicture> listed;
  for (const DataSource& source : sources) {
    std::vector<TrainingPicture> more = list_source(source);
    listed.insert(listed.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  }
  std::sort(listed.begin(), listed.end(), [](const auto& a, const auto& b) { return a.file < b.file; });
  report.found = listed.size();

  std::vector<TrainingPicture> pictures;
  std::vector<std::bitset<64>> hashes;
  std::set<std::string> checksums;
  for (TrainingPicture& picture : listed) {
    const std::string name = std::filesystem::path(picture.file).filename().string();
    try {
      picture.sha256 = weights::sha256_file(picture.file);
      picture.bytes = tensor::to_bytes(read_image(picture.file, {.shrink_to_short_side = short_side}));
    } catch (const Error& error) {
      report.unreadable.push_back(name + ": " + error.id());
      continue;
    }
    if (std::min(picture.bytes.size(1), picture.bytes.size(2)) < min_side) {
      report.too_small.push_back(name);
      continue;
    }
    const std::bitset<64> hash = difference_hash(picture.bytes);
    const bool alike = std::any_of(hashes.begin(), hashes.end(),
                                   [&](const auto& other) { return (hash ^ other).count() <= 1; });
    // Flat pictures have near-empty hashes that say nothing.
    const bool informative = hash.count() > 8 && hash.count() < 56;
    if (!checksums.insert(picture.sha256).second || (alike && informative)) {
      report.duplicate.push_back(name);
      continue;
    }
    hashes.push_back(hash);
    if (is_blurred(picture.bytes)) report.blurred.push_back(name);
    if (is_near_grey(picture.bytes)) report.near_grey.push_back(name);
    if (!picture.label.empty()) ++report.labels[picture.label];
    pictures.push_back(std::move(picture));
  }
  report.used = pictures.size();
  require_usable(report);
  return pictures;
}

}  // namespace atelier::training

#include <spdlog/spdlog.h>

#include "atelier/core/error.h"
#include "atelier/core/seeded_shuffle.h"
#include "atelier/style/procedural/drawing.h"
#include "atelier/training/style_tuning.h"
#include "atelier/training/tuning_split.h"
#include "atelier/weights/sha256.h"
#include "batch.h"
#include "train_collection.h"
#include "train_commands.h"

namespace atelier::cli {
namespace {

// More than split_works can use.
constexpr std::size_t kMostRead = 340;
constexpr std::size_t kMostOthers = 40;
constexpr int kDrawnSide = 512;

void require_enough(const std::filesystem::path& folder, std::size_t usable, std::size_t left_out) {
  if (usable >= training::kFewestWorks) return;
  throw Error(
      ErrorCode::BadData, "collection.too_few",
      fmt::format("{}: {} usable works{} are too few to learn a collection from; at least {} are needed "
                  "('atelier train style' learns from one or a few)",
                  printable(folder.string()), usable,
                  left_out == 0 ? "" : fmt::format(" ({} were left out)", left_out), training::kFewestWorks));
}

}  // namespace

CollectionWorks read_collection(const std::filesystem::path& folder, std::uint64_t seed) {
  std::vector<std::string> files = pictures_in(folder);
  if (files.size() > training::kMostWorks) {
    spdlog::warn("{}: has {} pictures; the first {} by name are used", printable(folder.string()),
                 files.size(), training::kMostWorks);
    files.resize(training::kMostWorks);
  }
  seeded_shuffle(files, seed);

  CollectionWorks works;
  std::vector<std::string> usable;
  std::vector<Image> pictures;
  for (const std::string& file : files) {
    if (usable.size() == kMostRead) break;
    std::string reason;
    try {
      Image picture = read_to_learn(file);
      training::require_strokes(picture, printable(file));
      if (works.sha256.insert(weights::sha256_file(file)).second) {
        usable.push_back(file);
        pictures.push_back(std::move(picture));
        continue;
      }
      reason = printable(file) + ": the same picture is there under another name";
    } catch (const Error& error) {
      reason = error.what();
    }
    spdlog::warn("left out: {}", reason);
    works.left_out.push_back(std::move(reason));
  }
  require_enough(folder, usable.size(), works.left_out.size());
  if (usable.size() == kMostRead && files.size() > kMostRead)
    spdlog::info("{}: {} of its works, drawn by --seed, are looked at", printable(folder.string()),
                 kMostRead);

  const training::TuningSplit split = training::split_works(usable.size(), seed);
  for (const std::size_t i : split.training) {
    works.files.push_back(usable[i]);
    works.teaching.push_back(std::move(pictures[i]));
  }
  for (const std::size_t i : split.held_out) works.kept_aside.push_back(std::move(pictures[i]));
  return works;
}

std::vector<Image> other_hands(const std::filesystem::path& folder, const CollectionWorks& works) {
  std::vector<Image> others;
  if (folder.empty()) {
    for (const style::Medium& medium : style::media()) {
      const style::Drawing drawing = style::draw_medium(medium.name, 1, kDrawnSide, kDrawnSide);
      others.push_back(Image::from_planar(drawing.planes, drawing.width, drawing.height));
    }
    return others;
  }
  for (const std::string& file : pictures_in(folder)) {
    if (others.size() == kMostOthers) break;
    if (works.sha256.count(weights::sha256_file(file)) == 0) others.push_back(read_to_learn(file));
  }
  return others;
}

}  // namespace atelier::cli

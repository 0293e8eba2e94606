#include "atelier/judging/picture_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "atelier/core/error.h"
#include "atelier/image/read_image.h"
#include "atelier/judging/framing.h"
#include "atelier/weights/sha256.h"

namespace atelier::judging {
namespace {

namespace fs = std::filesystem;

std::map<std::string, fs::path> picture_files(const fs::path& folder, const std::string& role) {
  std::map<std::string, fs::path> files;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (!is_image_path(entry.path()) || entry.is_directory()) continue;
    const auto [first, is_new] = files.emplace(entry.path().stem().string(), entry.path());
    if (!is_new) {
      throw Error(ErrorCode::Usage, "evaluate.names",
                  printable(folder.string()) + ": " + printable(first->second.filename().string()) + " and " +
                      printable(entry.path().filename().string()) + " would be one " + role +
                      " by name; rename one of them");
    }
  }
  if (error) {
    throw Error(
        ErrorCode::NoInput, "evaluate.folder",
        printable(folder.string()) + ": the folder of " + role + "s cannot be read: " + error.message());
  }
  return files;
}

}  // namespace

std::vector<std::string> PictureSet::names() const {
  std::vector<std::string> result;
  for (const NamedPicture& picture : pictures) result.push_back(picture.name);
  return result;
}

PictureSet read_picture_set(const fs::path& folder, const std::string& role, int size, int limit) {
  PictureSet set;
  std::vector<std::string> enlarged;
  for (const auto& [name, file] : picture_files(folder, role)) {
    if (limit > 0 && static_cast<int>(set.pictures.size()) == limit) break;
    try {
      const Image picture = read_image(file);
      set.pictures.push_back({name, framed(picture, size)});
      set.facts.push_back({name, weights::sha256_file(file), picture.width(), picture.height()});
      if (std::min(picture.width(), picture.height()) < size) enlarged.push_back(name);
    } catch (const Error& error) {
      set.warnings.push_back(role + " left out: " + error.what());
    }
  }
  if (set.pictures.empty()) {
    throw Error(ErrorCode::NoInput, "evaluate.folder",
                printable(folder.string()) + ": no " + role + " can be read there" +
                    (set.warnings.empty() ? "; it holds no pictures (jpg, png, webp, tif)"
                                          : "; " + set.warnings.front()));
  }
  if (!enlarged.empty()) {
    set.notes.push_back(fmt::format("{} of {} {}s have a side below {} pixels and were enlarged: {}{}",
                                    enlarged.size(), set.pictures.size(), role, size,
                                    printable(enlarged.front()), enlarged.size() > 1 ? " and others" : ""));
  }
  return set;
}

}  // namespace atelier::judging

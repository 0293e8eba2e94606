#include "taste_pictures.h"

#include <unistd.h>

#include <algorithm>
#include <iostream>

#include "atelier/core/error.h"
#include "atelier/image/read_image.h"
#include "atelier/image/resize.h"
#include "atelier/image/write_image.h"
#include "backend.h"
#include "sample_scene.h"

namespace atelier::cli {
namespace {

namespace fs = std::filesystem;

constexpr int kShownSide = 400;  // on a terminal

Image read_small(const std::string& path) {
  if (path.empty()) return sample_scene(TastePictures::kSide, TastePictures::kSide * 3 / 4);
  ReadOptions options;
  options.shrink_to_short_side = TastePictures::kSide;
  const Image photo = read_image(path, options);
  const int longest = std::max(photo.width(), photo.height());
  if (longest <= TastePictures::kSide) return photo;
  const auto scaled = [&](int length) { return std::max(1, length * TastePictures::kSide / longest); };
  return resize(photo, scaled(photo.width()), scaled(photo.height()));
}

}  // namespace

TastePictures::TastePictures(const Program& program, const TasteGallery& gallery, const std::string& photo,
                             const fs::path& folder)
    : gallery_(gallery),
      photo_name_(photo.empty() ? "sample" : fs::path(photo).filename().string()),
      folder_(folder),
      photo_(read_small(photo)),
      stylizer_(gallery.bundle().manifest(),
                open_model(gallery.bundle(), program, program.resolved_threads())) {
  std::error_code error;
  fs::create_directories(folder_, error);
  if (error || ::access(folder_.c_str(), W_OK | X_OK) != 0) {
    throw Error(ErrorCode::CannotCreate, "output.folder",
                printable(folder_.string()) + ": this folder cannot be made or written to" +
                    (error ? ": " + error.message() : std::string()) + "; choose another one with --render");
  }
}

fs::path TastePictures::render(const std::string& name) {
  const style::NamedStyle& style = gallery_.gallery().require(name);
  inference::StylizeOptions options;
  if (style.detail >= 0) options.detail = style.detail;
  options.depth = Depth::U8;
  options.progress = [](int, int) { stop_if_interrupted(); };
  last_ = stylizer_.stylize(photo_, style.code, options);
  const fs::path path = folder_ / (fs::path(photo_name_).stem().string() + "-" + name + ".png");
  write_image(path, last_);
  return path;
}

fs::path TastePictures::show(const std::string& name, TerminalPictures terminal) {
  const fs::path path = render(name);
  std::cerr << terminal_picture(last_, terminal, kShownSide) << std::flush;
  return path;
}

}  // namespace atelier::cli

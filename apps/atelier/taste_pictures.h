#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "atelier/image/image.h"
#include "atelier/inference/stylizer.h"
#include "program.h"
#include "taste_gallery.h"
#include "terminal_picture.h"

namespace atelier::cli {

/// Small paintings of one photo, or of the sample scene, in the styles a person is asked about, as files
/// <folder>/<photo>-<style>.png.
class TastePictures {
 public:
  static constexpr int kSide = 512;  ///< longest side of a picture to judge, pixels

  /// Reads the photo (empty: the sample scene) and makes the folder. Errors of read_image; CannotCreate
  /// "output.folder".
  TastePictures(const Program& program, const TasteGallery& gallery, const std::string& photo,
                const std::filesystem::path& folder);

  /// Paints and writes the picture; the file's path.
  std::filesystem::path render(const std::string& style);
  /// render(), shown on the terminal too when it can.
  std::filesystem::path show(const std::string& style, TerminalPictures terminal);

  const std::string& photo_name() const { return photo_name_; }  ///< without folders

 private:
  const TasteGallery& gallery_;
  std::string photo_name_;
  std::filesystem::path folder_;
  Image photo_, last_;
  inference::Stylizer stylizer_;
};

}  // namespace atelier::cli

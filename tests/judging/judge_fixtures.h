#pragma once

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>

#include "atelier/image/image.h"
#include "atelier/image/resize.h"
#include "support/synthetic_photo.h"

namespace atelier::test {

/// The folder with published networks, which tests use when it is there.
inline std::optional<std::filesystem::path> judge_folder() {
  const char* variable = std::getenv("ATELIER_JUDGE_WEIGHTS");
  const std::filesystem::path folder =
      variable != nullptr && *variable != '\0'
          ? std::filesystem::path(variable)
          : std::filesystem::path(ATELIER_SOURCE_DIR) / "../shared/weights/backbone";
  std::error_code ignored;
  if (!std::filesystem::exists(folder / "vgg19_oxford_bgr_relu3_4.safetensors", ignored)) return std::nullopt;
  return folder;
}

inline constexpr const char* kNoJudges = "no published networks here; set ATELIER_JUDGE_WEIGHTS";

/// A style that is no photo: diagonal stripes of two colours.
inline Image stripes(int side, int period, unsigned char red, unsigned char blue) {
  Image picture(side, side);
  for (int y = 0; y < side; ++y) {
    for (int x = 0; x < side; ++x) {
      auto pixel = picture.rgb8().subspan(static_cast<std::size_t>(y * side + x) * 3, 3);
      const bool on = (x + y) % period < period / 2;
      pixel[0] = on ? red : 30;
      pixel[1] = static_cast<unsigned char>(60 + x / 4);
      pixel[2] = on ? blue : 200;
    }
  }
  return picture;
}

}  // namespace atelier::test

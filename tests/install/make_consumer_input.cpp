// Writes what the installed examples need: a photo, a picture to learn a style from, and a tiny model.

#include <iostream>

#include "atelier/image/write_image.h"
#include "support/synthetic_photo.h"
#include "support/tiny_bundle.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: " << argv[0] << " FOLDER\n";
    return 2;
  }
  const std::filesystem::path folder = argv[1];
  std::filesystem::create_directories(folder);
  atelier::write_image(folder / "photo.png", atelier::test::synthetic_photo(96, 64, 1));
  atelier::write_image(folder / "painting.png", atelier::test::synthetic_photo(64, 64, 2));
  atelier::test::write_tiny_bundle(folder / "model");
}

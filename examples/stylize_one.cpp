// Paints one photo in one style of the gallery: the whole library in a dozen lines.
//
//   stylize_one PHOTO STYLE PAINTING [MODEL-FOLDER]

#include <iostream>

#include "atelier/core/error.h"
#include "atelier/image/read_image.h"
#include "atelier/image/write_image.h"
#include "atelier/inference/engine_model.h"
#include "atelier/inference/stylizer.h"
#include "atelier/model/model_bundle.h"

int main(int argc, char** argv) try {
  if (argc != 4 && argc != 5) {
    std::cerr << "usage: " << argv[0] << " PHOTO STYLE PAINTING [MODEL-FOLDER]\n";
    return 2;
  }
  const auto folder = argc == 5 ? std::filesystem::path(argv[4]) : atelier::model::default_bundle_path();
  const auto bundle = atelier::model::ModelBundle::open(folder);
  const atelier::inference::Stylizer stylizer(bundle->manifest(),
                                              std::make_unique<atelier::inference::EngineModel>(*bundle));
  const auto* style = bundle->styles().find(argv[2]);
  if (style == nullptr) {
    throw atelier::Error(atelier::ErrorCode::Usage, "example.style",
                         std::string(argv[2]) + " is not in the gallery; did you mean '" +
                             bundle->styles().suggestion(argv[2]) + "'?");
  }
  const atelier::Image photo = atelier::read_image(argv[1]);
  atelier::write_image(argv[3], stylizer.stylize(photo, style->code, {.strength = 0.9f}));
  std::cout << argv[3] << '\n';
} catch (const atelier::Error& error) {
  std::cerr << error.what() << '\n';
  return atelier::exit_status(error.code());
}

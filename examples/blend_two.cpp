// Learns the styles of two pictures and paints a photo in every mixture between them: a row of five
// paintings.
//
//   blend_two PHOTO FIRST-STYLE-PICTURE SECOND-STYLE-PICTURE FOLDER [MODEL-FOLDER]

#include <iostream>

#include "atelier/core/error.h"
#include "atelier/image/read_image.h"
#include "atelier/image/write_image.h"
#include "atelier/inference/engine_model.h"
#include "atelier/inference/stylizer.h"
#include "atelier/model/model_bundle.h"
#include "atelier/style/blend.h"

int main(int argc, char** argv) try {
  if (argc != 5 && argc != 6) {
    std::cerr << "usage: " << argv[0] << " PHOTO FIRST-STYLE SECOND-STYLE FOLDER [MODEL-FOLDER]\n";
    return 2;
  }
  const auto bundle = atelier::model::ModelBundle::open(argc == 6 ? std::filesystem::path(argv[5])
                                                                  : atelier::model::default_bundle_path());
  const atelier::inference::Stylizer stylizer(bundle->manifest(),
                                              std::make_unique<atelier::inference::EngineModel>(*bundle));
  const atelier::Image photo = atelier::read_image(argv[1]);
  const atelier::StyleCode first = stylizer.encode(atelier::read_image(argv[2]));
  const atelier::StyleCode second = stylizer.encode(atelier::read_image(argv[3]));
  std::filesystem::create_directories(argv[4]);
  for (int percent = 0; percent <= 100; percent += 25) {
    const auto painting = std::filesystem::path(argv[4]) / (std::to_string(percent) + "-percent-second.jpg");
    const auto mixture = atelier::style::interpolate(first, second, static_cast<float>(percent) / 100);
    atelier::write_image(painting, stylizer.stylize(photo, mixture, {.size = 512}));
    std::cout << painting.string() << '\n';
  }
} catch (const atelier::Error& error) {
  std::cerr << error.what() << '\n';
  return atelier::exit_status(error.code());
}

#include <iostream>
#include <nlohmann/json.hpp>

#include "atelier/core/atomic_file.h"
#include "atelier/core/error.h"
#include "atelier/image/write_image.h"
#include "atelier/style/style_search.h"
#include "commands/styles_commands.h"
#include "json_output.h"
#include "style_listing.h"
#include "style_page.h"
#include "style_paintings.h"
#include "style_sheets.h"
#include "style_words.h"

namespace atelier::cli {
namespace {

struct ThumbnailsCommand {
  std::string photo, like;
  std::filesystem::path output;
};

void make_gallery_folder(const std::filesystem::path& folder) {
  std::error_code failure;
  std::filesystem::create_directories(folder, failure);
  if (std::filesystem::is_directory(folder)) return;
  throw Error(ErrorCode::CannotCreate, "style.folder",
              printable(folder.string()) + ": cannot be made a folder; choose another -o");
}

int draw_thumbnails(const Program& program, const ThumbnailsCommand& command) {
  const auto bundle = program.open_bundle();
  const style::Gallery gallery = style::Gallery::open(bundle->styles());
  const StyleWords words(*bundle, gallery);
  std::vector<const style::NamedStyle*> styles;
  for (const FoundStyle& found : find_styles(gallery, words, {}, command.like)) styles.push_back(found.style);
  const Image scene = thumbnail_photo(command.photo);
  make_gallery_folder(command.output);

  const std::vector<Image> paintings = paint_styles(program, *bundle, scene, styles);
  std::vector<StyleCard> cards;
  nlohmann::json list = nlohmann::json::array();
  for (std::size_t i = 0; i < styles.size(); ++i) {
    const std::string file = styles[i]->name + ".jpg";
    write_image(command.output / file, paintings[i]);
    const auto attributes = words.attributes(*styles[i]);
    const auto described = style::describe_attributes(attributes, words.scales());
    nlohmann::json json = style_json(*styles[i], gallery);
    json["thumbnail"] = file;
    json["attributes"] = attributes;
    json["words"] = described;
    cards.push_back(
        {.style = styles[i], .words = described, .is_own = json["own"], .painting = paintings[i]});
    list.push_back(std::move(json));
  }
  const std::string title = "Styles of the model " + bundle->manifest().name;
  write_file_atomically(command.output / "index.html", style_page(title, scene, cards));
  const nlohmann::json result = {
      {"schema", 1}, {"space", gallery.built_in().space()}, {"styles", std::move(list)}};
  write_file_atomically(command.output / "styles.json", result.dump(2) + "\n");
  if (program.json) {
    print_json(result);
  } else {
    std::cout << "wrote " << styles.size() << " thumbnails, index.html and styles.json to "
              << printable(command.output.string()) << std::endl;
  }
  return 0;
}

}  // namespace

void add_styles_thumbnails(CLI::App& styles, Program& program) {
  const auto options = std::make_shared<ThumbnailsCommand>();
  CLI::App* thumbnails =
      styles.add_subcommand("thumbnails", "A small painting of every style, and a page to look through them");
  thumbnails->footer(
      "  atelier styles thumbnails -o gallery\n"
      "  atelier styles thumbnails --photo kitchen.jpg --like \"ukiyo-e, muted\" -o gallery");
  thumbnails->add_option("-o,--output", options->output, "Folder for NAME.jpg, index.html and styles.json")
      ->type_name("FOLDER")
      ->required();
  thumbnails->add_option("--photo", options->photo, "What to paint; default: a landscape of our own")
      ->type_name("FILE");
  thumbnails
      ->add_option("--like", options->like,
                   "Only styles that answer these words, as 'styles list' finds them")
      ->type_name("WORDS");
  thumbnails->callback([&program, options] {
    program.action = [&program, options] { return draw_thumbnails(program, *options); };
  });
}

}  // namespace atelier::cli

#include <charconv>
#include <iostream>
#include <nlohmann/json.hpp>

#include "atelier/core/atomic_file.h"
#include "atelier/core/error.h"
#include "atelier/image/write_image.h"
#include "atelier/style/procedural/drawing.h"
#include "commands/styles_commands.h"
#include "json_output.h"
#include "progress.h"

namespace atelier::cli {
namespace {

constexpr const char* kAll = "all";

struct DrawCommand {
  std::string medium, size = "512";
  std::filesystem::path output;
  int count = 1;
};

struct DrawnSize {
  int width = 0, height = 0;
};

// "512" or "640x480".
DrawnSize drawn_size(const std::string& text) {
  const auto number = [&](std::string_view digits) {
    int value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc() || end != digits.data() + digits.size()) {
      throw Error(ErrorCode::Usage, "style.size",
                  "--size " + printable(text) + ": is not a size; write 512 for a square or 640x480");
    }
    return value;
  };
  const std::string_view all = text;
  const std::size_t cross = all.find('x');
  if (cross == std::string_view::npos) return {number(all), number(all)};
  return {number(all.substr(0, cross)), number(all.substr(cross + 1))};
}

std::string draw_one(const DrawCommand& command, const std::string& medium, std::uint64_t seed,
                     const std::filesystem::path& path) {
  const DrawnSize size = drawn_size(command.size);
  const style::Drawing drawing = style::draw_medium(medium, seed, size.width, size.height);
  // No network had a hand in it.
  write_image(path, Image::from_planar(drawing.planes, drawing.width, drawing.height), {.mark_ai = false});
  return drawing.title;
}

// Pictures and, last, the list of them that `train base` reads.
nlohmann::json draw_folder(const Program& program, const DrawCommand& command) {
  std::vector<std::string> names;
  if (command.medium == kAll) {
    for (const style::Medium& medium : style::media()) names.push_back(medium.name);
  } else {
    names.push_back(command.medium);
  }
  std::error_code failure;
  std::filesystem::create_directories(command.output, failure);
  if (!std::filesystem::is_directory(command.output)) {
    throw Error(ErrorCode::CannotCreate, "style.folder",
                printable(command.output.string()) + ": cannot be made a folder; choose another -o");
  }
  Progress progress(program.progress, static_cast<int>(names.size()) * command.count);
  nlohmann::json pictures = nlohmann::json::array();
  std::string manifest = "file\ttitle\tartist\tyear\tstyle\tsource\tlicence\n";
  for (const std::string& name : names) {
    for (int i = 0; i < command.count; ++i) {
      stop_if_interrupted();
      const std::uint64_t seed = program.seed + static_cast<std::uint64_t>(i);
      const std::string file = name + "-" + std::to_string(seed) + ".png";
      const std::string title = draw_one(command, name, seed, command.output / file);
      const std::string source = "drawn by Atelier: atelier styles draw " + name + " --seed " +
                                 std::to_string(seed) + " --size " + command.size;
      manifest += file + "\t" + title + "\tAtelier\t2026\t" + name + "\t" + source + "\tCC0-1.0\n";
      pictures.push_back({{"file", file}, {"title", title}, {"medium", name}, {"seed", seed}});
      progress.step(file, 1, 1);
      progress.finish_item();
    }
  }
  progress.clear();
  write_file_atomically(command.output / "manifest.tsv", manifest);
  return pictures;
}

int draw(const Program& program, const DrawCommand& command) {
  if (command.medium != kAll && style::find_medium(command.medium) == nullptr) {
    style::draw_medium(command.medium, program.seed, 0, 0);  // says which media there are
  }
  const bool is_folder = command.medium == kAll || command.count > 1;
  nlohmann::json pictures = nlohmann::json::array();
  if (is_folder) {
    pictures = draw_folder(program, command);
  } else {
    const std::string title = draw_one(command, command.medium, program.seed, command.output);
    pictures.push_back({{"file", command.output.string()},
                        {"title", title},
                        {"medium", command.medium},
                        {"seed", program.seed}});
  }
  if (program.json) {
    print_json({{"schema", 1}, {"pictures", std::move(pictures)}});
  } else if (is_folder) {
    std::cout << "wrote " << pictures.size() << " pictures and manifest.tsv to "
              << printable(command.output.string()) << std::endl;
  } else {
    std::cout << "wrote " << printable(command.output.string()) << std::endl;
  }
  return 0;
}

}  // namespace

void add_styles_draw(CLI::App& styles, Program& program) {
  const auto options = std::make_shared<DrawCommand>();
  CLI::App* draw_app =
      styles.add_subcommand("draw", "Draw pictures by rule: stained glass, woodcut, pixel art ...");
  std::string known;
  for (const style::Medium& medium : style::media()) known += (known.empty() ? "" : ", ") + medium.name;
  draw_app->footer("Media: " + known +
                   "\n\n  atelier styles draw stained-glass -o window.png --seed 4\n"
                   "  atelier styles draw all -o drawn --count 10");
  draw_app->add_option("MEDIUM", options->medium, "One of the media below, or 'all'")->required();
  draw_app->add_option("-o,--output", options->output, "Picture; a folder for 'all' and for several")
      ->type_name("PATH")
      ->required();
  draw_app->add_option("--size", options->size, "Pixels: 512 or 640x480")
      ->type_name("SIZE")
      ->capture_default_str();
  draw_app->add_option("--count", options->count, "How many of each medium, from --seed on")
      ->type_name("N")
      ->check(CLI::Range(1, 10000).description(""))
      ->capture_default_str();
  draw_app->callback(
      [&program, options] { program.action = [&program, options] { return draw(program, *options); }; });
}

}  // namespace atelier::cli

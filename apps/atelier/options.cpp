#include "options.h"

#include <charconv>

#include "atelier/core/error.h"

namespace atelier::cli {
namespace {

std::string check_device(const std::string& device) {
  const bool numbered = device.rfind("cuda:", 0) == 0 && device.size() > 5 &&
                        device.find_first_not_of("0123456789", 5) == std::string::npos;
  if (device == "cpu" || device == "cuda" || device == "auto" || numbered) return {};
  return "'" + printable(device) + "' is no device; use cpu, cuda, cuda:N or auto";
}

int parse_tile(const std::string& tile) {
  if (tile == "auto") return 0;
  int side = 0;
  const auto [end, error] = std::from_chars(tile.data(), tile.data() + tile.size(), side);
  if (error == std::errc() && end == tile.data() + tile.size() && side > 0) return side;
  throw Error(
      ErrorCode::Usage, "stylize.option",
      "--tile is '" + printable(tile) + "'; give 'auto' or the side of a tile in pixels, 64 at least");
}

}  // namespace

void add_program_options(CLI::App& app, Program& program) {
  app.add_flag("--json", program.json, "Print results as JSON");
  auto* quiet = app.add_flag("-q,--quiet", program.quiet, "Print errors only");
  app.add_flag("-v,--verbose", program.verbose, "Say more on stderr")->excludes(quiet);
  app.add_option("--threads", program.threads, "Processor threads; 0: all of them")
      ->type_name("N")
      ->check(CLI::Range(0, 256).description(""))
      ->capture_default_str();
  app.add_option("--device", program.device,
                 "Where to compute: cpu, cuda, cuda:N or auto (a GPU when there is one)")
      ->type_name("NAME")
      ->check(CLI::Validator(check_device, ""))
      ->capture_default_str();
  app.add_option("--seed", program.seed,
                 "Where random numbers start (training, bench, --explore, --grain, styles draw)")
      ->type_name("N")
      ->capture_default_str();
  app.add_option("--model", program.model,
                 "Folder of a model; default: $ATELIER_MODEL, else the one installed")
      ->type_name("DIR");
  app.add_option("--progress", program.progress,
                 "Progress on stderr: auto (on a terminal), json (lines) or none")
      ->type_name("KIND")
      ->check(CLI::IsMember({"auto", "json", "none"}).description(""))
      ->capture_default_str();
  app.set_version_flag("--version", std::string("atelier ") + model::program_version(),
                       "Print the version and exit");
}

CLI::Option* PaintingOptions::add_to(CLI::App& command) {
  CLI::Option* style =
      add_repeatable(
          command, "-s,--style", styles,
          "A gallery name, a picture, a code file or a taste code, with ':weight' for its share; repeat it "
          "to blend")
          ->type_name("STYLE[:WEIGHT]");
  command
      .add_option("--strength", strength,
                  "0 keeps the photo, 1 is the full style; default: the taste code's, else 1")
      ->type_name("0..1");
  command
      .add_option("--detail", detail, "0 paints, 1 keeps every line; default: the style's, else the model's")
      ->check(unit_interval())
      ->type_name("0..1");
  command
      .add_option("--stroke", stroke, "Size of the strokes, 1 as in training; time grows with 1 / stroke^2")
      ->type_name("0.25..4")
      ->capture_default_str();
  command
      .add_option("--color,--colour", colour,
                  "Whose colours: style, keep (the photo's), or those of a picture")
      ->type_name("style|keep|IMAGE")
      ->capture_default_str();
  command
      .add_option("--size", size,
                  "Longest side to paint at, pixels; 0: the photo's own. Scaled back afterwards")
      ->type_name("PX")
      ->capture_default_str();
  command.add_flag("--keep-size", keep_size,
                   "Leave the painting at --size, do not scale it back to the photo's");
  command
      .add_option("--tile", tile,
                  "Side of the tiles large pictures are painted in, pixels; auto: above 16 megapixels")
      ->type_name("auto|PX")
      ->capture_default_str();
  return style;
}

inference::StylizeOptions PaintingOptions::to_stylize_options() const {
  inference::StylizeOptions options;
  if (strength) options.strength = *strength;
  options.stroke = stroke;
  options.size = size;
  options.keep_painted_size = keep_size;
  options.tile = parse_tile(tile);
  if (colour == "keep") options.colour = inference::Colour::Keep;
  options.validate();
  return options;
}

void FileOptions::add_to(CLI::App& command) {
  command.add_option("--quality", quality, "Of JPEG and WebP, percent")
      ->type_name("1..100")
      ->check(CLI::Range(1, 100).description(""))
      ->capture_default_str();
  command.add_flag("--lossless", lossless, "WebP without loss");
  command.add_option("--depth", depth, "Bits of a sample in PNG and TIFF: 8 or 16; default: the photo's")
      ->type_name("BITS")
      ->check(CLI::IsMember({8, 16}).description(""));
  command
      .add_option("--format", format, "jpg, png, webp or tiff; default: by the name, png on standard output")
      ->type_name("NAME")
      ->check(CLI::IsMember({"jpg", "jpeg", "png", "webp", "tif", "tiff"}).description(""));
}

WriteOptions FileOptions::to_write_options() const {
  WriteOptions options;
  options.quality = quality;
  options.lossless = lossless;
  if (depth != 0) options.depth = depth == 16 ? Depth::U16 : Depth::U8;
  return options;
}

void add_network_option(CLI::App& command, std::string& network) {
  command
      .add_option("--network", network,
                  "Paint with this one of the model's networks: M, or XS, S ... distilled from it; default: "
                  "its own")
      ->type_name("SIZE");
}

CLI::Validator unit_interval() {
  return CLI::Validator(
      [](std::string& text) {
        double value = 0;
        if (CLI::detail::lexical_cast(text, value) && value >= 0 && value <= 1) return std::string();
        return "'" + text + "' is not in the range 0 to 1";
      },
      "");
}

CLI::Option* add_repeatable(CLI::App& command, const std::string& name, std::vector<std::string>& values,
                            const std::string& description) {
  return command.add_option(name, values, description)->allow_extra_args(false);
}

}  // namespace atelier::cli

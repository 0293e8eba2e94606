#include <spdlog/fmt/fmt.h>

#include <filesystem>
#include <iostream>
#include <set>

#include "atelier/core/atomic_file.h"
#include "atelier/core/error.h"
#include "atelier/personalization/segments.h"
#include "commands/taste_commands.h"
#include "json_output.h"
#include "private_file.h"
#include "table.h"
#include "taste_gallery.h"
#include "taste_pictures.h"

namespace atelier::cli {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using personalization::AudienceSegment;
using personalization::SegmentReport;

constexpr std::size_t kMaxCsvBytes = std::size_t{256} << 20;
constexpr const char* kExamples =
    "  atelier taste segment --csv ratings.csv -o segments/\n"
    "  atelier taste segment --csv clicks.csv --photo advert.jpg -o segments/ --segments 3";

struct SegmentCommand {
  std::string csv, photo;
  fs::path output;
  personalization::SegmentOptions options;
};

void make_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (!fs::is_directory(folder)) {
    throw Error(ErrorCode::CannotCreate, "output.folder",
                printable(folder.string()) + ": this folder cannot be made; choose another one with -o");
  }
}

// Names may hold quotes and commas (RFC 4180).
std::string csv_field(const std::string& text) {
  if (text.find_first_of("\",\r\n") == std::string::npos) return text;
  std::string field = "\"";
  for (const char c : text) field += c == '"' ? std::string("\"\"") : std::string(1, c);
  return field + "\"";
}

void write_private(const fs::path& path, const std::string& text) {
  PrivateFile file(path);
  file.stream() << text;
  file.keep();
}

std::string variants_csv(const SegmentReport& report) {
  std::string text = "user,segment,style\n";
  for (const AudienceSegment& segment : report.segments) {
    for (const std::string& user : segment.users)
      text += csv_field(user) + "," + csv_field(segment.name) + "," + report.variant_for(user) + "\n";
  }
  return text;
}

std::string interval(const personalization::Interval& number) {
  return fmt::format("{:+.2f} ({:+.2f} .. {:+.2f})", number.value, number.low, number.high);
}

std::vector<std::string> row_of(const AudienceSegment& segment) {
  return {printable(segment.name), std::to_string(segment.users.size()),
          segment.variant,         interval(segment.utility),
          interval(segment.gain),  fmt::format("{:.0f} %", 100 * segment.certainty)};
}

/// One picture for each style that is shown to somebody.
json paint_variants(const Program& program, const TasteGallery& gallery, const SegmentCommand& command,
                    const SegmentReport& report) {
  json pictures = json::object();
  if (command.photo.empty()) return pictures;
  TastePictures painter(program, gallery, command.photo, command.output);
  std::set<std::string> styles;
  for (const AudienceSegment& segment : report.segments) styles.insert(segment.variant);
  if (styles.empty()) styles.insert(report.everyone.variant);
  for (const std::string& style : styles) pictures[style] = painter.render(style).string();
  return pictures;
}

int segment(const Program& program, const SegmentCommand& command) {
  const TasteGallery gallery(program.open_bundle());
  std::vector<std::string> styles;
  for (const personalization::Candidate& candidate : gallery.candidates()) styles.push_back(candidate.key);
  const personalization::SegmentTable table = personalization::parse_segment_csv(
      read_file(command.csv, kMaxCsvBytes), printable(command.csv), styles);
  personalization::SegmentOptions options = command.options;
  options.seed = program.seed;
  const SegmentReport report =
      personalization::segment_audience(table, gallery.candidates(), gallery.prior(), options);

  make_folder(command.output);
  write_private(command.output / "segments.json", report.to_text());
  write_private(command.output / "variants.csv", variants_csv(report));
  write_file_atomically(command.output / "shareable.json", report.to_shareable_text());
  const json pictures = paint_variants(program, gallery, command, report);
  if (program.json) {
    json result = json::parse(report.to_shareable_text());
    print_json({{"schema", 1},
                {"folder", command.output.string()},
                {"report", std::move(result)},
                {"pictures", pictures}});
    return 0;
  }
  std::vector<std::vector<std::string>> rows = {{"SEGMENT", "PEOPLE", "SHOW", "LIKING", "GAIN", "CERTAIN"}};
  for (const AudienceSegment& one : report.segments) rows.push_back(row_of(one));
  rows.push_back(row_of(report.everyone));
  std::cout << report.why << "\n\n" << format_table(rows) << "\n";
  for (const char* file : {"segments.json", "variants.csv", "shareable.json"})
    std::cout << printable((command.output / file).string()) << "\n";
  for (const auto& [style, picture] : pictures.items())
    std::cout << printable(picture.get<std::string>()) << "\n";
  return 0;
}

}  // namespace

void add_taste_segment(CLI::App& taste, Program& program) {
  const auto options = std::make_shared<SegmentCommand>();
  CLI::App* command = taste.add_subcommand("segment", "Which style each part of an audience should see");
  command->footer(kExamples);
  command
      ->add_option(
          "--csv", options->csv,
          "Columns user, style, and rating (1..5) or clicks with impressions; segment if you declare them")
      ->type_name("FILE")
      ->required();
  command
      ->add_option("-o,--output", options->output, "Folder for the report, who sees what, and the pictures")
      ->type_name("DIR")
      ->required();
  command->add_option("--photo", options->photo, "Paint this photo once in each style that is shown")
      ->type_name("IMAGE");
  command
      ->add_option("--segments", options->options.segments,
                   "How many segments to look for; 0: as the data say")
      ->type_name("N")
      ->check(CLI::Range(0, 20).description(""))
      ->capture_default_str();
  command
      ->add_option("--fewest-people", options->options.fewest_people,
                   "Segments of fewer people are left out of shareable.json")
      ->type_name("N")
      ->check(CLI::Range(1, 1000000).description(""))
      ->capture_default_str();
  command->callback(
      [&program, options] { program.action = [&program, options] { return segment(program, *options); }; });
}

}  // namespace atelier::cli

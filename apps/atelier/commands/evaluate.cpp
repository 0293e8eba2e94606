#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "atelier/core/atomic_file.h"
#include "atelier/core/error.h"
#include "atelier/evaluation/latency.h"
#include "atelier/evaluation/rating_set.h"
#include "atelier/evaluation/real_people.h"
#include "atelier/evaluation/simulated_people.h"
#include "atelier/evaluation/taste_report.h"
#include "atelier/image/read_image.h"
#include "atelier/personalization/style_mapper.h"
#include "atelier/style/attributes.h"
#include "backend.h"
#include "commands/commands.h"
#include "commands/evaluate_commands.h"
#include "json_output.h"
#include "options.h"
#include "progress.h"
#include "table.h"
#include "taste_gallery.h"

namespace atelier::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* kReportName = "taste-evaluation";

struct EvaluateTaste {
  std::string ratings;
  std::string report;
  int users = 0;
  std::vector<std::string> only;

  bool wants(const std::string& part) const {
    return only.empty() || std::find(only.begin(), only.end(), part) != only.end();
  }
};

std::map<std::string, double> measure_picture(const fs::path& path) {
  const Image picture = read_image(path);
  return style::measure_attributes(picture.to_planar(), picture.height(), picture.width());
}

// The folder with art91, oasis and gandogs55: the option, else the environment.
std::optional<fs::path> ratings_folder(const EvaluateTaste& command) {
  if (!command.ratings.empty()) return command.ratings;
  if (const char* variable = std::getenv("ATELIER_RATINGS"); variable != nullptr && *variable != '\0')
    return variable;
  return std::nullopt;
}

void measure_real(const Program& program, const EvaluateTaste& command,
                  const evaluation::ProgressCallback& progress, evaluation::TasteReport& report) {
  const std::optional<fs::path> folder = ratings_folder(command);
  if (!folder) {
    report.add_note(
        "real people: NOT MEASURED, there are no ratings here; give --ratings DIR or set ATELIER_RATINGS to "
        "a folder "
        "with art91, oasis and gandogs55");
    return;
  }
  std::error_code ignored;
  if (!fs::is_directory(*folder, ignored)) {
    throw Error(ErrorCode::NoInput, "ratings.folder",
                printable(folder->string()) +
                    ": there is no such folder with ratings; check --ratings or ATELIER_RATINGS");
  }
  using Load = evaluation::RatingSet (*)(const fs::path&, const evaluation::MeasurePicture&);
  struct Source {
    const char* name;
    Load load;
    int rounds;  // each gandogs55 round holds out eleven pictures: five rounds are worth five times the
                 // answers
  };
  int found = 0;
  for (const Source& source :
       {Source{"art91", evaluation::load_art91, 1}, Source{"oasis", evaluation::load_oasis, 1},
        Source{"gandogs55", evaluation::load_gandogs55, 5}}) {
    if (!fs::exists(*folder / source.name, ignored)) {
      report.add_note(std::string("real people: ") + source.name + " NOT MEASURED, it is not in " +
                      printable(folder->string()));
      continue;
    }
    ++found;
    int measured = 0;
    const evaluation::RatingSet set = source.load(*folder / source.name, [&](const fs::path& path) {
      if (++measured % 20 == 0) progress(std::string(source.name) + " pictures", measured, 1000);
      return measure_picture(path);
    });
    evaluation::RealPeopleOptions options;
    options.seed = program.seed;
    options.rounds = source.rounds;
    options.people = static_cast<std::size_t>(command.users);
    report.add(evaluation::measure_real_people(set, evaluation::all_predictors(), options, progress));
  }
  if (found == 0) {
    throw Error(ErrorCode::NoInput, "ratings.folder",
                printable(folder->string()) + ": holds none of art91, oasis and gandogs55; check --ratings");
  }
}

evaluation::GalleryFeatures gallery_of(const TasteGallery& taste) {
  std::vector<storage::Subject> subjects;
  evaluation::GalleryFeatures gallery{taste.features(), {}, {}, taste.prior()};
  for (const style::NamedStyle& style : taste.bundle().styles().styles()) {
    subjects.push_back(to_subject(style));
    gallery.names.push_back(style.name);
  }
  gallery.psi = taste.features().matrix(subjects);
  return gallery;
}

void measure_gallery(const Program& program, const EvaluateTaste& command,
                     const evaluation::ProgressCallback& progress, evaluation::TasteReport& report) {
  const TasteGallery taste(program.open_bundle());
  const evaluation::GalleryFeatures gallery = gallery_of(taste);
  std::optional<personalization::StyleMapper> mapper;
  if (taste.bundle().mapper()) {
    mapper = personalization::StyleMapper::load(*taste.bundle().mapper());
    mapper->require_fit(taste.bundle().manifest().space_id, taste.features());
  } else {
    report.add_note("style mapper: NOT MEASURED, this model has none; see 'atelier train mapper'");
  }
  const personalization::StyleMapper* trained = mapper ? &*mapper : nullptr;
  if (command.wants("simulated")) {
    evaluation::SimulatedPeopleOptions options;
    options.seed = program.seed;
    if (command.users > 0) options.users = command.users;
    report.add(evaluation::measure_simulated_people(gallery, options, trained, progress));
  }
  if (command.wants("latency")) {
    evaluation::LatencyOptions options;
    options.seed = program.seed;
    report.add(evaluation::measure_latency(gallery, options, trained, progress), trained != nullptr);
  }
}

std::string underlined(const std::string& title) {
  return title + "\n" + std::string(title.size(), '-') + "\n";
}

void print(const Program& program, const evaluation::TasteReport& report) {
  if (program.json) {
    print_json(report.to_json());
    return;
  }
  for (const evaluation::ReportTable& table : report.tables()) {
    std::cout << underlined(table.title);
    for (const std::string& note : table.notes) std::cout << note << "\n";
    std::cout << format_table(table.rows) << "\n";
  }
  const evaluation::ReportTable bars = report.bar_table();
  std::cout << underlined(bars.title) << format_table(bars.rows);
  for (const std::string& note : report.notes()) std::cout << "\n" << note << "\n";
}

void write_report(const fs::path& folder, const evaluation::TasteReport& report) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) {
    throw Error(ErrorCode::CannotCreate, "output.folder",
                printable(folder.string()) + ": this folder cannot be made: " + error.message() +
                    "; choose another one with --report");
  }
  write_file_atomically(folder / (std::string(kReportName) + ".json"), report.to_json().dump(1) + "\n");
  write_file_atomically(folder / (std::string(kReportName) + ".md"), report.to_markdown());
}

int evaluate_taste(const Program& program, const EvaluateTaste& command) {
  evaluation::TasteReport report(program.seed);
  if (command.users > 0) {
    report.add_note("subsampled: --users " + std::to_string(command.users) +
                    " limits the people scored in each set and the simulated people of each family");
  }
  Progress bar(program.progress, 1);
  const evaluation::ProgressCallback progress = [&](const std::string& what, int done, int total) {
    stop_if_interrupted();
    bar.step(what, done, total);
  };
  if (command.wants("real")) measure_real(program, command, progress, report);
  if (command.wants("simulated") || command.wants("latency"))
    measure_gallery(program, command, progress, report);
  bar.clear();
  if (!command.report.empty()) write_report(command.report, report);
  print(program, report);
  return 0;
}

void add_evaluate_taste(CLI::App& evaluate, Program& program) {
  CLI::App* command = evaluate.add_subcommand(
      "taste", "Measure how well tastes are learned, on real ratings and simulated people");
  const auto options = std::make_shared<EvaluateTaste>();
  command->footer(
      "  atelier evaluate taste --ratings ratings/\n"
      "  atelier evaluate taste --only simulated --users 20\n"
      "  atelier evaluate taste --ratings ratings/ --report reports/ --json");
  command
      ->add_option(
          "--ratings", options->ratings,
          "Folder with art91, oasis and gandogs55; default: $ATELIER_RATINGS, else only simulated people")
      ->type_name("DIR");
  command
      ->add_option("--users", options->users,
                   "Score at most so many people of each set, and so many simulated ones of each family; "
                   "default: all, "
                   "and 60")
      ->type_name("N")
      ->check(CLI::Range(2, 100000).description(""));
  add_repeatable(*command, "--only", options->only, "real, simulated or latency; repeat it; default: all")
      ->type_name("PART")
      ->check(CLI::IsMember({"real", "simulated", "latency"}).description(""));
  command->add_option("--report", options->report, "Folder for taste-evaluation.json and taste-evaluation.md")
      ->type_name("DIR");
  command->callback([&program, options] {
    program.action = [&program, options] { return evaluate_taste(program, *options); };
  });
}

}  // namespace

void add_evaluate(CLI::App& app, Program& program) {
  CLI::App* evaluate = app.add_subcommand("evaluate", "Measure quality against what was promised");
  evaluate->require_subcommand(1);
  add_evaluate_pictures(*evaluate, program);
  add_evaluate_compare(*evaluate, program);
  add_evaluate_study(*evaluate, program);
  add_evaluate_taste(*evaluate, program);
  evaluate->footer(
      "  atelier evaluate pictures --content photos/ --style paintings/ --out report/\n"
      "  atelier evaluate compare before/ after/\n"
      "  atelier evaluate study make --a ours/ --b theirs/ --out study.html\n"
      "  atelier evaluate taste --ratings ratings/ --report reports/");
}

}  // namespace atelier::cli

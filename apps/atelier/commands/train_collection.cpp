#include "train_collection.h"

#include <spdlog/spdlog.h>

#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "atelier/core/cancel.h"
#include "atelier/core/error.h"
#include "atelier/tensor/device.h"
#include "atelier/training/progress.h"
#include "atelier/training/tuning_split.h"
#include "json_output.h"
#include "style_words.h"
#include "train_commands.h"
#include "trained_gallery.h"

namespace atelier::cli {
namespace {

constexpr std::size_t kMeasuredWorks = 24;  // for the attributes

struct TrainCollection : TuningInputs {
  std::filesystem::path folder, others;
  int variants = 0;

  std::string variant_name(int i) const { return style.name + "-" + std::to_string(i + 1); }
};

training::TunedCollection tune(const Program& program, const TrainCollection& command,
                               const model::ModelBundle& bundle, const CollectionWorks& works,
                               const std::vector<Image>& photos, double detail) {
  training::CollectionTuningOptions options;
  options.minutes = command.minutes;
  options.steps = command.steps;
  options.most_content = command.most_content;
  options.detail = detail;
  options.networks = command.parsed_networks();
  options.adaptive_augmentation = works.teaching.size() + works.kept_aside.size() < training::kFewWorks;
  options.seed = program.seed;
  training::Progress progress(training::Progress::parse(program.progress), "train collection");
  options.progress = [&](double fraction, std::int64_t steps, double left, const std::string& note) {
    progress.update(fraction, steps, left, note);
  };
  return training::tune_collection(bundle, works.teaching, photos, options);
}

std::vector<Image> not_trained_on(const std::vector<Image>& photos) {
  std::vector<Image> held_out;
  for (const std::size_t i : training::split_contents(photos.size()).held_out) held_out.push_back(photos[i]);
  return held_out;
}

std::map<std::string, double> mean_attributes(const std::vector<Image>& works) {
  const std::size_t count = std::min(works.size(), kMeasuredWorks);
  std::map<std::string, double> mean;
  for (std::size_t i = 0; i < count; ++i)
    for (const auto& [key, value] : measure_picture(works[i]))
      mean[key] += value / static_cast<double>(count);
  return mean;
}

// The collection's style, and `variants` like single works. Returns the size of what they share beside the
// codes.
std::size_t add_styles(const TrainCollection& command, const model::ModelBundle& bundle,
                       const CollectionWorks& works, const training::TunedCollection& tuned) {
  style::NamedStyle style = command.style;
  style.code = tuned.code;
  style.attributes = mean_attributes(works.teaching);
  const std::size_t bytes = add_trained(style, tuned.delta, bundle);
  const std::vector<std::size_t> like = distinct_works(tuned, static_cast<std::size_t>(command.variants));
  for (std::size_t i = 0; i < like.size(); ++i) {
    style.name = command.variant_name(static_cast<int>(i));
    style.title = "like " + std::filesystem::path(works.files[like[i]]).stem().string();
    style.code = tuned.code_like(like[i]);
    style.attributes = measure_picture(works.teaching[like[i]]);
    add_trained(style, tuned.delta, bundle);
  }
  return bytes;
}

void print(const TrainCollection& command, const CollectionWorks& works,
           const training::TunedCollection& tuned, const std::optional<CollectionVerdict>& verdict,
           std::size_t bytes) {
  std::cout << fmt::format("{}: {} works teach, {} are kept aside, {} were left out\n",
                           printable(command.folder.string()), works.teaching.size(), works.kept_aside.size(),
                           works.left_out.size());
  if (verdict) std::cout << verdict->to_text();
  const std::string& name = command.style.name;
  if (bytes > 0) {
    std::cout << fmt::format(
        "added {}: {} bytes beside the code, learned on {}; on held-out content the style "
        "loss is {:.0f} % and the content loss {:.0f} % of the mean code's\n",
        name, bytes, command.content_name(), 100 * tuned.after.style / tuned.before.style,
        100 * tuned.after.content / tuned.before.content);
  } else if (verdict) {
    std::cout << fmt::format(
        "added {}: the mean code of its works alone; what was learned was not kept, because {}\n", name,
        fmt::join(verdict->objections(), " and "));
  } else {
    std::cout << fmt::format(
        "added {}: the mean code of its works alone; nothing that was trained came nearer to "
        "them\n",
        name);
  }
}

nlohmann::json to_json(const training::TunedCollection& tuned) {
  return {{"style_before", tuned.before.style},
          {"style_after", tuned.after.style},
          {"content_before", tuned.before.content},
          {"content_after", tuned.after.content},
          {"steps", tuned.steps},
          {"seconds", tuned.seconds},
          {"games", tuned.games},
          {"accuracy", tuned.accuracy},
          {"augmentation", tuned.augmentation},
          {"finished", tuned.finished}};
}

int train_collection(const Program& program, const TrainCollection& command) {
  const auto bundle = program.open_bundle();
  require_free_name(command.style.name, *bundle, command.replace);
  for (int i = 0; i < command.variants; ++i)
    require_free_name(command.variant_name(i), *bundle, command.replace);
  const float detail = command.style.detail >= 0 ? command.style.detail : bundle->manifest().default_detail;

  const CollectionWorks works = read_collection(command.folder, program.seed);
  const std::vector<Image> photos = command.read_photos(), unseen = not_trained_on(photos),
                           others = other_hands(command.others, works);
  tensor::prepare_runtime(program.resolved_threads());
  training::TunedCollection tuned = tune(program, command, *bundle, works, photos, detail);
  const int signal = pending_signal();
  if (signal != 0 && !tuned.learned()) {
    std::cerr << "atelier: stopped before anything was learned; no style was added\n";
    return 128 + signal;
  }

  const BeforeAfter trained{tuned.mean_code, tuned.code, tuned.delta, detail};
  std::optional<CollectionVerdict> verdict;
  if (signal != 0) {
    spdlog::warn("stopped early: the best so far is kept; works kept aside did not judge it");
  } else if (tuned.learned()) {
    spdlog::info("judging by the works kept aside");
    verdict =
        judge_collection(program, *bundle, works, unseen, others, tuned, detail, command.judged.weights);
    if (!verdict->objections().empty()) {
      tuned.code = tuned.mean_code;
      tuned.delta = {};
    }
  }
  const std::size_t bytes = add_styles(command, *bundle, works, tuned);
  if (!command.strip.empty())
    write_before_after(program, *bundle, command.strip, works.kept_aside.front(), unseen, trained);
  std::optional<StyleVerdict> judged;
  if (!command.judged.photos.empty() && signal == 0)
    judged = judge_before_after(program, *bundle, command.judged, works.kept_aside, trained);
  if (program.json) {
    nlohmann::json json = {{"schema", 1},
                           {"added", command.style.name},
                           {"kept", tuned.learned()},
                           {"delta_bytes", bytes},
                           {"variants", command.variants},
                           {"content", command.content_name()},
                           {"works", works.teaching.size()},
                           {"kept_aside", works.kept_aside.size()},
                           {"left_out", works.left_out},
                           {"training", to_json(tuned)}};
    if (verdict) json["verdict"] = to_json(*verdict);
    if (!command.strip.empty()) json["strip"] = command.strip.string();
    if (judged) json["judged"] = to_json(*judged);
    print_json(json);
  } else {
    print(command, works, tuned, verdict, bytes);
    if (judged) print(*judged);
    if (!command.strip.empty()) std::cout << command.strip.string() << "\n";
  }
  return signal == 0 ? 0 : 128 + signal;
}

}  // namespace

void add_train_collection(CLI::App& train, Program& program) {
  CLI::App* command = train.add_subcommand("collection", "Learn an artist or a brand from a folder of works");
  const auto options = std::make_shared<TrainCollection>();
  options->minutes = 10;
  options->most_content = 1.05;
  command->add_option("DIR", options->folder, "Folder of 10 to 5,000 works, without folders in it")
      ->required();
  options->add_to(*command);
  command
      ->add_option("--others", options->others,
                   "Folder of works by other hands, to be told from these; default: pictures drawn by rule")
      ->type_name("DIR");
  command
      ->add_option("--variants", options->variants,
                   "Also add styles like single works, the most different ones: NAME-1, NAME-2 ...")
      ->check(CLI::Range(0, 20).description(""))
      ->type_name("N")
      ->capture_default_str();
  command->footer(
      "  atelier train collection hokusai/ --name hokusai --artist \"Katsushika Hokusai\" --content "
      "holiday/\n"
      "  atelier train collection brand/ --name brand --minutes 30 --variants 3 --strip brand.png\n"
      "A fifth of the works is kept aside and judges: what was learned is kept only when paintings come "
      "nearer "
      "to\n"
      "them without becoming alike, else the style is the mean code of the works. Ctrl-C keeps the best so "
      "far; "
      "a\n"
      "stopped training starts over.");
  command->callback([&program, options] {
    program.action = [&program, options] { return train_collection(program, *options); };
  });
}

}  // namespace atelier::cli

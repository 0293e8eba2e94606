#include "atelier/training/trainer.h"

#include <sys/resource.h>
#include <torch/torch.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fstream>

#include "atelier/core/atomic_file.h"
#include "atelier/core/cancel.h"
#include "atelier/core/error.h"
#include "atelier/core/log.h"
#include "atelier/model/model_bundle.h"
#include "atelier/tensor/device.h"
#include "atelier/training/detail/checkpoint.h"
#include "atelier/training/detail/crops.h"
#include "atelier/training/detail/dead_channels.h"
#include "atelier/training/detail/held_out.h"
#include "atelier/training/detail/judge.h"
#include "atelier/training/detail/prefetcher.h"
#include "atelier/training/detail/sample_sheet.h"
#include "atelier/training/detail/style_measures.h"
#include "atelier/training/detail/train_step.h"
#include "atelier/training/doctor.h"
#include "atelier/training/training_report.h"

namespace atelier::training {
namespace {

using nlohmann::json;

constexpr int kDropsBeforeRollBack = 3, kRollBacks = 3, kFailedSaves = 3;
constexpr int kSheetContents = 4, kSheetStyles = 6, kSheetSide = 256, kHeldOutContents = 2;
constexpr int kChannelsEvery = 25;  // steps from one look for dead filters to the next
constexpr double kSheetDetail = 0.5;
constexpr std::size_t kStandardisedOn = 96;  // style pictures that set the encoder's mean and spread

double peak_megabytes() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) * 1024 / 1e6;
}

/// One training from its data to its last checkpoint.
class Training {
 public:
  Training(const TrainingOptions& options, const RunFlags& flags);
  TrainingSummary run();

 private:
  void start_or_resume();
  void begin();
  void standardise_encoder();
  void make_sheet_inputs();
  void save();
  void roll_back();
  void after_step(const StepReport& report, double progress);
  void write_sheet();
  void consult(const StepReport& report);
  void tell_news();
  double elapsed() const;
  double progress() const;
  bool told_to_stop() const;
  const Phase& phase(double at) const;
  double rate(double at) const;

  const TrainingOptions& options_;
  const RunFlags& flags_;
  CheckpointStore store_;
  RunLock lock_;
  c10::Device device_;
  DataReport content_report_, style_report_;
  std::vector<TrainingPicture> content_, style_, held_out_content_, held_out_style_;
  LoadedPerceptual phi_;
  std::unique_ptr<StyleCatalogue> catalogue_;
  std::unique_ptr<TrainedNetworks> networks_;
  std::unique_ptr<TrainStep> step_;
  Doctor doctor_;
  DeadChannels dead_channels_;
  std::optional<Judge> on_trained_, on_held_out_;
  std::optional<Diagnosis> stopped_by_;
  std::ofstream metrics_, findings_;
  json began_with_;  // the model, null without one
  std::vector<at::Tensor> sheet_contents_, sheet_styles_;
  nn::StyleStatistics sheet_described_;

  std::int64_t steps_done_ = 0, first_step_ = 0;
  double elapsed_before_ = 0, rate_scale_ = 1, mean_content_ = 0, mean_style_ = 0, saved_at_ = 0;
  int dropped_in_row_ = 0, dropped_ = 0, roll_backs_ = 0, failed_saves_ = 0;
  std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
};

Training::Training(const TrainingOptions& options, const RunFlags& flags)
    : options_(options),
      flags_(flags),
      store_(options.run),
      lock_(options.run),
      device_(tensor::parse_device(flags.device)),
      content_report_{.role = "content"},
      style_report_{.role = "style"},
      content_(load_pictures(options.content, options.content_short_side, options.phases.front().crop,
                             content_report_)),
      style_(load_pictures(options.style, options.stroke_short_side * 5 / 4, 64, style_report_)),
      phi_(load_perceptual(options.perceptual)) {
  spdlog::info("{}", content_report_.to_text());
  spdlog::info("{}", style_report_.to_text());
  for (const Phase& phase : options.phases) {
    std::erase_if(content_, [&](const TrainingPicture& p) {
      return std::min(p.bytes.size(1), p.bytes.size(2)) < phase.crop;
    });
  }
  if (content_.empty()) {
    throw Error(ErrorCode::BadData, "data.small",
                "no content picture is as large as the largest crop; lower \"crop\"");
  }
  held_out_content_ = take_held_out(content_, options.held_out);
  held_out_style_ = take_held_out(style_, options.held_out);
  phi_.network->to(device_);
  StyleMeasures measures(options, phi_.network, phi_.sha256, device_);
  catalogue_ = open_catalogue(options, style_, measures, device_);
  networks_ = std::make_unique<TrainedNetworks>(options, phi_.network->options(), device_);
  step_ = std::make_unique<TrainStep>(options, *networks_, phi_.network, std::move(measures.references),
                                      *catalogue_, device_);
  write_file_atomically(options.run / "config.json", options.to_json().dump(1) + "\n");
  start_or_resume();
  make_sheet_inputs();
  const auto mode = flags.resume ? std::ios::app : std::ios::trunc;
  metrics_.open(options.run / "metrics.jsonl", mode);
  findings_.open(options.run / "doctor.jsonl", mode);
}

void Training::standardise_encoder() {
  std::vector<at::Tensor> texture, palette;
  const std::size_t stride = std::max<std::size_t>(1, style_.size() / kStandardisedOn);
  for (std::size_t i = 0; i < style_.size(); i += stride) {
    const nn::StyleStatistics described = catalogue_->describe(i);
    texture.push_back(described.texture);
    palette.push_back(described.palette);
  }
  const nn::StyleStatistics library{torch::cat(texture).to(device_), torch::cat(palette).to(device_)};
  networks_->encoder->standardise(library);
  networks_->averaged_encoder->standardise(library);
}

void Training::start_or_resume() {
  std::optional<Checkpoint> checkpoint;
  if (flags_.resume) {
    checkpoint = store_.latest(networks_->identity());
    if (!checkpoint)
      spdlog::warn("{}: no checkpoint to resume from, starting anew", printable(options_.run.string()));
  } else if (std::filesystem::exists(options_.run / "checkpoints.json")) {
    throw Error(ErrorCode::CannotCreate, "run.exists",
                printable(options_.run.string()) +
                    ": already holds a training; go on with --resume or use another run folder");
  }
  if (!checkpoint) {
    begin();
    save();
    return;
  }
  networks_->restore(checkpoint->tensors);
  if (options_.freeze_encoder) networks_->freeze_encoder();
  steps_done_ = first_step_ = checkpoint->step;
  elapsed_before_ = checkpoint->elapsed_seconds;
  rate_scale_ = checkpoint->state.value("rate_scale", 1.0);
  step_->restore_balance(checkpoint->state.value("style_scale", 1.0),
                         checkpoint->state.value("gradient_ratio", 1.0));
  mean_content_ = checkpoint->state.value("mean_content", 0.0);
  mean_style_ = checkpoint->state.value("mean_style", 0.0);
  began_with_ = checkpoint->state.value("began_with", json());
  spdlog::info("resuming at step {} after {:.1f} minutes", steps_done_, elapsed_before_ / 60);
}

void Training::begin() {
  if (options_.start_from.empty()) {
    if (options_.freeze_encoder) {
      throw Error(ErrorCode::Config, "config.freeze_encoder",
                  "freeze_encoder: a new training has no encoder yet that could be kept; resume one, begin "
                  "with a model (\"start_from\"), or set it to false");
    }
    standardise_encoder();
    return;
  }
  const auto bundle = model::ModelBundle::open(options_.start_from);
  const model::Manifest& manifest = bundle->manifest();
  if (manifest.sha256.at("perceptual.safetensors") != phi_.sha256) {
    throw Error(ErrorCode::Config, "config.start_from",
                printable(options_.start_from.string()) +
                    ": its encoder reads what its own perceptual network sees; let \"perceptual\" name this "
                    "folder too");
  }
  networks_->begin_with(*bundle);
  if (options_.freeze_encoder) networks_->freeze_encoder();
  began_with_ = {{"generator", manifest.sha256.at("generator.safetensors")},
                 {"steps", manifest.training.value("steps", 0)},
                 {"minutes", manifest.training.value("minutes", 0.0)}};
  spdlog::info("beginning with the networks of {}", printable(options_.start_from.string()));
}

void Training::make_sheet_inputs() {
  Random random = random_for(options_.seed, 0, 9);
  const auto pick = [&](std::size_t size) {
    return std::uniform_int_distribution<std::size_t>(0, size - 1)(random);
  };
  std::vector<at::Tensor> texture, palette;
  for (int i = 0; i < kSheetContents; ++i)
    sheet_contents_.push_back(middle_square(content_[pick(content_.size())].bytes, kSheetSide));
  for (int i = 0; i < kSheetStyles; ++i) {
    const std::size_t index = pick(style_.size());
    sheet_styles_.push_back(middle_square(style_[index].bytes, kSheetSide));
    const nn::StyleStatistics described = catalogue_->describe(index);
    texture.push_back(described.texture);
    palette.push_back(described.palette);
  }
  sheet_described_ = {torch::cat(texture).to(device_), torch::cat(palette).to(device_)};
  if (held_out_content_.empty() || held_out_style_.empty()) return;
  const auto squares = [](const std::vector<TrainingPicture>& pictures, std::size_t count) {
    std::vector<at::Tensor> tensors;
    for (const TrainingPicture& p : pictures) {
      if (tensors.size() < count) tensors.push_back(middle_square(p.bytes, kSheetSide));
    }
    return tensors;
  };
  const auto photos = squares(held_out_content_, kHeldOutContents);
  on_trained_.emplace(phi_.network, nullptr, photos, sheet_styles_, device_);
  on_held_out_.emplace(phi_.network, nullptr, photos, squares(held_out_style_, kSheetStyles), device_);
}

double Training::elapsed() const {
  return elapsed_before_ + std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count();
}

double Training::progress() const {
  return options_.steps > 0 ? static_cast<double>(steps_done_) / static_cast<double>(options_.steps)
                            : elapsed() / (options_.minutes * 60);
}

bool Training::told_to_stop() const {
  return pending_signal() != 0 || stopped_by_ ||
         (flags_.stop_after_steps > 0 && steps_done_ - first_step_ >= flags_.stop_after_steps);
}

const Phase& Training::phase(double at) const {
  for (const Phase& phase : options_.phases) {
    if (at < phase.until) return phase;
  }
  return options_.phases.back();
}

double Training::rate(double at) const {
  const OptimiserOptions& o = options_.optimiser;
  const double cosine = o.rate_end + 0.5 * (o.rate - o.rate_end) * (1 + std::cos(M_PI * std::min(at, 1.0)));
  return rate_scale_ * cosine * std::min(1.0, static_cast<double>(steps_done_ + 1) / std::max(1, o.warm_up));
}

void Training::save() {
  Checkpoint checkpoint{.step = steps_done_, .elapsed_seconds = elapsed(), .identity = networks_->identity()};
  checkpoint.state = {{"rate_scale", rate_scale_},
                      {"style_scale", step_->style_scale()},
                      {"gradient_ratio", step_->gradient_ratio()},
                      {"mean_content", mean_content_},
                      {"mean_style", mean_style_},
                      {"began_with", began_with_}};
  checkpoint.tensors = networks_->state();
  try {
    store_.save(checkpoint);
    failed_saves_ = 0;
  } catch (const Error& error) {
    if (error.code() != ErrorCode::Io && error.code() != ErrorCode::CannotCreate) throw;
    if (++failed_saves_ >= kFailedSaves) throw;
    spdlog::warn("{}; the last good checkpoint stays, trying again at the next interval", error.what());
  }
  saved_at_ = elapsed();
}

void Training::roll_back() {
  dropped_in_row_ = 0;
  if (++roll_backs_ > kRollBacks) {
    write_training_report(options_.run);
    throw Error(ErrorCode::Internal, "training.diverged",
                "the loss stayed non-finite after " + std::to_string(kRollBacks) +
                    " roll-backs; lower \"rate\" in the configuration and resume from the last checkpoint");
  }
  if (const auto checkpoint = store_.latest(networks_->identity())) networks_->restore(checkpoint->tensors);
  rate_scale_ *= 0.5;
  spdlog::warn("three non-finite steps in a row: back to the last checkpoint, at half the rate");
}

void Training::write_sheet() {
  char name[32];
  std::snprintf(name, sizeof name, "sheet-%07lld.png", static_cast<long long>(steps_done_));
  SheetSigns signs = write_sample_sheet(options_.run / name, *networks_, sheet_contents_, sheet_styles_,
                                        sheet_described_, kSheetDetail);
  if (on_held_out_) {
    signs.trained_style = (*on_trained_)(*networks_, kSheetDetail).style;
    signs.held_out_style = (*on_held_out_)(*networks_, kSheetDetail).style;
  }
  signs.channels = dead_channels_.channels();
  signs.dead_channels = dead_channels_.dead();
  doctor_.observe(signs);
  findings_ << json{{"step", steps_done_}, {"minutes", elapsed() / 60}, {"sheet", signs}}.dump() << '\n'
            << std::flush;
}

void Training::consult(const StepReport& report) {
  StepSigns signs{.contributions = report.contributions,
                  .gradient_norm = report.gradient_norm,
                  .dropped = !report.finite};
  if (report.played) signs.game = StepSigns::Game{report.accuracy, report.game_value, report.logit_spread};
  signs.style_to_content = report.style_to_content;
  doctor_.observe(signs);
  if (report.finite && steps_done_ % kChannelsEvery == 0)
    dead_channels_.observe(networks_->generator->parameters());
}

void Training::tell_news() {
  for (const Diagnosis& diagnosis : doctor_.news()) {
    spdlog::warn("step {}: {}", steps_done_, diagnosis.text());
    findings_ << json{{"step", steps_done_}, {"minutes", elapsed() / 60}, {"verdict", diagnosis}}.dump()
              << '\n'
              << std::flush;
  }
  if (flags_.doctor_stops) stopped_by_ = doctor_.hopeless();
}

void Training::after_step(const StepReport& report, double at) {
  const auto follow = [](double& mean, double value) {
    mean = mean == 0 ? value : 0.99 * mean + 0.01 * value;
  };
  if (const auto content = report.terms.find("content"); content != report.terms.end()) {
    follow(mean_content_, content->second);
    follow(mean_style_, report.terms.at("moments") + report.terms.at("gram"));
  }
  if (steps_done_ % options_.log_every == 0) {
    json line = {{"step", steps_done_},
                 {"minutes", elapsed() / 60},
                 {"rate", rate(at)},
                 {"total", report.total},
                 {"gradient_norm", report.gradient_norm},
                 {"style_scale", step_->style_scale()},
                 {"gradient_ratio", step_->gradient_ratio()},
                 {"dropped", dropped_},
                 {"megabytes", peak_megabytes()},
                 {"terms", report.terms}};
    if (report.played) {
      line["discriminator"] = {{"accuracy", doctor_.accuracy()}, {"game_value", doctor_.game_value()}};
    }
    metrics_ << line.dump() << '\n' << std::flush;
  }
  if (steps_done_ % options_.sheet_every == 0) write_sheet();
}

TrainingSummary Training::run() {
  const StepPlanner planner(content_, style_, *catalogue_, options_);
  Progress bar(flags_.progress, "train base");
  std::int64_t pictures = 0;
  // A phase has its own crop size, so each gets its own loader.
  while (progress() < 1 && !told_to_stop()) {
    const Phase& now = phase(progress());
    Prefetcher<StepPlan> plans(steps_done_, [&](std::int64_t s) {
      at::set_num_threads(1);  // of this loader's thread; the others belong to the training step
      return planner.plan(s, now.crop, now.batch);
    });
    for (double at = progress(); at < 1 && &phase(at) == &now && !told_to_stop(); at = progress()) {
      const StepPlan plan = plans.next();
      networks_->set_rates(rate(at), rate_scale_ * options_.optimiser.discriminator_rate);
      const StepReport report = step_->run(plan, steps_done_, at);
      ++steps_done_;
      pictures += now.batch;
      consult(report);
      if (!report.finite) {
        ++dropped_;
        if (++dropped_in_row_ >= kDropsBeforeRollBack) roll_back();
        tell_news();
        continue;
      }
      dropped_in_row_ = 0;
      after_step(report, at);
      tell_news();
      if (elapsed() - saved_at_ > options_.checkpoint_minutes * 60) save();
      char note[80];
      std::snprintf(note, sizeof note, "content %.3f style %.3f", mean_content_, mean_style_);
      bar.update(std::min(at, 1.0), pictures, at > 0 ? (1 - at) / at * elapsed() : 0, note);
    }
  }
  save();
  write_sheet();
  tell_news();
  metrics_.close();
  findings_.close();
  write_training_report(options_.run);
  return {.steps = steps_done_,
          .minutes = elapsed() / 60,
          .dropped_steps = dropped_,
          .roll_backs = roll_backs_,
          .finished = progress() >= 1,
          .content = mean_content_,
          .style = mean_style_,
          .diagnoses = doctor_.current(),
          .stopped_by = stopped_by_};
}

}  // namespace

TrainingSummary train_base(const TrainingOptions& options, const RunFlags& flags) {
  return Training(options, flags).run();
}

}  // namespace atelier::training

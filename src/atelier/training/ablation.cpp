#include "atelier/training/ablation.h"

#include <torch/torch.h>

#include <algorithm>

#include "atelier/core/atomic_file.h"
#include "atelier/core/cancel.h"
#include "atelier/core/error.h"
#include "atelier/core/log.h"
#include "atelier/nn/reference_networks.h"
#include "atelier/tensor/device.h"
#include "atelier/training/detail/checkpoint.h"
#include "atelier/training/detail/held_out.h"
#include "atelier/training/detail/judge.h"
#include "atelier/training/detail/run_log.h"
#include "atelier/training/detail/style_measures.h"

namespace atelier::training {
namespace {

using nlohmann::json;

constexpr int kJudgedSide = 256;
constexpr double kJudgedDetail = 0.5;

std::vector<at::Tensor> squares(const std::vector<TrainingPicture>& pictures, int count) {
  std::vector<at::Tensor> tensors;
  for (const TrainingPicture& picture : pictures) {
    if (static_cast<int>(tensors.size()) < count)
      tensors.push_back(middle_square(picture.bytes, kJudgedSide));
  }
  return tensors;
}

/// The pictures that no variation sees, and on the way every style measured, so that the first variation does
/// not pay for it out of its minutes.
Judge prepare(const AblationPlan& plan, const LoadedPerceptual& phi, c10::Device device) {
  const TrainingOptions options = plan.options(plan.variations.front());
  DataReport content_report{.role = "content"}, style_report{.role = "style"};
  auto photos =
      load_pictures(options.content, options.content_short_side, options.phases.front().crop, content_report);
  auto styles = load_pictures(options.style, options.stroke_short_side * 5 / 4, 64, style_report);
  const auto held_photos = take_held_out(photos, plan.held_out),
             held_styles = take_held_out(styles, plan.held_out);
  if (held_photos.empty() || held_styles.size() < 2) {
    throw Error(ErrorCode::BadData, "data.small",
                "an ablation is judged on pictures held out: " + std::to_string(held_photos.size()) +
                    " photos and " + std::to_string(held_styles.size()) +
                    " styles are; raise \"held_out\" or name larger folders");
  }
  if (plan.steps == 0) {
    const StyleMeasures measures(options, phi.network, phi.sha256, device);
    const auto catalogue = open_catalogue(options, styles, measures, device);
    spdlog::info("measuring {} styles for all variations", styles.size());
    for (std::size_t i = 0; i < styles.size() && pending_signal() == 0; ++i) {
      for (int variant = 0; variant < StyleCatalogue::kVariants; ++variant) catalogue->at(i, variant);
    }
  }
  std::shared_ptr<nn::FeatureNetwork> judging;
  if (plan.judge) judging = nn::load_reference_network(plan.judge->kind, plan.judge->file, device);
  return Judge(phi.network, judging, squares(held_photos, plan.photos), squares(held_styles, plan.styles),
               device);
}

class Ablation {
 public:
  Ablation(const AblationPlan& plan, const RunFlags& flags)
      : plan_(plan),
        flags_(flags),
        device_(tensor::parse_device(flags.device)),
        phi_(load_perceptual(plan.options(plan.variations.front()).perceptual)) {
    phi_.network->to(device_);
  }

  /// The row of a variation, trained as far as it is not yet; empty when a signal stopped it.
  std::optional<AblationRow> row(const AblationVariation& variation) {
    const TrainingOptions options = plan_.options(variation);
    const std::filesystem::path file = options.run / "judgement.json";
    if (std::filesystem::exists(options.run / "config.json")) require_same(options);
    if (std::filesystem::exists(file)) return read_config(file).at("row").get<AblationRow>();
    AblationRow row{.name = variation.name, .changes = variation.changes.dump()};
    RunFlags flags = flags_;
    flags.resume = std::filesystem::exists(options.run / "checkpoints.json");
    if (!judge_) judge_.emplace(prepare(plan_, phi_, device_));
    if (pending_signal() != 0) return std::nullopt;
    try {
      const TrainingSummary summary = train_base(options, flags);
      if (!summary.finished && !summary.stopped_by) return std::nullopt;
      row.steps = summary.steps;
      row.minutes = summary.minutes;
      for (const Diagnosis& diagnosis : summary.diagnoses) row.verdicts.push_back(diagnosis.id);
      judge(options, row);
    } catch (const Error& error) {
      if (error.id() != "training.diverged") throw;
      row.failure = error.what();
    }
    write_file_atomically(file, json{{"schema", 1}, {"row", row}}.dump(1) + "\n");
    return row;
  }

  int pairs() const { return judge_ ? static_cast<int>(judge_->pairs()) : 0; }

 private:
  static void require_same(const TrainingOptions& options) {
    if (read_config(options.run / "config.json") == options.to_json()) return;
    throw Error(ErrorCode::CannotCreate, "ablation.changed",
                printable(options.run.string()) +
                    ": holds a training of another configuration; remove it or use another \"run\"");
  }

  void judge(const TrainingOptions& options, AblationRow& row) {
    TrainedNetworks networks(options, phi_.network->options(), device_);
    const auto checkpoint = CheckpointStore(options.run).latest(networks.identity());
    if (!checkpoint)
      throw Error(ErrorCode::NoInput, "checkpoint.missing",
                  printable(options.run.string()) + ": holds no checkpoint");
    networks.restore(checkpoint->tensors);
    const Judgement judged = (*judge_)(networks, kJudgedDetail);
    row.content = judged.content;
    row.style = judged.style;
    row.judge_content = judged.reference_content;
    row.judge_style = judged.reference_style;
    row.grid = *std::max_element(judged.signs.grid.begin(), judged.signs.grid.end());
    row.luma_correlation = judged.signs.luma_correlation;
    row.across_styles = judged.across_styles;
    const RunLog log = RunLog::read(options.run);
    const auto accuracy = RunLog::curve(log.metrics, "/discriminator/accuracy").second;
    if (!accuracy.empty()) row.discriminator_accuracy = accuracy.back();
  }

  const AblationPlan& plan_;
  RunFlags flags_;
  c10::Device device_;
  LoadedPerceptual phi_;
  std::optional<Judge> judge_;
};

}  // namespace

AblationReport run_ablation(const AblationPlan& plan, const RunFlags& flags,
                            const std::function<void(const AblationRow&)>& done) {
  AblationReport report{.run = plan.run,
                        .length = plan.steps > 0 ? std::to_string(plan.steps) + " steps each"
                                                 : json(plan.minutes).dump() + " minutes each",
                        .judge = plan.judge ? plan.judge->kind : "",
                        .pairs = 0,
                        .finished = false,
                        .rows = {}};
  Ablation ablation(plan, flags);
  for (const AblationVariation& variation : plan.variations) {
    const std::optional<AblationRow> row = ablation.row(variation);
    if (!row) break;
    report.rows.push_back(*row);
    if (done) done(*row);
    report.pairs = std::max(report.pairs, ablation.pairs());
    report.finished = report.rows.size() == plan.variations.size();
    write_file_atomically(plan.run / "ablation.json", report.to_json().dump(1) + "\n");
    write_file_atomically(plan.run / "ablation.html", report.to_html());
  }
  return report;
}

}  // namespace atelier::training

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "atelier/training/doctor.h"
#include "atelier/training/progress.h"
#include "atelier/training/training_options.h"

namespace atelier::training {

/// How a training is run, as opposed to what is trained.
struct RunFlags {
  std::string device = "cpu";  ///< cpu, cuda, cuda:N or auto
  bool doctor_stops = false;   ///< end the training, checkpoint written, when the doctor finds it hopeless
  bool resume = false;         ///< go on from the newest checkpoint of the run folder
  std::int64_t stop_after_steps = 0;  ///< above 0: end this run, checkpoint written, after so many steps
  Progress::Style progress = Progress::Style::Auto;
};

struct TrainingSummary {
  std::int64_t steps = 0;
  double minutes = 0;  ///< over all runs
  int dropped_steps = 0, roll_backs = 0;
  bool finished = false;                ///< false when it was stopped early
  double content = 0, style = 0;        ///< running means of the two losses at the end
  std::vector<Diagnosis> diagnoses;     ///< what is wrong at the end
  std::optional<Diagnosis> stopped_by;  ///< what made the doctor stop it
};

/// Adversarial training of Generator, StyleEncoder and Discriminator: data report, training, checkpoints,
/// metrics.jsonl, doctor.jsonl, sample sheets and report.html in options.run. Losses: room losses; recipe:
/// docs/training.md. Errors: those of load_pictures, NoInput for missing networks, TryAgain "run.locked",
/// Internal "training.diverged" after three roll-backs, Io after three checkpoints in a row could not be
/// written.
TrainingSummary train_base(const TrainingOptions& options, const RunFlags& flags);

}  // namespace atelier::training

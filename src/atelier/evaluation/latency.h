#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "atelier/evaluation/progress.h"
#include "atelier/evaluation/simulated_people.h"

namespace atelier::evaluation {

struct LatencyOptions {
  std::vector<int> answers = {12, 50, 500};  ///< half ratings, half choices, all about different styles
  int runs = 15;                             ///< of which the median counts
  std::uint64_t seed = 1;
};

/// Medians on one thread. Processor time stays the same when other programs use the processor too; wall time
/// does not.
struct LatencyRow {
  std::string what;
  int answers = 0;
  double milliseconds = 0;
  double processor_milliseconds = 0;
};

/// Refit from all answers, the next rating, the next choice, and the whole step "answer in, next question
/// out"; the mapper's central style when `mapper` is given.
std::vector<LatencyRow> measure_latency(const GalleryFeatures& gallery, const LatencyOptions& options,
                                        const personalization::StyleMapper* mapper = nullptr,
                                        const ProgressCallback& progress = {});

/// Processor time of the step after an answer at so many answers: "refit + next question". Error Internal
/// "evaluation.latency" when it was not measured.
double step_milliseconds(const std::vector<LatencyRow>& rows, int answers);

}  // namespace atelier::evaluation

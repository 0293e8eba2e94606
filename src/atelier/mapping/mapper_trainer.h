#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "atelier/mapping/mapper_options.h"
#include "atelier/mapping/mapper_report.h"

namespace atelier::mapping {

/// How a training is run, as opposed to what is trained.
struct MapperRun {
  /// fraction of the whole in 0..1, pictures or people seen, seconds left, a few words. May be empty.
  std::function<void(double, std::int64_t, double, const std::string&)> progress;
};

/// Trains a StyleMapper for the bundle on simulated people, measures it against picking the best gallery
/// style on held-out ones, and writes mapper.safetensors, its checksum, its recipe ("training.mapper") and
/// its numbers
/// ("metrics.mapper") into the bundle; at every moment the bundle opens. Deterministic on one thread. A
/// signal (pending_signal()) ends it without writing. Errors: those of ModelBundle::open; BadData
/// "taste.mapper" for a bundle without style space or with fewer than 3 styles; NoInput "ratings.missing",
/// BadData "ratings.table" for the ratings; Internal "training.diverged"; Io, CannotCreate.
MapperReport train_mapper(const MapperTrainingOptions& options, const MapperRun& run = {});

}  // namespace atelier::mapping

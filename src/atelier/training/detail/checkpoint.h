#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "atelier/tensor/tensor_file.h"

namespace torch::optim {
class Optimizer;
}

namespace atelier::training {

/// Everything a training needs to go on as if it had never stopped. Randomness is a function of (seed, step),
/// so no generator state is part of it.
struct Checkpoint {
  std::int64_t step = 0;
  double elapsed_seconds = 0;  ///< training time over all runs
  nlohmann::json identity;     ///< what must be equal to resume: architecture, seed
  nlohmann::json state;        ///< small numbers: running means, loss scales
  tensor::TensorMap tensors;   ///< networks, averages, optimiser moments
};

/// The checkpoints of one run folder: checkpoint-<step>.safetensors, written atomically and listed with their
/// SHA-256 in checkpoints.json. The newest two stay.
class CheckpointStore {
 public:
  explicit CheckpointStore(std::filesystem::path run);

  /// Error Io or CannotCreate when the disk refuses; the earlier checkpoints stay valid. Non-finite weights
  /// are refused (Error Internal "weights.nonfinite").
  void save(const Checkpoint& checkpoint);

  /// The newest checkpoint that is whole; a damaged one is skipped with a warning. Empty when there is none.
  /// Error Config "checkpoint.identity" when it belongs to another architecture or seed.
  std::optional<Checkpoint> latest(const nlohmann::json& identity) const;

 private:
  std::filesystem::path run_;
};

/// Moments and step counts of an Adam optimiser by parameter position, "<prefix><i>.exp_avg" and so on.
void store_adam(const torch::optim::Optimizer& adam, const std::string& prefix, tensor::TensorMap& tensors);
void restore_adam(torch::optim::Optimizer& adam, const std::string& prefix, const tensor::TensorMap& tensors);

/// Held while a training writes into a run folder. Error TryAgain "run.locked" names the process that holds
/// it.
class RunLock {
 public:
  explicit RunLock(const std::filesystem::path& run);
  ~RunLock();
  RunLock(const RunLock&) = delete;
  RunLock& operator=(const RunLock&) = delete;

 private:
  int fd_ = -1;
};

}  // namespace atelier::training

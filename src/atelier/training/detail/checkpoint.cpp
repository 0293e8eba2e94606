#include "atelier/training/detail/checkpoint.h"

#include <fcntl.h>
#include <sys/file.h>
#include <torch/torch.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>

#include "atelier/core/atomic_file.h"
#include "atelier/core/error.h"
#include "atelier/core/log.h"
#include "atelier/tensor/torch_version.h"
#include "atelier/weights/sha256.h"

namespace atelier::training {
namespace {

using nlohmann::json;

constexpr std::size_t kKept = 2;
constexpr const char* kIndex = "checkpoints.json";

json read_index(const std::filesystem::path& run) {
  const auto path = run / kIndex;
  if (!std::filesystem::exists(path)) return json::array();
  const json index = json::parse(read_file(path, 1 << 20), nullptr, /*allow_exceptions=*/false);
  if (!index.is_array()) {
    throw Error(ErrorCode::BadData, "checkpoint.index",
                printable(path.string()) + ": not a list of checkpoints; remove it to start anew");
  }
  return index;
}

}  // namespace

CheckpointStore::CheckpointStore(std::filesystem::path run) : run_(std::move(run)) {
  std::error_code error;
  std::filesystem::create_directories(run_, error);
  if (error) {
    throw Error(ErrorCode::CannotCreate, "run.folder",
                printable(run_.string()) + ": cannot create: " + error.message());
  }
}

void CheckpointStore::save(const Checkpoint& checkpoint) {
  const std::string file = "checkpoint-" + std::to_string(checkpoint.step) + ".safetensors";
  const std::map<std::string, std::string> metadata = {
      {"step", std::to_string(checkpoint.step)},
      {"elapsed_seconds", json(checkpoint.elapsed_seconds).dump()},
      {"identity", checkpoint.identity.dump()},
      {"state", checkpoint.state.dump()}};
  const std::vector<std::byte> bytes =
      weights::serialize_safetensors(tensor::to_named(checkpoint.tensors), weights::DType::F32, metadata);
  write_file_atomically(run_ / file, bytes);
  json index = read_index(run_);
  json kept = json::array({{{"file", file}, {"sha256", weights::sha256_hex(bytes)}}});
  for (const json& entry : index) {
    if (entry.value("file", "") == file) continue;
    if (kept.size() < kKept) {
      kept.push_back(entry);
    } else {
      std::error_code ignored;
      std::filesystem::remove(run_ / entry.value("file", ""), ignored);
    }
  }
  write_file_atomically(run_ / kIndex, kept.dump(1));
}

std::optional<Checkpoint> CheckpointStore::latest(const json& identity) const {
  for (const json& entry : read_index(run_)) {
    const auto path = run_ / entry.value("file", "");
    std::error_code error;
    if (!std::filesystem::is_regular_file(path, error) ||
        weights::sha256_file(path) != entry.value("sha256", "")) {
      spdlog::warn("{}: missing or damaged; using the checkpoint before it", printable(path.string()));
      continue;
    }
    const weights::SafetensorsFile file = weights::SafetensorsFile::read(path);
    const auto& metadata = file.metadata();
    Checkpoint checkpoint;
    checkpoint.step = std::stoll(metadata.at("step"));
    checkpoint.elapsed_seconds = json::parse(metadata.at("elapsed_seconds"));
    checkpoint.identity = json::parse(metadata.at("identity"));
    checkpoint.state = json::parse(metadata.at("state"));
    if (checkpoint.identity != identity) {
      throw Error(ErrorCode::Config, "checkpoint.identity",
                  printable(path.string()) + ": was trained with another architecture or seed (" +
                      checkpoint.identity.dump() + ", now " + identity.dump() + "); use another run folder");
    }
    checkpoint.tensors = tensor::to_tensors(file);
    return checkpoint;
  }
  return std::nullopt;
}

void store_adam(const torch::optim::Optimizer& adam, const std::string& prefix, tensor::TensorMap& tensors) {
  std::size_t position = 0;
  for (const auto& group : adam.param_groups()) {
    for (const at::Tensor& parameter : group.params()) {
      const auto found = adam.state().find(tensor::optimiser_key(adam.state(), parameter));
      const std::string name = prefix + std::to_string(position++);
      if (found == adam.state().end()) continue;
      const auto& state = static_cast<const torch::optim::AdamParamState&>(*found->second);
      tensors[name + ".exp_avg"] = state.exp_avg();
      tensors[name + ".exp_avg_sq"] = state.exp_avg_sq();
      tensors[name + ".step"] = torch::full({1}, state.step(), torch::kLong);
    }
  }
}

void restore_adam(torch::optim::Optimizer& adam, const std::string& prefix,
                  const tensor::TensorMap& tensors) {
  std::size_t position = 0;
  for (const auto& group : adam.param_groups()) {
    for (const at::Tensor& parameter : group.params()) {
      const std::string name = prefix + std::to_string(position++);
      const auto first = tensors.find(name + ".exp_avg");
      if (first == tensors.end()) {
        // Taken before the first step: what the optimiser gathered since belongs to what is being undone.
        adam.state().erase(tensor::optimiser_key(adam.state(), parameter));
        continue;
      }
      auto state = std::make_unique<torch::optim::AdamParamState>();
      state->exp_avg(first->second.to(parameter.device()).clone());
      state->exp_avg_sq(tensors.at(name + ".exp_avg_sq").to(parameter.device()).clone());
      state->step(tensors.at(name + ".step").item<std::int64_t>());
      adam.state()[tensor::optimiser_key(adam.state(), parameter)] = std::move(state);
    }
  }
}

RunLock::RunLock(const std::filesystem::path& run) {
  const auto path = run / "lock";
  fd_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (fd_ < 0) {
    throw Error(ErrorCode::CannotCreate, "run.lock",
                printable(path.string()) + ": cannot create: " + std::strerror(errno));
  }
  if (::flock(fd_, LOCK_EX | LOCK_NB) != 0) {
    std::array<char, 256> holder{};
    const ssize_t n = ::read(fd_, holder.data(), holder.size() - 1);
    ::close(fd_);
    throw Error(ErrorCode::TryAgain, "run.locked",
                printable(run.string()) + ": another training writes here (" +
                    printable(std::string(holder.data(), n > 0 ? static_cast<std::size_t>(n) : 0)) +
                    "); wait for it or use another run folder");
  }
  std::array<char, 64> host{};
  ::gethostname(host.data(), host.size() - 1);
  std::array<char, 32> since{};
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  std::strftime(since.data(), since.size(), "%FT%TZ", ::gmtime_r(&now, &utc));
  const std::string text =
      "process " + std::to_string(::getpid()) + " on " + host.data() + " since " + since.data();
  if (::ftruncate(fd_, 0) != 0 || ::pwrite(fd_, text.data(), text.size(), 0) < 0) {
    spdlog::warn("{}: cannot note who holds the run folder", printable(path.string()));
  }
}

RunLock::~RunLock() {
  ::close(fd_);
}

}  // namespace atelier::training

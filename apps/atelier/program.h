#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "atelier/model/model_bundle.h"

namespace atelier::cli {

/// What every command knows: the options that stand everywhere, and what is to be done once the command line
/// is read.
struct Program {
  std::vector<std::string> arguments;  ///< argv, the program's name first

  bool json = false;           ///< results on stdout as JSON
  bool quiet = false;          ///< only errors on stderr
  int verbose = 0;             ///< each -v adds detail to stderr
  int threads = 0;             ///< 0: all processors
  std::string device = "cpu";  ///< cpu, cuda, cuda:N or auto
  std::uint64_t seed = 1;
  std::filesystem::path model;    ///< empty: model::default_bundle_path()
  std::string progress = "auto";  ///< auto, json or none

  /// Set by the command that was chosen; returns the exit status.
  std::function<int()> action;

  int resolved_threads() const;  ///< threads, or the number of processors this process may use
  /// The model, painting with its network of this size; empty: its own. Errors of ModelBundle::open.
  std::shared_ptr<const model::ModelBundle> open_bundle(const std::string& network = "") const;
};

/// Thrown by work that stops at a safe point because a signal asked for it.
struct Interrupted {
  int signal;
};

/// Throws Interrupted once SIGINT or SIGTERM has come.
void stop_if_interrupted();

}  // namespace atelier::cli

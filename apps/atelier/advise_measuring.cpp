#include "advise_measuring.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <memory>

#include "atelier/core/atomic_file.h"
#include "atelier/core/error.h"
#include "atelier/engine/generator_engine.h"
#include "atelier/inference/stylizer.h"
#include "atelier/model/manifest.h"
#include "generator_benchmark.h"

namespace atelier::cli {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr int kRuns = 3;

std::string processor_name() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("model name")) continue;
    const std::size_t start = line.find_first_not_of(" \t:", line.find(':'));
    return start == std::string::npos ? "unknown" : line.substr(start);
  }
  return "unknown";
}

double load_now() {
  double load = 0;
  return ::getloadavg(&load, 1) == 1 ? load : 0;
}

fs::path absolute_from_environment(const char* name) {
  const char* const value = std::getenv(name);
  const fs::path path = value == nullptr ? "" : value;
  return path.is_absolute() ? path : fs::path();
}

struct Wanted {
  int threads, width, height;
};

std::vector<Wanted> wanted_sizes(int processors, int width, int height) {
  std::vector<Wanted> sizes;
  width = engine_side(width);
  height = engine_side(height);
  if (std::int64_t{width} * height <= inference::Stylizer::kWholePixels) {
    sizes.push_back({processors, width, height});
    if (processors > 1) sizes.push_back({1, width, height});
  }
  for (const int tile : kAdvisedTiles) {
    if (std::max(width, height) > tile) sizes.push_back({processors, window_side(tile), window_side(tile)});
  }
  return sizes;
}

}  // namespace

fs::path speeds_file() {
  if (const fs::path cache = absolute_from_environment("XDG_CACHE_HOME"); !cache.empty())
    return cache / "atelier" / "speeds.json";
  if (const fs::path home = absolute_from_environment("HOME"); !home.empty())
    return home / ".cache" / "atelier" / "speeds.json";
  return {};
}

MachineSpeeds this_machine(int processors) {
  return {.cpu = processor_name(),
          .instruction_set = engine::instruction_set(),
          .version = model::program_version(),
          .processors = processors,
          .load = load_now(),
          .rows = {}};
}

std::optional<MachineSpeeds> load_speeds(const fs::path& file, int processors) {
  try {
    const json stored = json::parse(read_file(file, std::size_t{1} << 20));
    MachineSpeeds machine = this_machine(processors);
    const bool ours =
        stored.at("cpu") == machine.cpu && stored.at("instruction_set") == machine.instruction_set &&
        stored.at("version") == machine.version && stored.at("processors") == machine.processors;
    if (!ours) return std::nullopt;
    machine.load = stored.at("load");
    for (const json& row : stored.at("rows")) {
      machine.rows.push_back({row.at("network"), row.at("threads"), row.at("width"), row.at("height"),
                              row.at("ms"), row.at("megabytes")});
    }
    return machine;
  } catch (const Error&) {
    return std::nullopt;
  } catch (const json::exception&) {
    return std::nullopt;
  }
}

void save_speeds(const fs::path& file, const MachineSpeeds& machine) {
  json rows = json::array();
  for (const MeasuredSpeed& row : machine.rows) {
    rows.push_back({{"network", row.network},
                    {"threads", row.threads},
                    {"width", row.width},
                    {"height", row.height},
                    {"ms", row.milliseconds},
                    {"megabytes", row.megabytes}});
  }
  fs::create_directories(file.parent_path());
  write_file_atomically(file, json{{"cpu", machine.cpu},
                                   {"instruction_set", machine.instruction_set},
                                   {"version", machine.version},
                                   {"processors", machine.processors},
                                   {"load", machine.load},
                                   {"rows", rows}}
                                      .dump(1) +
                                  "\n");
}

void measure_missing(MachineSpeeds& machine, const std::vector<std::string>& networks, int width, int height,
                     std::uint64_t seed, const std::function<void(const std::string&, int, int)>& step) {
  const std::vector<Wanted> sizes = wanted_sizes(machine.processors, width, height);
  const int total = static_cast<int>(networks.size() * sizes.size());
  int done = 0;
  for (const std::string& network : networks) {
    const GeneratorOptions options = GeneratorOptions::named(network);
    std::optional<weights::SafetensorsFile> weights;
    for (const Wanted& size : sizes) {
      step(network, done++, total);
      if (machine.find(network, size.threads, size.width, size.height) != nullptr) continue;
      if (!weights) weights = random_weights(options, seed);
      engine::EngineOptions engine_options;
      engine_options.threads = size.threads;
      const BenchRow row = measure_generator(engine::GeneratorEngine(options, *weights, engine_options),
                                             {size.width, size.height}, kRuns);
      machine.rows.push_back(
          {network, size.threads, size.width, size.height, row.milliseconds, row.megabytes});
    }
  }
}

}  // namespace atelier::cli

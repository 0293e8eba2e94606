// The engine's time and memory, and, where LibTorch is built in, its rivals' in the same run: each "Beside"
// row paints with the engine and with the rival in turn, so that whatever else the machine does hits both,
// and reports the median ratio. MicroAST's weights are taken from $ATELIER_MICROAST when it is set, random
// otherwise.

#include <benchmark/benchmark.h>
#include <malloc.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "atelier/engine/generator_engine.h"
#include "random_generator.h"

#ifdef ATELIER_BENCH_RIVALS
#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <cstdlib>

#include "atelier/nn/micro_ast.h"
#include "atelier/nn/transformer_net.h"
#endif

namespace atelier::bench {
namespace {

struct Size {
  int height, width;
};
constexpr Size kSizes[] = {{512, 512}, {1080, 1920}};

/// A field of /proc/self/status in MB, 0 where there is none.
double status_megabytes(const std::string& field) {
  std::ifstream status("/proc/self/status");
  std::string line;
  while (std::getline(status, line)) {
    if (line.starts_with(field + ":")) return std::stod(line.substr(field.size() + 1)) / 1000;
  }
  return 0;
}

/// What a call adds to the process at its highest, in MB.
double peak_megabytes(const std::function<void()>& call) {
  malloc_trim(0);
  std::ofstream("/proc/self/clear_refs") << "5";
  const double before = status_megabytes("VmRSS");
  call();
  return status_megabytes("VmHWM") - before;
}

double milliseconds(const std::function<void()>& call) {
  const auto start = std::chrono::steady_clock::now();
  call();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

/// A generator with a picture to paint.
class Easel {
 public:
  Easel(const std::string& name, Size size, int threads)
      : options_(GeneratorOptions::named(name)),
        size_(size),
        engine_(options_, random_generator(options_), {threads}),
        content_(random_values(
            3 * static_cast<std::size_t>(size.height) * static_cast<std::size_t>(size.width), 2)),
        code_(random_values(static_cast<std::size_t>(options_.code_dim), 3)),
        painting_(content_.size()) {}

  void paint() {
    engine_.run({.content = content_, .height = size_.height, .width = size_.width, .code = code_},
                painting_);
  }
  double operations() const { return bench::operations(options_, size_.height, size_.width); }
  double scratch_megabytes() const {
    return static_cast<double>(engine_.scratch_bytes(size_.height, size_.width)) / 1e6;
  }
  std::vector<float>& content() { return content_; }

 private:
  GeneratorOptions options_;
  Size size_;
  engine::GeneratorEngine engine_;
  std::vector<float> content_, code_, painting_;
};

void paint_alone(benchmark::State& state, const std::string& name, Size size, int threads) {
  Easel easel(name, size, threads);
  state.counters["peak_MB"] = peak_megabytes([&] { easel.paint(); });
  state.counters["scratch_MB"] = easel.scratch_megabytes();
  for (auto _ : state) easel.paint();
  state.counters["GFLOP/s"] =
      benchmark::Counter(easel.operations() / 1e9, benchmark::Counter::kIsIterationInvariantRate);
}

void register_engine() {
  for (const char* name : {"XS", "S", "M", "L"}) {
    for (const Size size : kSizes) {
      for (const int threads : {1, 2}) {
        const std::string row = "Engine/" + std::string(name) + "/" + std::to_string(size.width) + "x" +
                                std::to_string(size.height) + "/threads:" + std::to_string(threads);
        benchmark::RegisterBenchmark(
            row.c_str(), [=](benchmark::State& state) { paint_alone(state, name, size, threads); })
            ->Unit(benchmark::kMillisecond)
            ->MeasureProcessCPUTime()
            ->UseRealTime();
      }
    }
  }
}

#ifdef ATELIER_BENCH_RIVALS

using Rival = std::function<at::Tensor(const at::Tensor&)>;

void paint_beside(benchmark::State& state, const Rival& rival, Size size, int threads) {
  const at::NoGradGuard no_grad;
  at::set_num_threads(threads);
  Easel easel("M", size, threads);
  const at::Tensor content = at::from_blob(easel.content().data(), {1, 3, size.height, size.width});
  state.counters["M_peak_MB"] = peak_megabytes([&] { easel.paint(); });
  state.counters["rival_peak_MB"] = peak_megabytes([&] { rival(content); });
  std::vector<double> own, other, ratio;
  for (auto _ : state) {
    own.push_back(milliseconds([&] { easel.paint(); }));
    other.push_back(milliseconds([&] { rival(content); }));
    ratio.push_back(other.back() / own.back());
  }
  state.counters["M_ms"] = median(own);
  state.counters["rival_ms"] = median(other);
  state.counters["M_best_ms"] = *std::min_element(own.begin(), own.end());
  state.counters["rival_best_ms"] = *std::min_element(other.begin(), other.end());
  state.counters["times_faster"] = median(ratio);
}

void register_rivals() {
  const char* folder = std::getenv("ATELIER_MICROAST");
  const auto transformer = std::make_shared<nn::TransformerNet>();
  const auto micro_ast = std::make_shared<nn::MicroAst>(folder ? std::optional<std::filesystem::path>(folder)
                                                               : std::optional<std::filesystem::path>());
  const at::NoGradGuard no_grad;
  const auto style = std::make_shared<nn::MicroAst::Style>(micro_ast->encode(at::rand({1, 3, 512, 512})));
  const std::pair<const char*, Rival> rivals[] = {
      {"TransformerNet", [=](const at::Tensor& x) { return (*transformer)(x); }},
      {"MicroAST", [=](const at::Tensor& x) { return (*micro_ast)(x, *style); }}};
  for (const auto& [name, rival] : rivals) {
    for (const Size size : kSizes) {
      for (const int threads : {1, 2}) {
        const std::string row = "Beside/" + std::string(name) + "/" + std::to_string(size.width) + "x" +
                                std::to_string(size.height) + "/threads:" + std::to_string(threads);
        benchmark::RegisterBenchmark(
            row.c_str(),
            [=, run = rival](benchmark::State& state) { paint_beside(state, run, size, threads); })
            ->Unit(benchmark::kMillisecond)
            ->Iterations(size.height > 512 ? 3 : 9)
            ->UseRealTime();
      }
    }
  }
}

#endif

}  // namespace
}  // namespace atelier::bench

int main(int argc, char** argv) {
  // LibTorch gives every intermediate back to the system and faults it in again; keeping freed memory makes
  // the rivals up to 2.5 times faster, so that is how they are measured.
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  atelier::bench::register_engine();
#ifdef ATELIER_BENCH_RIVALS
  atelier::bench::register_rivals();
#endif
  benchmark::AddCustomContext("instruction set", atelier::engine::instruction_set());
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}

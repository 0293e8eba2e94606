#include <spdlog/fmt/fmt.h>
#include <cstdio>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <tuple>

#include "atelier/core/error.h"
#include "atelier/engine/generator_engine.h"
#include "backend.h"
#include "benchmark.h"
#include "commands/commands.h"
#include "generator_benchmark.h"
#include "json_output.h"
#include "options.h"
#include "table.h"

namespace atelier::cli {
namespace {

struct BenchCommand {
  std::vector<std::string> networks = {"model", "XS", "S", "M", "L"};
  std::vector<std::string> sizes = {"512x512", "1920x1080"};
  std::vector<int> threads = {1, 2};
  int runs = 5;
  bool rivals = false;
};

BenchPlan::Size parse_size(const std::string& text) {
  BenchPlan::Size size;
  char extra = 0;
  if (std::sscanf(text.c_str(), "%dx%d%c", &size.width, &size.height, &extra) == 2 && size.width >= 16 &&
      size.height >= 16 && size.width % 8 == 0 && size.height % 8 == 0 && size.width <= 8192 &&
      size.height <= 8192) {
    return size;
  }
  throw Error(
      ErrorCode::Usage, "bench.size",
      "--size is '" + printable(text) + "'; give WIDTHxHEIGHT in pixels, multiples of 8 from 16 to 8192");
}

std::vector<BenchRow> measure_all(const std::string& name, const GeneratorOptions& options,
                                  const weights::SafetensorsFile& weights, const BenchPlan& plan) {
  std::vector<BenchRow> rows;
  for (const int threads : plan.threads) {
    engine::EngineOptions engine_options;
    engine_options.threads = threads;
    const engine::GeneratorEngine generator(options, weights, engine_options);
    for (const BenchPlan::Size& size : plan.sizes) {
      BenchRow& row = rows.emplace_back(measure_generator(generator, size, plan.runs));
      row.network = name;
      row.threads = threads;
    }
  }
  return rows;
}

std::vector<BenchRow> measure_network(const std::string& network, const Program& program,
                                      const BenchPlan& plan) {
  if (network == "model") {
    const auto bundle = program.open_bundle();
    return measure_all(bundle->manifest().name, bundle->manifest().generator, bundle->generator(), plan);
  }
  const GeneratorOptions options = GeneratorOptions::named(network);
  return measure_all(network, options, random_weights(options, program.seed), plan);
}

std::string or_dash(double value, const char* format) {
  return value > 0 ? fmt::format(fmt::runtime(format), value) : "-";
}

void print(const Program& program, const std::vector<BenchRow>& rows) {
  // The first network of the list, at the same size and thread count.
  std::map<std::tuple<int, int, int>, double> reference;
  nlohmann::json json = nlohmann::json::array();
  std::vector<std::vector<std::string>> table = {
      {"NETWORK", "SIZE", "THREADS", "MS", "GFLOP/S", "PEAK MB", "RATIO"}};
  for (const BenchRow& row : rows) {
    const auto first =
        reference.emplace(std::tuple(row.width, row.height, row.threads), row.milliseconds).first;
    const double ratio = row.milliseconds / first->second;
    const double rate = row.gflop / row.milliseconds * 1000;
    const std::string size = fmt::format("{}x{}", row.width, row.height);
    json.push_back({{"network", row.network},
                    {"size", size},
                    {"threads", row.threads},
                    {"ms", row.milliseconds},
                    {"gflop", row.gflop},
                    {"gflop_per_s", rate},
                    {"peak_mb", row.megabytes},
                    {"ratio", ratio}});
    table.push_back({row.network, size, std::to_string(row.threads), fmt::format("{:.1f}", row.milliseconds),
                     or_dash(rate, "{:.0f}"), or_dash(row.megabytes, "{:.0f}"),
                     fmt::format("{:.2f}", ratio)});
  }
  if (program.json) {
    print_json({{"schema", 1}, {"instruction_set", engine::instruction_set()}, {"rows", std::move(json)}});
  } else {
    std::cout << format_table(table);
  }
}

int bench(const Program& program, const BenchCommand& command) {
  BenchPlan plan;
  plan.threads = command.threads;
  plan.runs = command.runs;
  for (const std::string& size : command.sizes) plan.sizes.push_back(parse_size(size));
  // First, because `atelier` hands the whole command over for them.
  const std::vector<BenchRow> rivals =
      command.rivals ? measure_rivals(program, plan) : std::vector<BenchRow>();
  std::vector<BenchRow> rows;
  for (const std::string& network : command.networks) {
    for (BenchRow& row : measure_network(network, program, plan)) rows.push_back(std::move(row));
  }
  rows.insert(rows.end(), rivals.begin(), rivals.end());
  print(program, rows);
  return 0;
}

}  // namespace

void add_bench(CLI::App& app, Program& program) {
  CLI::App* command = app.add_subcommand("bench", "Time the networks on this machine");
  const auto options = std::make_shared<BenchCommand>();
  command->footer(
      "  atelier bench\n  atelier bench --rivals --network M --on 2\n  atelier bench --network model --size "
      "3840x2160 --on 4 --runs 20 --json");
  add_repeatable(*command, "--network", options->networks,
                 "model (the one in use) or a size with random weights: XS, S, M, L; repeat it; default: all")
      ->type_name("NAME")
      ->check(CLI::IsMember({"model", "XS", "S", "M", "L"}).description(""));
  add_repeatable(*command, "--size", options->sizes,
                 "Pixels, multiples of 8; repeat it; default: 512x512, 1920x1080")
      ->type_name("WxH");
  command->add_option("--on", options->threads, "Thread counts to compare; repeat it; default: 1 and 2")
      ->type_name("N")
      ->allow_extra_args(false)
      ->check(CLI::Range(1, 256).description(""));
  command->add_option("--runs", options->runs, "Runs of which the median counts")
      ->type_name("N")
      ->check(CLI::Range(1, 1000).description(""))
      ->capture_default_str();
  command->add_flag("--rivals", options->rivals,
                    "Time fast-neural-style and MicroAST too (program atelier-torch)");
  command->callback(
      [&program, options] { program.action = [&program, options] { return bench(program, *options); }; });
}

}  // namespace atelier::cli

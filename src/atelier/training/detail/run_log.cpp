#include "atelier/training/detail/run_log.h"

#include <algorithm>
#include <cstdio>
#include <fstream>

#include "atelier/core/error.h"

namespace atelier::training {
namespace {

using nlohmann::json;

std::vector<json> read_lines(const std::filesystem::path& file) {
  std::vector<json> lines;
  std::ifstream stream(file);
  for (std::string text; std::getline(stream, text);) {
    json line = json::parse(text, nullptr, /*allow_exceptions=*/false);
    const bool whole =
        line.is_object() && line.contains("step") && line["step"].is_number() && line.contains("minutes");
    if (whole) lines.push_back(std::move(line));
  }
  return lines;
}

// A resumed training starts at its checkpoint: what the one before wrote after that is void. Several verdicts
// may fall on one step, several measurements may not.
void add(std::vector<json>& lines, json line, bool one_a_step) {
  const double step = line["step"].get<double>();
  const auto is_void = [&](const json& other) {
    const double at = other["step"].get<double>();
    return at > step || (one_a_step && at == step);
  };
  while (!lines.empty() && is_void(lines.back())) lines.pop_back();
  lines.push_back(std::move(line));
}

}  // namespace

RunLog RunLog::read(const std::filesystem::path& run) {
  if (!std::filesystem::exists(run / "metrics.jsonl")) {
    throw Error(
        ErrorCode::NoInput, "run.none",
        printable(run.string()) +
            ": holds no metrics.jsonl; name the run folder of a training (\"run\" of its configuration)");
  }
  RunLog log;
  std::ifstream config(run / "config.json");
  log.config = json::parse(config, nullptr, /*allow_exceptions=*/false);
  if (!log.config.is_object()) log.config = json::object();
  for (json& line : read_lines(run / "metrics.jsonl")) add(log.metrics, std::move(line), true);
  for (json& line : read_lines(run / "doctor.jsonl")) {
    const bool sheet = line.contains("sheet");
    add(sheet ? log.sheets : log.verdicts, std::move(line), sheet);
  }
  for (const auto& entry : std::filesystem::directory_iterator(run)) {
    long long step = 0;
    const std::string name = entry.path().filename().string();
    if (std::sscanf(name.c_str(), "sheet-%lld.png", &step) == 1)
      log.pictures.emplace_back(step, entry.path());
  }
  std::sort(log.pictures.begin(), log.pictures.end());
  return log;
}

std::pair<std::vector<double>, std::vector<double>> RunLog::curve(const std::vector<json>& lines,
                                                                  const char* pointer) {
  const json::json_pointer where(pointer);
  std::pair<std::vector<double>, std::vector<double>> points;
  for (const json& line : lines) {
    if (!line.contains(where) || !line.at(where).is_number()) continue;
    points.first.push_back(line["minutes"].get<double>());
    points.second.push_back(line.at(where).get<double>());
  }
  return points;
}

}  // namespace atelier::training

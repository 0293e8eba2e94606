#include "atelier/judging/run_facts.h"

#include <sys/resource.h>
#include <torch/version.h>

#include <ctime>
#include <fstream>
#include <string>
#include <thread>

#include "atelier/core/revision.h"
#include "atelier/model/manifest.h"

namespace atelier::judging {
namespace {

std::string processor_name() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (line.rfind("model name", 0) == 0 && line.find(": ") != std::string::npos)
      return line.substr(line.find(": ") + 2);
  }
  return "unknown";
}

std::string now() {
  const std::time_t seconds = std::time(nullptr);
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
  return text;
}

}  // namespace

nlohmann::json run_facts() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return {{"program", model::program_version()},
          {"revision", source_revision()},
          {"libtorch", TORCH_VERSION},
          {"processor", processor_name()},
          {"processors", std::thread::hardware_concurrency()},
          {"finished", now()},
          {"peak_memory_mb", usage.ru_maxrss / 1024}};
}

}  // namespace atelier::judging

#include <unistd.h>

#include <spdlog/fmt/fmt.h>
#include <fstream>
#include <functional>
#include <iostream>
#include <nlohmann/json.hpp>
#include <thread>

#include "atelier/core/error.h"
#include "atelier/engine/engine_options.h"
#include "atelier/image/read_image.h"
#include "atelier/image/write_image.h"
#include "atelier/inference/stylizer.h"
#include "atelier/storage/open_store.h"
#include "atelier/style/user_styles.h"
#include "backend.h"
#include "commands/commands.h"
#include "hand_over.h"
#include "json_output.h"

namespace atelier::cli {
namespace {

enum class Verdict { Ok, Warn, Fail };

struct Finding {
  Verdict verdict = Verdict::Ok;
  std::string text, cure;
};

struct Check {
  const char* name;
  std::function<Finding(const Program&)> look;
};

const char* to_text(Verdict verdict) {
  return verdict == Verdict::Ok ? "ok" : verdict == Verdict::Warn ? "warn" : "fail";
}

Finding check_processor(const Program&) {
  const std::string set = engine::instruction_set();
  if (set != "generic") return {Verdict::Ok, set, ""};
  return {Verdict::Warn, "no AVX2: painting works, several times slower", "use a processor of 2013 or newer"};
}

Finding check_threads(const Program& program) {
  const unsigned present = std::thread::hardware_concurrency();
  return {Verdict::Ok, fmt::format("{} of {} processors in use", program.resolved_threads(), present), ""};
}

// MemAvailable, or what a container's limit leaves.
std::int64_t available_megabytes() {
  std::int64_t kilobytes = 0;
  std::ifstream meminfo("/proc/meminfo");
  for (std::string key; meminfo >> key;) {
    if (key == "MemAvailable:") meminfo >> kilobytes;
  }
  std::int64_t limit = 0, used = 0;
  if ((std::ifstream("/sys/fs/cgroup/memory.max") >> limit) &&
      (std::ifstream("/sys/fs/cgroup/memory.current") >> used)) {
    kilobytes = std::min(kilobytes, (limit - used) / 1024);
  }
  return kilobytes / 1024;
}

Finding check_memory(const Program&) {
  const std::int64_t megabytes = available_megabytes();
  const std::string text = fmt::format("{} MB free", megabytes);
  if (megabytes >= 2000) return {Verdict::Ok, text, ""};
  return {megabytes >= 300 ? Verdict::Warn : Verdict::Fail, text,
          "paint with --size 1500 or --tile 512, close programs"};
}

Finding check_model(const Program& program) {
  const auto bundle = program.open_bundle();
  for (const auto& [size, student] : bundle->manifest().distilled) program.open_bundle(size);
  return {Verdict::Ok,
          fmt::format("{} ({}), {} styles, checksums right", bundle->manifest().name,
                      bundle->folder().string(), bundle->styles().styles().size()),
          ""};
}

Finding check_painting(const Program& program) {
  const auto bundle = program.open_bundle();
  const inference::Stylizer stylizer(bundle->manifest(),
                                     open_model(*bundle, program, program.resolved_threads()));
  Image photo(48, 32);
  for (std::size_t i = 0; i < photo.rgb8().size(); ++i) photo.rgb8()[i] = static_cast<std::uint8_t>(i * 37);
  stylizer.stylize(photo, stylizer.encode(photo));
  return {Verdict::Ok, "a test picture was painted on " + program.device, ""};
}

Finding check_own_styles(const Program& program) {
  const std::size_t count =
      style::read_user_styles(program.open_bundle()->manifest().space_id).styles().size();
  return {Verdict::Ok, fmt::format("{} of your own", count), ""};
}

Finding check_data_folder(const Program&) {
  std::filesystem::path folder = style::user_data_path();
  const std::string text = folder.string();
  std::error_code ignored;
  while (!std::filesystem::exists(folder, ignored) && folder.has_relative_path())
    folder = folder.parent_path();
  if (::access(folder.c_str(), W_OK | X_OK) == 0) return {Verdict::Ok, text, ""};
  return {Verdict::Warn, text + " cannot be written: styles of your own cannot be kept",
          "set ATELIER_DATA_DIR to a writable folder"};
}

// A store is looked at, never made: most people have none.
Finding check_answers(const Program&) {
  const std::filesystem::path file = style::user_data_path() / "taste.sqlite";
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored)) return {Verdict::Ok, "nobody has answered anything yet", ""};
  const auto store = storage::open_store("");
  store->verify();
  return {Verdict::Ok, fmt::format("{}, {} people", store->where(), store->users().size()), ""};
}

Finding check_formats(const Program&) {
  std::string working;
  for (const char* format : {"jpg", "png", "webp", "tiff"}) {
    read_image_bytes(encode_image(Image(8, 8), format), format);
    working += (working.empty() ? "" : ", ") + std::string(format);
  }
  return {Verdict::Ok, working, ""};
}

Finding check_training(const Program&) {
  if (const auto sibling = torch_program(); !sibling.empty()) return {Verdict::Ok, sibling.string(), ""};
  return {Verdict::Warn, "atelier-torch is not installed: no training, no GPU",
          "only needed for those: build with -DATELIER_WITH_TORCH=ON"};
}

const Check kChecks[] = {
    {"processor", check_processor},     {"threads", check_threads},
    {"memory", check_memory},           {"model", check_model},
    {"painting", check_painting},       {"styles", check_own_styles},
    {"data folder", check_data_folder}, {"answers", check_answers},
    {"image formats", check_formats},   {"training", check_training},
};

Finding look(const Check& check, const Program& program) try {
  return check.look(program);
} catch (const Error& error) {
  return {Verdict::Fail, error.what(), ""};
}

int doctor(const Program& program) {
  nlohmann::json findings = nlohmann::json::array();
  bool usable = true;
  for (const Check& check : kChecks) {
    const Finding finding = look(check, program);
    usable = usable && finding.verdict != Verdict::Fail;
    findings.push_back({{"check", check.name},
                        {"verdict", to_text(finding.verdict)},
                        {"text", finding.text},
                        {"cure", finding.cure}});
    if (program.json) continue;
    std::cout << fmt::format("{:<5} {:<14} {}{}", to_text(finding.verdict), check.name,
                             printable(finding.text), finding.cure.empty() ? "" : "; " + finding.cure)
              << std::endl;
  }
  if (program.json) print_json({{"schema", 1}, {"usable", usable}, {"checks", std::move(findings)}});
  return usable ? 0 : 1;
}

}  // namespace

void add_doctor(CLI::App& app, Program& program) {
  CLI::App* command = app.add_subcommand("doctor", "Check that everything needed is here and works");
  command->callback([&program] { program.action = [&program] { return doctor(program); }; });
}

}  // namespace atelier::cli

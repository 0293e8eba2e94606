#include <spdlog/fmt/fmt.h>

#include <iostream>
#include <nlohmann/json.hpp>

#include "atelier/core/error.h"
#include "atelier/engine/engine_options.h"
#include "atelier/image/read_image.h"
#include "backend.h"
#include "commands/commands.h"
#include "json_output.h"
#include "table.h"

namespace atelier::cli {
namespace {

std::int64_t parameters(const weights::SafetensorsFile& file) {
  std::int64_t count = 0;
  for (const weights::TensorView& tensor : file.tensors()) count += tensor.numel();
  return count;
}

nlohmann::json describe_distilled(const model::Manifest& manifest) {
  nlohmann::json networks = nlohmann::json::object();
  for (const auto& [size, student] : manifest.distilled)
    networks[size] = {{"training", student.training}, {"metrics", student.metrics}};
  return networks;
}

nlohmann::json describe_model(const model::ModelBundle& bundle) {
  const model::Manifest& manifest = bundle.manifest();
  return {{"folder", bundle.folder().string()},
          {"name", manifest.name},
          {"licence", manifest.licence},
          {"format_version", manifest.format_version},
          {"written_by", manifest.program_version},
          {"space", manifest.space_id},
          {"size", manifest.generator.size},
          {"distilled", describe_distilled(manifest)},
          {"default_detail", manifest.default_detail},
          {"styles", bundle.styles().styles().size()},
          {"parameters",
           {{"generator", parameters(bundle.generator())},
            {"encoder", parameters(bundle.encoder())},
            {"perceptual", parameters(bundle.perceptual())}}},
          {"training", manifest.training},
          {"metrics", manifest.metrics},
          {"data", manifest.data}};
}

nlohmann::json describe_picture(const std::filesystem::path& path) {
  const ImageInfo info = probe_image(path);
  return {{"file", path.string()},
          {"format", info.format},
          {"width", info.width},
          {"height", info.height},
          {"depth", info.depth == Depth::U8 ? 8 : 16},
          {"alpha", info.has_alpha},
          {"profile", info.has_profile}};
}

nlohmann::json describe_program(const Program& program) {
  return {{"program", "atelier"},
          {"version", model::program_version()},
          {"computes_with", backend_name()},
          {"instruction_set", engine::instruction_set()},
          {"threads", program.resolved_threads()}};
}

std::string short_text(const nlohmann::json& value) {
  if (value.is_string()) return printable(value.get<std::string>());
  if (value.is_number_float()) return fmt::format("{:g}", value.get<double>());
  if (value.is_array() && value.size() > 8) return fmt::format("{} entries, see --json", value.size());
  return printable(value.dump());
}

// Nested values as dotted names, one line each.
void append_rows(const nlohmann::json& json, const std::string& prefix,
                 std::vector<std::vector<std::string>>& rows) {
  for (const auto& [key, value] : json.items()) {
    const std::string name = prefix + key;
    if (value.is_object()) {
      append_rows(value, name + ".", rows);
    } else {
      rows.push_back({name, short_text(value)});
    }
  }
}

void print(const Program& program, nlohmann::json facts) {
  if (program.json) {
    facts["schema"] = 1;
    print_json(facts);
    return;
  }
  std::vector<std::vector<std::string>> rows;
  append_rows(facts, "", rows);
  std::cout << format_table(rows);
}

int info(const Program& program, const std::filesystem::path& subject) {
  std::error_code ignored;
  if (subject.empty()) {
    nlohmann::json facts = describe_program(program);
    facts["model"] = describe_model(*program.open_bundle());
    print(program, std::move(facts));
  } else if (std::filesystem::is_directory(subject, ignored)) {
    print(program, describe_model(*model::ModelBundle::open(subject)));
  } else {
    print(program, describe_picture(subject));
  }
  return 0;
}

}  // namespace

void add_info(CLI::App& app, Program& program) {
  CLI::App* command = app.add_subcommand("info", "Facts about the program, a model or a picture");
  const auto subject = std::make_shared<std::filesystem::path>();
  command->footer("  atelier info\n  atelier info photo.jpg\n  atelier info models/base --json");
  command->add_option("IMAGE|MODEL", *subject,
                      "A picture or a model's folder; default: this program and its model");
  command->callback(
      [&program, subject] { program.action = [&program, subject] { return info(program, *subject); }; });
}

}  // namespace atelier::cli

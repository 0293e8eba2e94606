#include "atelier/training/ablation_plan.h"

#include <algorithm>
#include <regex>
#include <set>

#include "atelier/core/error.h"
#include "atelier/core/options_json.h"

namespace atelier::training {
namespace {

using nlohmann::json;

constexpr const char* kWhere = "ablation";

std::filesystem::path path_option(const json& j, const char* key, const std::string& where) {
  std::string text;
  read_option(j, key, text, where);
  return text;
}

json read_base(const json& base) {
  if (base.is_object()) return base;
  if (base.is_string()) return read_config(base.get<std::string>());
  throw_bad_option(kWhere, "base", "must be a configuration file's name or an object { ... }");
}

// The changes of a plan or of one of its variations; `owner` names it.
json read_changes(const json& j, const std::string& owner) {
  json changes = j.value("changes", json::object());
  if (!changes.is_object()) throw_bad_option(owner, "changes", "must be an object { ... }");
  for (const char* key : {"run", "minutes", "steps", "held_out"}) {
    if (changes.contains(key))
      throw_bad_option(owner, key, "is the same for every variation; set it beside \"variations\"");
  }
  return changes;
}

AblationVariation read_variation(const json& j) {
  require_known_keys(j, {"name", "changes"}, "variations");
  AblationVariation variation;
  read_option(j, "name", variation.name, "variations");
  if (!std::regex_match(variation.name, std::regex("[a-z0-9][a-z0-9-]{0,39}"))) {
    throw_bad_option("variations", "name",
                     "is '" + printable(variation.name) + "'; use small letters, digits and '-'");
  }
  variation.changes = read_changes(j, variation.name);
  return variation;
}

void require(bool good, const char* key, const char* cause) {
  if (!good) throw_bad_option(kWhere, key, cause);
}

}  // namespace

AblationPlan AblationPlan::parse(const json& j) {
  require_known_keys(
      j,
      {"run", "base", "changes", "minutes", "steps", "held_out", "photos", "styles", "judge", "variations"},
      kWhere);
  require(j.contains("base"), "base", "is missing: name the configuration to vary");
  require(j.contains("variations") && j["variations"].is_array() && j["variations"].size() >= 2, "variations",
          "must list at least two: [{\"name\": ..., \"changes\": {...}}, ...]");
  AblationPlan plan;
  plan.run = path_option(j, "run", kWhere);
  plan.base = read_base(j["base"]);
  plan.base.merge_patch(read_changes(j, kWhere));
  read_option(j, "minutes", plan.minutes, kWhere);
  read_option(j, "steps", plan.steps, kWhere);
  read_option(j, "held_out", plan.held_out, kWhere);
  read_option(j, "photos", plan.photos, kWhere);
  read_option(j, "styles", plan.styles, kWhere);
  if (j.contains("judge")) {
    require_known_keys(j["judge"], {"kind", "file"}, "judge");
    plan.judge.emplace();
    read_option(j["judge"], "kind", plan.judge->kind, "judge");
    plan.judge->file = path_option(j["judge"], "file", "judge");
  }
  for (const json& variation : j["variations"]) plan.variations.push_back(read_variation(variation));

  require(!plan.run.empty(), "run", "is missing: name the folder for the results");
  require(plan.minutes > 0 || plan.steps > 0, "minutes", "must be above 0");
  require(plan.held_out > 0 && plan.held_out <= 0.5, "held_out",
          "must lie above 0, at most 0.5: all variations are judged on these pictures");
  require(plan.photos >= 1 && plan.styles >= 2, "photos", "must be at least 1, and styles at least 2");
  std::set<std::string> names;
  for (const AblationVariation& variation : plan.variations) {
    require(names.insert(variation.name).second, "variations", "must have different names");
    try {
      plan.options(variation);
    } catch (const Error& error) {
      throw Error(error.code(), error.id(), "variation " + variation.name + ": " + error.what());
    }
  }
  return plan;
}

TrainingOptions AblationPlan::options(const AblationVariation& variation) const {
  json config = base;
  config.merge_patch(variation.changes);
  config["run"] = (run / variation.name).string();
  config["minutes"] = minutes;
  config["steps"] = steps;
  config["held_out"] = held_out;
  // Measuring the styles takes minutes; all variations that measure alike share them.
  const auto cache = config.find("style_cache");
  if (cache == config.end() || *cache == "") config["style_cache"] = (run / "style-cache").string();
  return TrainingOptions::parse(config);
}

}  // namespace atelier::training

#include "atelier/mapping/mapper_options.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "atelier/core/error.h"
#include "atelier/core/options_json.h"

namespace atelier::mapping {
namespace {

using nlohmann::json;

// One list of fields serves reading and writing, so that the two cannot drift apart.
template <typename Visit>
void visit(MapperLossOptions& o, Visit field) {
  field("utility", o.utility);
  field("diversity", o.diversity);
  field("diversity_cap", o.diversity_cap);
  field("manifold", o.manifold);
  field("personalization", o.personalization);
  field("content", o.content);
  field("style", o.style);
  field("pessimism", o.pessimism);
  field("personalization_every", o.personalization_every);
  field("paintings", o.paintings);
  field("crop", o.crop);
}

template <typename Visit>
void visit(MapperTrainingOptions& o, Visit field) {
  field("anchors", o.anchors);
  field("reach", o.reach);
  field("answer_hidden", o.shape.answer_hidden);
  field("answer_out", o.shape.answer_out);
  field("noise", o.shape.noise);
  field("hidden", o.shape.hidden);
  field("people", o.people);
  field("populations", o.populations);
  field("snapshots", o.snapshots);
  field("answers", o.answers);
  field("active", o.active);
  field("survey", o.survey);
  field("careless", o.careless);
  field("held_out_people", o.held_out_people);
  field("held_out_populations", o.held_out_populations);
  field("painted_people", o.painted_people);
  field("steps", o.steps);
  field("batch", o.batch);
  field("draws", o.draws);
  field("rate", o.rate);
  field("minutes", o.minutes);
  field("seed", o.seed);
}

template <typename T>
void read_struct(const json& j, T& value, const std::string& where, std::vector<std::string> known) {
  if (!j.is_object()) throw Error(ErrorCode::Config, "config.type", where + ": must be an object { ... }");
  visit(value, [&](const char* key, auto&) { known.emplace_back(key); });
  for (const auto& item : j.items()) {
    if (std::find(known.begin(), known.end(), item.key()) != known.end()) continue;
    const std::string near = nearest_word(item.key(), known);
    throw_bad_option(where, printable(item.key()),
                     near.empty() ? "is unknown" : "is unknown; did you mean '" + near + "'?");
  }
  visit(value, [&](const char* key, auto& field) { read_option(j, key, field, where); });
}

template <typename T>
json write_struct(T value) {
  json j = json::object();
  visit(value, [&](const char* key, auto& field) { j[key] = field; });
  return j;
}

void require(bool good, const char* key, const char* cause) {
  if (!good) throw_bad_option("config", key, cause);
}

void require_range(double value, double low, double high, const char* key) {
  if (!(value >= low && value <= high)) {
    throw_bad_option("config", key, "must lie in " + json(low).dump() + ".." + json(high).dump());
  }
}

}  // namespace

MapperTrainingOptions MapperTrainingOptions::parse(const json& j) {
  MapperTrainingOptions o;
  read_struct(j, o, "config", {"bundle", "ratings", "loss"});
  if (j.contains("loss")) read_struct(j["loss"], o.loss, "loss", {});
  std::string bundle, ratings;
  read_option(j, "bundle", bundle, "config");
  read_option(j, "ratings", ratings, "config");
  o.bundle = bundle;
  o.ratings = ratings;
  require(!bundle.empty(), "bundle", "is missing; name the model folder the mapper is for");
  require_range(o.anchors, 3, 4096, "anchors");
  require_range(o.reach, 0.01, 2, "reach");
  for (const auto& [key, size] : {std::pair{"answer_hidden", o.shape.answer_hidden},
                                  {"answer_out", o.shape.answer_out},
                                  {"noise", o.shape.noise},
                                  {"hidden", o.shape.hidden}}) {
    require_range(size, 1, 1024, key);
  }
  require_range(o.people, 8, 1e6, "people");
  require_range(o.populations, 1, 1e5, "populations");
  require_range(o.snapshots, 1, 100, "snapshots");
  require_range(o.answers, 1, 200, "answers");
  require_range(o.active, 0, 1, "active");
  require_range(o.survey, 0, 1, "survey");
  require_range(o.careless, 0, 1, "careless");
  require_range(o.held_out_people, 2, 1e5, "held_out_people");
  require_range(o.held_out_populations, 1, 1e5, "held_out_populations");
  require_range(o.painted_people, 0, 1e5, "painted_people");
  require_range(o.steps, 1, 1e7, "steps");
  require_range(o.batch, 2, 4096, "batch");
  require_range(o.draws, 2, 64, "draws");
  require_range(o.rate, 1e-7, 1, "rate");
  require_range(o.minutes, 0, 1e5, "minutes");
  for (const auto& [key, weight] : {std::pair{"utility", o.loss.utility},
                                    {"diversity", o.loss.diversity},
                                    {"diversity_cap", o.loss.diversity_cap},
                                    {"manifold", o.loss.manifold},
                                    {"personalization", o.loss.personalization},
                                    {"content", o.loss.content},
                                    {"style", o.loss.style},
                                    {"pessimism", o.loss.pessimism}}) {
    require_range(weight, 0, 1e3, key);
  }
  require_range(o.loss.personalization_every, 1, 1e6, "personalization_every");
  require_range(o.loss.paintings, 1, o.batch, "paintings");
  require_range(o.loss.crop, 32, 1024, "crop");
  require(o.loss.crop % 16 == 0, "crop", "must be a multiple of 16");
  return o;
}

json MapperTrainingOptions::to_json() const {
  json j = write_struct(*this);
  j["loss"] = write_struct(loss);
  return j;
}

}  // namespace atelier::mapping

#include <spdlog/fmt/fmt.h>

#include <nlohmann/json.hpp>

#include "table.h"
#include "train_collection.h"

namespace atelier::cli {

std::vector<std::string> CollectionVerdict::objections() const {
  std::vector<std::string> all;
  if (after.kid >= before.kid) all.push_back("its KID to the works kept aside did not fall");
  const bool nearer = after.identified > before.identified ||
                      (after.identified == before.identified && after.nearness < before.nearness);
  if (!nearer) all.push_back("its paintings are not identified better");
  if (after.diversity < kLeastDiversity * before.diversity)
    all.push_back("paintings like different works became too alike");
  if (after.variety < kLeastDiversity * before.variety)
    all.push_back("paintings of different photos became too alike");
  return all;
}

std::string CollectionVerdict::to_text() const {
  const auto number = [](double value, int digits) { return fmt::format("{:.{}f}", value, digits); };
  std::vector<std::vector<std::string>> rows = {{"", "mean code", "learned", "the works themselves"}};
  const auto add = [&](const char* name, double CollectionMeasures::*value, int digits, bool of_works) {
    rows.push_back({name, number(before.*value, digits), number(after.*value, digits),
                    of_works ? number(works.*value, digits) : "-"});
  };
  add("KID to works kept aside", &CollectionMeasures::kid, 3, true);
  add("identified, share", &CollectionMeasures::identified, 2, true);
  add("distance, own / others", &CollectionMeasures::nearness, 2, true);
  if (before.inception && after.inception && works.inception) {
    const auto add_independent = [&](const char* name, double CollectionMeasures::ByInception::*value,
                                     int digits) {
      rows.push_back({name, number((*before.inception).*value, digits),
                      number((*after.inception).*value, digits), number((*works.inception).*value, digits)});
    };
    add_independent("KID by Inception", &CollectionMeasures::ByInception::kid, 4);
    add_independent("identified by Inception", &CollectionMeasures::ByInception::identified, 2);
    add_independent("distance by Inception", &CollectionMeasures::ByInception::nearness, 2);
  }
  add("diversity over works", &CollectionMeasures::diversity, 3, false);
  add("variety over photos", &CollectionMeasures::variety, 3, false);
  return format_table(rows);
}

nlohmann::json to_json(const CollectionVerdict& verdict) {
  const auto measures = [](const CollectionMeasures& m, bool paintings) {
    nlohmann::json json = {{"kid", m.kid}, {"identified", m.identified}, {"nearness", m.nearness}};
    if (paintings) json.update({{"diversity", m.diversity}, {"variety", m.variety}});
    if (m.inception) {
      json["inception"] = {{"kid", m.inception->kid},
                           {"identified", m.inception->identified},
                           {"nearness", m.inception->nearness}};
    }
    return json;
  };
  return {{"before", measures(verdict.before, true)},
          {"after", measures(verdict.after, true)},
          {"works", measures(verdict.works, false)},
          {"kept_aside", verdict.kept_aside},
          {"others", verdict.others},
          {"photos", verdict.photos},
          {"objections", verdict.objections()}};
}

}  // namespace atelier::cli

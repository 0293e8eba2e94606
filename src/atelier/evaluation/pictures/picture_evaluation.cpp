#include "atelier/evaluation/pictures/picture_evaluation.h"

#include <cstdio>

#include "atelier/evaluation/pictures/metric_catalogue.h"

namespace atelier::evaluation {
namespace {

// RFC 4180: quoted when it must be.
std::string csv_cell(const std::string& text) {
  if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? "\"\"" : std::string(1, c);
  return quoted + "\"";
}

std::string csv_number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.6g", value);
  return text;
}

}  // namespace

std::string PictureEvaluation::to_csv() const {
  std::string text = "system,content_name,style_name";
  for (const Metric& metric : pair_metrics()) text += "," + metric.key;
  text += "\n";
  for (const Painting& painting : paintings) {
    text += csv_cell(systems[painting.system].name) + "," + csv_cell(contents[painting.content].name) + "," +
            csv_cell(styles[painting.style].name);
    for (const Metric& metric : pair_metrics()) {
      const auto value = painting.values.find(metric.key);
      text += "," + (value == painting.values.end() ? "" : csv_number(value->second));
    }
    text += "\n";
  }
  return text;
}

}  // namespace atelier::evaluation

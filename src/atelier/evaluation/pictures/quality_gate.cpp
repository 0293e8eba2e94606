#include "atelier/evaluation/pictures/quality_gate.h"

#include <cmath>
#include <cstdlib>

#include "atelier/core/error.h"
#include "atelier/core/options_json.h"
#include "atelier/evaluation/pictures/metric_catalogue.h"

namespace atelier::evaluation {
namespace {

[[noreturn]] void refuse(const std::string& text, const std::string& cause) {
  throw Error(ErrorCode::Usage, "evaluate.gate", "--fail-if '" + printable(text) + "': " + cause);
}

}  // namespace

QualityGate QualityGate::parse(const std::string& text) {
  QualityGate gate;
  gate.text = text;
  const std::size_t sign = text.find_first_of("<>");
  if (sign == std::string::npos || sign == 0) refuse(text, "write it like \"style>0.3\"");
  gate.greater = text[sign] == '>';
  gate.or_equal = text.compare(sign + 1, 1, "=") == 0;
  const std::string left = text.substr(0, sign), right = text.substr(sign + (gate.or_equal ? 2 : 1));
  const std::size_t colon = left.rfind(':');
  gate.metric = colon == std::string::npos ? left : left.substr(colon + 1);
  gate.system = colon == std::string::npos ? "" : left.substr(0, colon);
  if (find_metric(gate.metric) == nullptr) {
    const std::string near = nearest_word(gate.metric, metric_keys());
    refuse(text, "there is no metric '" + printable(gate.metric) + "'" +
                     (near.empty() ? "; see docs/evaluating.md" : ", did you mean '" + near + "'?"));
  }
  char* end = nullptr;
  gate.limit = std::strtod(right.c_str(), &end);
  if (right.empty() || *end != '\0' || !std::isfinite(gate.limit)) refuse(text, "the limit is no number");
  return gate;
}

double QualityGate::value_in(const PictureSummary& summary) const {
  const PictureSummary::System* found =
      system.empty() ? (summary.systems.empty() ? nullptr : &summary.systems.front()) : summary.find(system);
  if (found == nullptr) refuse(text, "this run has no system '" + printable(system) + "'");
  const auto value = found->metrics.find(metric);
  if (value == found->metrics.end()) {
    throw Error(ErrorCode::Unavailable, "evaluate.not_measured",
                "--fail-if '" + printable(text) + "': " + metric + " was not measured for " +
                    printable(found->name) + "; give its networks with --judge-weights");
  }
  return value->second.mean;
}

bool QualityGate::is_hit(double value) const {
  if (or_equal && value == limit) return true;
  return greater ? value > limit : value < limit;
}

}  // namespace atelier::evaluation

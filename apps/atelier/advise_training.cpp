#include "advise_training.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>

#include "atelier/core/atomic_file.h"
#include "atelier/core/error.h"

namespace atelier::cli {
namespace {

std::string losses(const RecordedTraining::Point& point) {
  return fmt::format("content {:.3f}, style {:.3f} after {:.0f} minutes ({:.0f} steps)", point.content,
                     point.style, point.minutes, point.steps);
}

}  // namespace

std::optional<RecordedTraining> RecordedTraining::read(const std::filesystem::path& file) {
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored)) return std::nullopt;
  RecordedTraining recorded;
  try {
    const nlohmann::json json = nlohmann::json::parse(read_file(file, std::size_t{1} << 20));
    recorded.generator = json.at("generator").get<std::string>();
    recorded.megabytes = json.value("megabytes", 0.0);
    for (const nlohmann::json& point : json.at("curve")) {
      recorded.curve.push_back(
          {point.at("minutes"), point.at("steps"), point.at("content"), point.at("style")});
    }
  } catch (const nlohmann::json::exception&) {
    recorded.curve.clear();
  }
  const bool rising = std::is_sorted(recorded.curve.begin(), recorded.curve.end(),
                                     [](const Point& a, const Point& b) { return a.minutes < b.minutes; });
  if (recorded.curve.size() >= 2 && rising) return recorded;
  throw Error(ErrorCode::BadData, "curve.broken",
              printable(file.string()) +
                  ": is no recorded training; write it anew with 'atelier train report RUN --curve FILE'");
}

std::optional<RecordedTraining::Point> RecordedTraining::after(double minutes) const {
  if (curve.empty() || minutes < curve.front().minutes || minutes > curve.back().minutes) return std::nullopt;
  const auto above =
      std::find_if(curve.begin(), curve.end(), [&](const Point& point) { return point.minutes >= minutes; });
  if (above == curve.begin()) return *above;
  const Point &a = *(above - 1), &b = *above;
  const double t = b.minutes > a.minutes ? (minutes - a.minutes) / (b.minutes - a.minutes) : 1;
  const auto mix = [t](double from, double to) { return from + t * (to - from); };
  return Point{minutes, mix(a.steps, b.steps), mix(a.content, b.content), mix(a.style, b.style)};
}

std::vector<std::string> training_outlook(const RecordedTraining& recorded, double minutes) {
  const RecordedTraining::Point& end = recorded.curve.back();
  std::vector<std::string> sentences = {
      fmt::format("The recorded training of {} reached {}, on the machine it ran on and by its own losses "
                  "(lower is better).",
                  recorded.generator, losses(end))};
  if (minutes > 0) {
    if (const auto point = recorded.after(minutes)) {
      sentences.push_back(
          fmt::format("A budget of {:.0f} minutes got it to {}: style {:+.0f} %, content {:+.0f} % against "
                      "its end. A training planned "
                      "for that length lowers its rate sooner and may end better.",
                      minutes, losses(*point), 100 * (point->style / end.style - 1),
                      100 * (point->content / end.content - 1)));
    } else if (minutes > end.minutes) {
      sentences.push_back(
          fmt::format("Nothing is recorded beyond {:.0f} minutes: what {:.0f} would bring is not known.",
                      end.minutes, minutes));
    } else {
      sentences.push_back(
          fmt::format("Nothing is recorded before {:.1f} minutes.", recorded.curve.front().minutes));
    }
  } else if (const auto half = recorded.after(end.minutes / 2)) {
    sentences.push_back(fmt::format(
        "Half of the time gave {}: the second half changed style by {:+.0f} % and content by {:+.0f} %.",
        losses(*half), 100 * (end.style / half->style - 1), 100 * (end.content / half->content - 1)));
  }
  if (recorded.megabytes > 0)
    sentences.push_back(fmt::format("It took {:.1f} GB of memory at its peak.", recorded.megabytes / 1000));
  return sentences;
}

}  // namespace atelier::cli

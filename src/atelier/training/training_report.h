#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace atelier::training {

/// The story of a training as one HTML file: what the doctor said, curves from metrics.jsonl and
/// doctor.jsonl, sample sheets over time, the configuration. Error NoInput "run.none" when the folder holds
/// no training.
std::string training_report(const std::filesystem::path& run);

/// training_report as RUN/report.html.
void write_training_report(const std::filesystem::path& run);

/// How the losses of a training fell: {"schema", "generator", "megabytes", "minutes", "steps", "curve":
/// [{"minutes", "steps", "content", "style"}, ...]}, at most 40 points, each a mean over what was logged
/// since the point before; "held_out_style" where it was measured. What `atelier advise` reads beside a
/// model. Errors as training_report; BadData "run.short" when fewer than two points can be made.
nlohmann::json training_curve(const std::filesystem::path& run);

}  // namespace atelier::training

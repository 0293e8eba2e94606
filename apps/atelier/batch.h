#pragma once

#include <filesystem>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "program.h"

namespace atelier::cli {

/// One picture to paint; "-" is standard input or output.
struct PictureJob {
  std::string input, output;
  std::size_t brush = 0;  ///< which of several styles paints it
  std::string user = {},
              style = {};  ///< for the report: for whom, and in which style when that was chosen for them
};

/// The pictures of a folder, sorted, without subfolders. Errors: NoInput "input.folder", "input.none".
std::vector<std::string> pictures_in(const std::filesystem::path& folder);

/// From IMAGE... and -o to jobs. Several inputs or a folder (its pictures, sorted, without subfolders) need a
/// folder, which is made when it is missing; there each keeps its base name and extension, or gets `format`.
/// Names whose extension cannot be written (gif) become png. Nothing is read or painted yet: all that can be
/// refused is refused here. Errors: NoInput "input.none", "input.folder"; CannotCreate "output.folder",
/// "output.not_a_file"; Usage "output.collision", "output.is_input", "output.format", "output.terminal".
std::vector<PictureJob> plan_pictures(const std::vector<std::string>& inputs, const std::string& output,
                                      const std::string& format);

/// Every job `count` times, with brushes 0..count - 1 and "-1", "-2" ... after the output's name when there
/// are several. Errors as plan_pictures.
std::vector<PictureJob> vary_pictures(const std::vector<PictureJob>& jobs, std::size_t count);

/// Error Usage "output.is_input" when a job would overwrite one of the files.
void refuse_overwriting(const std::vector<PictureJob>& jobs, const std::vector<std::filesystem::path>& files);

/// What became of a job.
struct PictureResult {
  struct Failure {
    std::string id, message;
    int status = 0;
  };

  PictureJob job;
  int width = 0, height = 0;  ///< of the output
  double milliseconds = 0;    ///< reading, painting and writing
  std::optional<Failure> failure;
};

/// Runs `work` for every job on `parallel` threads and calls `done` for each result as it comes (one at a
/// time). A job that throws Error fails alone; Interrupted stops all after the jobs under way. Results in the
/// order of the jobs.
std::vector<PictureResult> run_pictures(const std::vector<PictureJob>& jobs, int parallel,
                                        const std::function<PictureResult(const PictureJob&)>& work,
                                        const std::function<void(const PictureResult&)>& done);

/// 0 when all went well; the failure's own status for a single job, else 1.
int batch_status(const std::vector<PictureResult>& results);

nlohmann::json to_json(const std::vector<PictureResult>& results);

}  // namespace atelier::cli

#include "batch.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <map>
#include <mutex>
#include <new>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>

#include "atelier/core/error.h"
#include "atelier/image/read_image.h"

namespace atelier::cli {
namespace {

namespace fs = std::filesystem;

const std::set<std::string> kWritable = {".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff"};

std::string shown(const fs::path& path) {
  return printable(path.string());
}

std::string lower_extension(const fs::path& path) {
  std::string extension = path.extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char c) { return std::tolower(c); });
  return extension;
}

bool is_folder(const fs::path& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored);
}

// The name a picture gets in an output folder.
std::string output_name(const std::string& input, const std::string& format) {
  fs::path name = input == "-" ? fs::path("stdin.png") : fs::path(input).filename();
  if (!format.empty()) return name.replace_extension(format).string();
  if (kWritable.count(lower_extension(name)) == 0) name.replace_extension("png");
  return name.string();
}

void make_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (!error && is_folder(folder) && ::access(folder.c_str(), W_OK | X_OK) == 0) return;
  throw Error(ErrorCode::CannotCreate, "output.folder",
              shown(folder) + ": this folder cannot be made or written to" +
                  (error ? ": " + error.message() : std::string()) + "; choose another one with -o");
}

// The extension decides the format, so a different --format would make a file that lies about itself.
void require_matching_format(const fs::path& output, const std::string& format) {
  const auto canonical = [](const std::string& name) {
    return name == "jpeg" ? std::string("jpg") : name == "tif" ? std::string("tiff") : name;
  };
  const std::string extension = lower_extension(output);
  if (format.empty() || canonical(extension.empty() ? "" : extension.substr(1)) == canonical(format)) return;
  throw Error(ErrorCode::Usage, "output.format",
              shown(output) + ": the name does not fit --format " + format + "; leave one of them out");
}

// Writing replaces the name, which would destroy a device or a pipe of that name.
void require_plain_output(const fs::path& output) {
  std::error_code ignored;
  const fs::file_status status = fs::status(output, ignored);
  if (!fs::exists(status) || fs::is_regular_file(status)) return;
  throw Error(ErrorCode::CannotCreate, "output.not_a_file",
              shown(output) + ": this is not a regular file; use -o - for standard output");
}

void refuse_collisions(const std::vector<PictureJob>& jobs) {
  std::map<std::string, std::string> inputs;
  for (const PictureJob& job : jobs) {
    const auto [entry, is_new] = inputs.emplace(job.output, job.input);
    if (is_new) continue;
    throw Error(ErrorCode::Usage, "output.collision",
                shown(entry->second) + " and " + shown(job.input) + " would both become " +
                    shown(job.output) + "; rename one or paint them into different folders");
  }
}

void require_stream_output(const std::vector<std::string>& inputs) {
  if (inputs.size() != 1 || is_folder(inputs.front())) {
    throw Error(ErrorCode::Usage, "output.collision",
                "-o -: standard output takes one picture; give a folder");
  }
  if (::isatty(STDOUT_FILENO) == 1) {
    throw Error(ErrorCode::Usage, "output.terminal",
                "-o -: standard output is a terminal; redirect it to a file");
  }
}

PictureResult run_one(const PictureJob& job, const std::function<PictureResult(const PictureJob&)>& work) {
  PictureResult failed{job, 0, 0, 0, {}};
  try {
    return work(job);
  } catch (const Error& error) {
    failed.failure = {error.id(), error.what(), exit_status(error.code())};
  } catch (const std::bad_alloc&) {
    failed.failure = {"resource.memory",
                      shown(job.input) +
                          ": not enough memory; paint it smaller (--size 2048), in tiles (--tile 512) "
                          "or with fewer --jobs",
                      exit_status(ErrorCode::Unavailable)};
  }
  return failed;
}

}  // namespace

std::vector<std::string> pictures_in(const fs::path& folder) {
  std::error_code error;
  std::vector<std::string> pictures;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    if (is_image_path(entry->path()) && !is_folder(entry->path())) pictures.push_back(entry->path().string());
  }
  if (error) {
    throw Error(
        ErrorCode::NoInput, "input.folder",
        shown(folder) + ": the folder cannot be read: " + error.message() + "; check its permissions");
  }
  if (pictures.empty()) {
    throw Error(ErrorCode::NoInput, "input.none",
                shown(folder) +
                    ": there are no pictures in this folder (jpg, png, webp, tiff, gif); subfolders are "
                    "not searched");
  }
  std::sort(pictures.begin(), pictures.end());
  return pictures;
}

std::vector<PictureJob> plan_pictures(const std::vector<std::string>& inputs, const std::string& output,
                                      const std::string& format) {
  if (output == "-") {
    require_stream_output(inputs);
    return {{inputs.front(), "-"}};
  }
  const bool into_folder =
      inputs.size() > 1 || is_folder(inputs.front()) || is_folder(output) || output.ends_with('/');
  std::vector<PictureJob> jobs;
  if (!into_folder) {
    jobs.push_back({inputs.front(), output});
    require_matching_format(output, format);
  } else {
    for (const std::string& input : inputs) {
      const std::vector<std::string> pictures = is_folder(input) ? pictures_in(input) : std::vector{input};
      for (const std::string& picture : pictures) {
        jobs.push_back({picture, (fs::path(output) / output_name(picture, format)).string()});
      }
    }
  }
  refuse_collisions(jobs);
  std::vector<fs::path> files;
  for (const PictureJob& job : jobs) {
    if (job.input != "-") files.emplace_back(job.input);
  }
  refuse_overwriting(jobs, files);
  for (const PictureJob& job : jobs) require_plain_output(job.output);
  if (into_folder) make_folder(output);
  return jobs;
}

std::vector<PictureJob> vary_pictures(const std::vector<PictureJob>& jobs, std::size_t count) {
  std::vector<PictureJob> varied;
  std::vector<fs::path> inputs;
  for (const PictureJob& job : jobs) {
    if (job.input != "-") inputs.emplace_back(job.input);
    if (count > 1 && job.output == "-") {
      throw Error(ErrorCode::Usage, "output.collision",
                  "-o -: standard output takes one picture; give a file or a folder for several variants");
    }
    for (std::size_t i = 0; i < count; ++i) {
      varied.push_back(job);
      varied.back().brush = i;
      if (count == 1) continue;
      fs::path output = job.output;
      output.replace_filename(output.stem().string() + "-" + std::to_string(i + 1) +
                              output.extension().string());
      varied.back().output = output.string();
      require_plain_output(output);
    }
  }
  refuse_collisions(varied);
  refuse_overwriting(varied, inputs);
  return varied;
}

void refuse_overwriting(const std::vector<PictureJob>& jobs, const std::vector<fs::path>& files) {
  std::set<fs::path> originals;
  std::error_code ignored;
  for (const fs::path& file : files) originals.insert(fs::weakly_canonical(file, ignored));
  for (const PictureJob& job : jobs) {
    if (job.output == "-" || originals.count(fs::weakly_canonical(job.output, ignored)) == 0) continue;
    throw Error(ErrorCode::Usage, "output.is_input",
                shown(job.output) + ": this would overwrite an input; choose another name or folder with -o");
  }
}

std::vector<PictureResult> run_pictures(const std::vector<PictureJob>& jobs, int parallel,
                                        const std::function<PictureResult(const PictureJob&)>& work,
                                        const std::function<void(const PictureResult&)>& done) {
  std::vector<PictureResult> results(jobs.size());
  std::atomic<std::size_t> next{0};
  std::mutex mutex;
  std::exception_ptr stopped;
  const auto worker = [&] {
    for (std::size_t i = next++; i < jobs.size(); i = next++) {
      try {
        stop_if_interrupted();
        results[i] = run_one(jobs[i], work);
        const std::lock_guard lock(mutex);
        done(results[i]);
      } catch (...) {
        const std::lock_guard lock(mutex);
        stopped = std::current_exception();
        next = jobs.size();
      }
    }
  };
  std::vector<std::jthread> others;
  for (int i = 1; i < std::min<int>(parallel, static_cast<int>(jobs.size())); ++i)
    others.emplace_back(worker);
  worker();
  others.clear();
  if (stopped) std::rethrow_exception(stopped);
  return results;
}

int batch_status(const std::vector<PictureResult>& results) {
  const bool failed =
      std::any_of(results.begin(), results.end(), [](const auto& r) { return r.failure.has_value(); });
  if (!failed) return 0;
  return results.size() == 1 ? results.front().failure->status : 1;
}

nlohmann::json to_json(const std::vector<PictureResult>& results) {
  nlohmann::json pictures = nlohmann::json::array();
  int failed = 0;
  for (const PictureResult& result : results) {
    nlohmann::json picture = {{"input", result.job.input}, {"output", result.job.output}};
    if (!result.job.user.empty()) picture["user"] = result.job.user;
    if (!result.job.style.empty()) picture["style"] = result.job.style;
    if (result.failure) {
      ++failed;
      picture["error"] = {{"id", result.failure->id},
                          {"message", result.failure->message},
                          {"status", result.failure->status}};
    } else {
      picture["width"] = result.width;
      picture["height"] = result.height;
      picture["ms"] = result.milliseconds;
    }
    pictures.push_back(std::move(picture));
  }
  return {{"schema", 1}, {"pictures", std::move(pictures)}, {"failed", failed}};
}

}  // namespace atelier::cli

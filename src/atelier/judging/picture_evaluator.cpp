#include "atelier/judging/picture_evaluator.h"

#include <ATen/Parallel.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <mutex>
#include <nlohmann/json.hpp>
#include <numeric>
#include <thread>
#include <tuple>

#include "atelier/core/atomic_file.h"
#include "atelier/core/error.h"
#include "atelier/evaluation/pictures/seam_meter.h"
#include "atelier/image/read_image.h"
#include "atelier/image/resize.h"
#include "atelier/image/write_image.h"

namespace atelier::judging {
namespace {

namespace fs = std::filesystem;
using evaluation::PictureEvaluation;
using nlohmann::json;

constexpr std::size_t kBlock = 8;  // photos whose feature maps are in memory, about 0.1 GB each at 512 pixels
constexpr std::size_t kMostPartBytes = std::size_t{64} << 20;

// Calls work(0) ... work(count - 1) on options.jobs threads; the first exception stops the rest and is thrown
// here.
void in_parallel(const EvaluatorOptions& options, std::size_t count,
                 const std::function<void(std::size_t)>& work) {
  std::mutex mutex;
  std::size_t next = 0;
  std::exception_ptr failure;
  const auto run = [&] {
    at::set_num_threads(1);  // the pictures are what is shared out
    for (;;) {
      std::size_t index;
      {
        const std::lock_guard lock(mutex);
        if (failure || next == count) return;
        index = next++;
      }
      try {
        if (options.stop_point) options.stop_point();
        work(index);
      } catch (...) {
        const std::lock_guard lock(mutex);
        if (!failure) failure = std::current_exception();
      }
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < std::max(1, options.jobs); ++i) threads.emplace_back(run);
  for (std::thread& thread : threads) thread.join();
  if (failure) std::rethrow_exception(failure);
}

void make_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) {
    throw Error(ErrorCode::CannotCreate, "output.folder",
                printable(folder.string()) + ": this folder cannot be made: " + error.message() +
                    "; choose another one with --out");
  }
}

json read_json(const fs::path& path) {
  const json content = json::parse(read_file(path, kMostPartBytes), nullptr, false);
  return content.is_discarded() ? json() : content;
}

}  // namespace

struct PictureEvaluator::Part {
  std::vector<PictureEvaluation::Painting> paintings;
  std::vector<std::string> warnings;

  json to_json() const {
    json list = json::array();
    for (const PictureEvaluation::Painting& painting : paintings) {
      list.push_back({{"system", painting.system},
                      {"content", painting.content},
                      {"style", painting.style},
                      {"values", painting.values},
                      {"features", painting.features}});
    }
    return {{"paintings", std::move(list)}, {"warnings", warnings}};
  }

  static Part from(const json& content) {
    Part part;
    for (const json& item : content.at("paintings")) {
      part.paintings.push_back({item.at("system"), item.at("content"), item.at("style"),
                                item.at("values").get<std::map<std::string, double>>(),
                                item.at("features").get<std::vector<float>>()});
    }
    part.warnings = content.at("warnings").get<std::vector<std::string>>();
    return part;
  }
};

std::vector<std::pair<std::size_t, std::size_t>> spread_pairs(std::size_t contents, std::size_t styles,
                                                              std::size_t count) {
  std::vector<std::pair<std::size_t, std::size_t>> pairs;
  const std::size_t round =
      std::lcm(contents, styles);  // after so many steps the diagonal closes: take the next one
  for (std::size_t i = 0; i < std::min(count, contents * styles); ++i)
    pairs.emplace_back(i % contents, (i + i / round) % styles);
  return pairs;
}

PictureEvaluator::PictureEvaluator(const PictureJudge& judge, const PictureSet& contents,
                                   const PictureSet& styles, const std::vector<Contestant>& contestants,
                                   EvaluatorOptions options)
    : judge_(judge),
      contents_(contents),
      styles_(styles),
      contestants_(contestants),
      options_(std::move(options)),
      sweep_(spread_pairs(contents.pictures.size(), styles.pictures.size(),
                          static_cast<std::size_t>(std::max(0, options_.sweep_pairs)))) {}

fs::path PictureEvaluator::part_file(std::size_t style, std::size_t block) const {
  return options_.folder / "parts" / fmt::format("style-{:04}-block-{:03}.json", style, block);
}

fs::path PictureEvaluator::small_file(std::size_t system, std::size_t content, std::size_t style) const {
  return options_.folder / "pictures" / contestants_[system].painter->name() /
         (contents_.pictures[content].name + "__" + styles_.pictures[style].name + ".jpg");
}

std::optional<Image> PictureEvaluator::small_painting(std::size_t system, std::size_t content,
                                                      std::size_t style) const {
  if (contestants_[system].painter->control()) {
    const auto brush = contestants_[system].painter->take_up(styles_.pictures[style]);
    return brush->paint(contents_.pictures[content]);
  }
  std::error_code ignored;
  const fs::path file = small_file(system, content, style);
  if (!fs::exists(file, ignored)) return std::nullopt;
  return read_image(file);
}

bool PictureEvaluator::wants(const Contestant& contestant, std::size_t content, std::size_t style) const {
  return !contestant.swept_strength ||
         std::find(sweep_.begin(), sweep_.end(), std::pair(content, style)) != sweep_.end();
}

// What an earlier run left is used only when it measured the same.
void PictureEvaluator::prepare_folder() const {
  const fs::path parts = options_.folder / "parts", identity_file = parts / "run.json";
  std::error_code ignored;
  if (options_.fresh) fs::remove_all(parts, ignored);
  if (fs::exists(identity_file, ignored)) {
    if (read_json(identity_file).value("identity", "") != options_.identity) {
      throw Error(ErrorCode::Usage, "evaluate.other_run",
                  printable(options_.folder.string()) +
                      ": holds parts of a run with other pictures, models or settings, or by another version "
                      "of the program; choose another --out, or start over with --fresh");
    }
    return;
  }
  make_folder(parts);
  for (const Contestant& contestant : contestants_) {
    if (!contestant.painter->control())
      make_folder(options_.folder / "pictures" / contestant.painter->name());
  }
  if (options_.keep_pictures) make_folder(options_.folder / "paintings");
  write_file_atomically(identity_file, json{{"identity", options_.identity}}.dump() + "\n");
}

PictureEvaluator::Part PictureEvaluator::measure_part(std::size_t style, std::size_t first_content,
                                                      const std::vector<JudgedPicture>& photos) const {
  Part part;
  const NamedPicture& target = styles_.pictures[style];
  const std::size_t end = std::min(first_content + kBlock, contents_.pictures.size());
  std::optional<JudgedPicture> whole_style;
  for (std::size_t system = 0; system < contestants_.size(); ++system) {
    const Painter& painter = *contestants_[system].painter;
    const auto warn = [&](const std::string& content, const std::string& why) {
      part.warnings.push_back(fmt::format("{}: {} in {} left out: {}", painter.name(), printable(content),
                                          printable(target.name), why));
    };
    std::unique_ptr<Brush> brush;
    for (std::size_t content = first_content; content < end; ++content) {
      if (!wants(contestants_[system], content, style)) continue;
      if (options_.stop_point) options_.stop_point();
      const NamedPicture& photo = contents_.pictures[content];
      try {
        if (!brush) brush = painter.take_up(target);
        const std::optional<Image> painted = brush->paint(photo);
        if (!painted) continue;  // a missing pair, named when the folder was checked
        JudgedPicture seen;
        if (*painted == photo.image) {
          seen = photos[content - first_content];
        } else if (*painted == target.image) {
          if (!whole_style) whole_style = judge_.look_at(target.image);
          seen = *whole_style;
        } else {
          seen = judge_.look_at(*painted);
        }
        if (!seen.finite()) {
          warn(photo.name, "a judge saw values that are no numbers");
          continue;
        }
        PictureEvaluation::Painting painting{system, content, style, {}, {}};
        painting.values = judge_.judge(seen, photos[content - first_content], judged_styles_, style);
        if (options_.tile > 0) {
          if (const auto seam = evaluation::SeamMeter()(evaluation::luma_of(*painted), options_.tile))
            painting.values["seam"] = *seam;
        }
        if (!contestants_[system].swept_strength) painting.features = seen.inception();
        part.paintings.push_back(std::move(painting));
        if (painter.control()) continue;
        const int small = std::min(kSmallSide, painted->width());
        write_image(small_file(system, content, style), resize(*painted, small, small), {.quality = 88});
        if (options_.keep_pictures) {
          write_image(options_.folder / "paintings" /
                          fmt::format("{}__{}__{}.png", painter.name(), photo.name, target.name),
                      *painted);
        }
      } catch (const Error& error) {
        if (error.code() == ErrorCode::CannotCreate || error.code() == ErrorCode::Io) throw;
        warn(photo.name, error.what());
      }
    }
  }
  return part;
}

PictureEvaluation PictureEvaluator::run() {
  prepare_folder();
  PictureEvaluation result;
  result.contents = contents_.facts;
  result.styles = styles_.facts;
  for (const PictureSet* set : {&contents_, &styles_}) {
    result.warnings.insert(result.warnings.end(), set->warnings.begin(), set->warnings.end());
    result.notes.insert(result.notes.end(), set->notes.begin(), set->notes.end());
  }
  for (const Contestant& contestant : contestants_) {
    result.systems.push_back({contestant.painter->name(), contestant.painter->about(),
                              contestant.painter->control(), contestant.swept_strength});
  }
  result.sweep = sweep_;

  const std::size_t blocks = (contents_.pictures.size() + kBlock - 1) / kBlock;
  const auto paintings_of = [&](std::size_t style, std::size_t block) {
    int count = 0;
    for (std::size_t c = block * kBlock; c < std::min((block + 1) * kBlock, contents_.pictures.size()); ++c) {
      for (const Contestant& contestant : contestants_) count += wants(contestant, c, style) ? 1 : 0;
    }
    return count;
  };
  std::vector<std::vector<json>> parts(blocks, std::vector<json>(styles_.pictures.size()));
  int total = 0, kept = 0;
  for (std::size_t block = 0; block < blocks; ++block) {
    for (std::size_t style = 0; style < styles_.pictures.size(); ++style) {
      total += paintings_of(style, block);
      std::error_code ignored;
      const fs::path file = part_file(style, block);
      if (!fs::exists(file, ignored)) continue;
      parts[block][style] = read_json(file);  // a broken one is measured again
      if (parts[block][style].is_object()) kept += paintings_of(style, block);
    }
  }

  std::mutex mutex;
  int done = kept;
  const auto started = std::chrono::steady_clock::now();
  const auto tell = [&](int more) {
    if (!options_.progress) return;
    const std::lock_guard lock(mutex);
    done += more;
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
    options_.progress(done, total, done > kept ? seconds / (done - kept) * (total - done) : 0);
  };
  tell(0);

  judged_styles_.resize(styles_.pictures.size());
  in_parallel(options_, styles_.pictures.size(), [&](std::size_t style) {
    judged_styles_[style] = judge_.look_at(styles_.pictures[style].image).as_style();
    tell(0);
  });
  for (std::size_t style = 0; style < judged_styles_.size(); ++style) {
    result.style_features.push_back(judged_styles_[style].inception());
    if (!judged_styles_[style].finite())
      result.warnings.push_back("style " + printable(styles_.pictures[style].name) +
                                ": a judge saw values that are no numbers");
  }
  for (std::size_t block = 0; block < blocks; ++block) {
    std::vector<std::size_t> open;
    for (std::size_t style = 0; style < styles_.pictures.size(); ++style) {
      if (!parts[block][style].is_object()) open.push_back(style);
    }
    if (open.empty()) continue;
    const std::size_t first = block * kBlock, count = std::min(kBlock, contents_.pictures.size() - first);
    std::vector<JudgedPicture> photos(count);
    in_parallel(options_, count, [&](std::size_t i) {
      photos[i] = judge_.look_at(contents_.pictures[first + i].image);
      tell(0);
    });
    in_parallel(options_, open.size(), [&](std::size_t i) {
      const std::size_t style = open[i];
      json part = measure_part(style, first, photos).to_json();
      write_file_atomically(part_file(style, block), part.dump() + "\n");
      parts[block][style] = std::move(part);
      tell(paintings_of(style, block));
    });
  }
  for (std::size_t style = 0; style < styles_.pictures.size(); ++style) {
    for (std::size_t block = 0; block < blocks; ++block) {
      Part part = Part::from(parts[block][style]);
      std::move(part.paintings.begin(), part.paintings.end(), std::back_inserter(result.paintings));
      std::move(part.warnings.begin(), part.warnings.end(), std::back_inserter(result.warnings));
    }
  }
  std::stable_sort(result.paintings.begin(), result.paintings.end(), [](const auto& a, const auto& b) {
    return std::tie(a.system, a.content, a.style) < std::tie(b.system, b.content, b.style);
  });
  return result;
}

}  // namespace atelier::judging

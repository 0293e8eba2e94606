#include "layers/layer_check.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

namespace atelier::test {
namespace {

namespace fs = std::filesystem;
using Names = std::set<std::string>;

// Which room may include which, lowest first. The same table stands in ARCHITECTURE.md.
const std::map<std::string, Names> kRooms = {
    {"core", {}},
    {"image", {"core"}},
    {"detection", {"core", "image"}},
    {"style", {"core"}},
    {"weights", {"core"}},
    {"model", {"core", "style", "weights"}},
    {"engine", {"core", "model", "weights"}},
    {"tensor", {"core", "image", "weights"}},
    {"nn", {"core", "tensor", "model"}},
    {"losses", {"core", "tensor", "nn", "model"}},
    {"inference", {"core", "image", "style", "weights", "model", "engine"}},
    {"storage", {"core", "style"}},
    {"personalization", {"core", "style", "storage", "weights"}},
    {"mapping",
     {"core", "style", "storage", "weights", "model", "tensor", "nn", "losses", "personalization"}},
    {"report", {"core", "image"}},
    {"evaluation", {"core", "image", "style", "storage", "personalization", "report"}},
    {"training",
     {"core", "image", "style", "weights", "model", "report", "tensor", "nn", "losses", "engine"}},
    {"judging",
     {"core", "image", "style", "weights", "model", "report", "tensor", "nn", "losses", "engine", "inference",
      "evaluation"}},
};

// Folders inside a room that may include more than their room.
const std::map<std::string, Names> kWiderFolders = {{"inference/torch/", {"tensor", "nn"}}};

// Outside libraries that only some folders may know.
struct OutsideRule {
  std::vector<std::string> prefixes;
  std::vector<std::string> folders;
};
const std::vector<OutsideRule> kOutsideRules = {
    {{"torch/", "ATen/", "c10/"},
     {"tensor/", "nn/", "losses/", "training/", "mapping/", "judging/", "inference/torch/",
      "apps/backend_torch"}},
    {{"vips/"}, {"image/"}},
    {{"pugixml"}, {"detection/"}},
    {{"sodium"}, {"weights/", "storage/", "personalization/", "apps/terminal_picture"}},
    {{"SQLiteCpp/", "sqlite3", "pqxx/"}, {"storage/"}},
    {{"Eigen/"}, {"personalization/", "mapping/", "evaluation/", "style/"}},
};
const OutsideRule& kTorch = kOutsideRules[0];

// Rooms whose public headers must not pull LibTorch in, not even through another header.
const Names kTorchFreeHeaders = {"inference", "training", "mapping", "judging"};

bool starts_with_any(const std::string& text, const std::vector<std::string>& prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(),
                     [&](const auto& prefix) { return text.starts_with(prefix); });
}

bool is_source(const fs::path& path) {
  return path.extension() == ".h" || path.extension() == ".cpp";
}

std::vector<std::string> includes_of(const fs::path& path) {
  std::vector<std::string> found;
  std::ifstream stream(path);
  for (std::string line; std::getline(stream, line);) {
    std::string hash, name;
    std::istringstream words(line);
    words >> hash;
    if (hash == "#") {  // "#  include"
      words >> hash;
      hash = "#" + hash;
    }
    if (!hash.starts_with("#include")) continue;
    const std::size_t begin = line.find_first_of("<\"");
    const std::size_t end = begin == std::string::npos ? begin : line.find_first_of(">\"", begin + 1);
    if (end != std::string::npos) found.push_back(line.substr(begin + 1, end - begin - 1));
  }
  return found;
}

std::vector<fs::path> sources_below(const fs::path& folder) {
  std::vector<fs::path> files;
  if (!fs::exists(folder)) return files;
  for (const auto& entry :
       fs::recursive_directory_iterator(folder, fs::directory_options::follow_directory_symlink)) {
    if (entry.is_regular_file() && is_source(entry.path())) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

/// "atelier/image/image.h" -> "image"; empty for what is not in a room.
std::string room_of_include(const std::string& include) {
  const std::string house = "atelier/";
  const std::size_t slash = include.find('/', house.size());
  return include.starts_with(house) && slash != std::string::npos
             ? include.substr(house.size(), slash - house.size())
             : "";
}

class LayerCheck {
 public:
  explicit LayerCheck(const fs::path& root) : root_(root) {}

  std::vector<std::string> run() {
    for (const fs::path& file : sources_below(root_ / "src/atelier")) check_room_file(file);
    for (const fs::path& file : sources_below(root_ / "apps")) {
      check_outside_libraries(file, "apps/" + file.filename().string());
    }
    std::sort(violations_.begin(), violations_.end());
    return violations_;
  }

 private:
  void report(const fs::path& file, const std::string& include, const std::string& why) {
    violations_.push_back(file.lexically_relative(root_).string() + ": includes " + include + ": " + why);
  }

  void check_room_file(const fs::path& file) {
    const std::string place = file.lexically_relative(root_ / "src/atelier").string();  // "nn/generator.h"
    const std::string room = place.substr(0, place.find('/'));
    if (room == place) return;  // the umbrella header above all rooms
    const auto rule = kRooms.find(room);
    if (rule == kRooms.end()) {
      report(file, "nothing yet", "the room '" + room + "' is not in the dependency table");
      return;
    }
    Names allowed = rule->second;
    allowed.insert(room);
    for (const auto& [folder, more] : kWiderFolders) {
      if (place.starts_with(folder)) allowed.insert(more.begin(), more.end());
    }
    for (const std::string& include : includes_of(file)) {
      if (!include.starts_with("atelier/")) continue;
      const std::string other = room_of_include(include);
      if (!allowed.contains(other)) report(file, include, "room '" + room + "' may not know it");
      if (other != room && include.starts_with("atelier/" + other + "/detail/")) {
        report(file, include, "detail/ is for its own room");
      }
    }
    check_outside_libraries(file, place);
    const bool is_public_header = file.extension() == ".h" && place.find("/detail/") == std::string::npos;
    if (is_public_header && kTorchFreeHeaders.contains(room) && reaches_torch(file)) {
      report(file, "LibTorch", "public headers of '" + room + "' must be free of it");
    }
  }

  void check_outside_libraries(const fs::path& file, const std::string& place) {
    for (const std::string& include : includes_of(file)) {
      for (const OutsideRule& rule : kOutsideRules) {
        if (starts_with_any(include, rule.prefixes) && !starts_with_any(place, rule.folders)) {
          report(file, include, "that library belongs to other rooms");
        }
      }
    }
  }

  bool reaches_torch(const fs::path& file) {
    const auto [entry, is_new] = reaches_torch_.try_emplace(file, false);
    if (!is_new) return entry->second;
    bool reaches = false;
    for (const std::string& include : includes_of(file)) {
      reaches = reaches || starts_with_any(include, kTorch.prefixes) ||
                (!room_of_include(include).empty() && reaches_torch(root_ / "src" / include));
    }
    return reaches_torch_[file] = reaches;
  }

  const fs::path root_;
  std::vector<std::string> violations_;
  std::map<fs::path, bool> reaches_torch_;
};

}  // namespace

std::vector<std::string> layer_violations(const std::filesystem::path& root) {
  return LayerCheck(root).run();
}

std::size_t count_checked_files(const std::filesystem::path& root) {
  return sources_below(root / "src/atelier").size() + sources_below(root / "apps").size();
}

}  // namespace atelier::test

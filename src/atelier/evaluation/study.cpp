#include "atelier/evaluation/study.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <random>

#include "atelier/core/error.h"
#include "atelier/evaluation/detail/study_script.h"
#include "atelier/image/read_image.h"
#include "atelier/report/html_page.h"

namespace atelier::evaluation {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

std::map<std::string, fs::path> pictures_by_name(const fs::path& folder) {
  std::error_code ignored;
  if (!fs::is_directory(folder, ignored)) {
    throw Error(ErrorCode::NoInput, "study.folder",
                printable(folder.string()) + ": there is no such folder of pictures");
  }
  std::map<std::string, fs::path> pictures;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (!entry.is_regular_file() || !is_image_path(entry.path())) continue;
    const auto [other, fresh] = pictures.emplace(entry.path().stem().string(), entry.path());
    if (fresh) continue;
    throw Error(ErrorCode::BadData, "study.twice",
                printable(folder.string()) + ": holds " + printable(other->second.filename().string()) +
                    " and " + printable(entry.path().filename().string()) +
                    ", which are one name; remove one");
  }
  return pictures;
}

// A name for the study that changes with its pictures and its seed (FNV-1a); it keeps answers and key
// together.
std::string fingerprint(const std::vector<std::string>& parts) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const std::string& part : parts) {
    for (const char c : part) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    hash = (hash ^ 0xff) * 0x100000001b3ULL;
  }
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text(12, '0');
  for (char& digit : text) {
    digit = kDigits[hash & 15];
    hash >>= 4;
  }
  return text;
}

Image read_alike(const StudyPair& pair, const Image& a) {
  Image b = read_image(pair.b);
  const double aspect =
      static_cast<double>(a.width()) * b.height() / (static_cast<double>(a.height()) * b.width());
  if (std::abs(aspect - 1) > 0.02) {
    throw Error(ErrorCode::BadData, "study.size",
                printable(pair.b.string()) + ": has another shape than " + printable(pair.a.string()) +
                    ", people would know them apart; crop them alike");
  }
  return b;
}

}  // namespace

StudyPictures match_pictures(const fs::path& a, const fs::path& b, const fs::path& references) {
  const auto in_a = pictures_by_name(a), in_b = pictures_by_name(b);
  const auto in_references =
      references.empty() ? std::map<std::string, fs::path>() : pictures_by_name(references);
  StudyPictures matched;
  for (const auto& [name, path] : in_a) {
    const auto partner = in_b.find(name);
    if (partner == in_b.end()) {
      matched.only_a.push_back(name);
      continue;
    }
    StudyPair pair{.name = name, .a = path, .b = partner->second, .reference = {}};
    if (const auto found = in_references.find(name); found != in_references.end())
      pair.reference = found->second;
    matched.pairs.push_back(std::move(pair));
  }
  for (const auto& item : in_b) {
    if (!in_a.contains(item.first)) matched.only_b.push_back(item.first);
  }
  if (matched.pairs.empty()) {
    throw Error(ErrorCode::BadData, "study.pairs",
                printable(a.string()) + " and " + printable(b.string()) +
                    ": no picture has the same name in both; name what belongs together alike (tower.png and "
                    "tower.jpg)");
  }
  return matched;
}

StudyPage make_study(const StudyPictures& pictures, const StudyOptions& options) {
  if (options.checks < 0 || options.checks > static_cast<int>(pictures.pairs.size())) {
    throw Error(ErrorCode::Usage, "study.checks",
                "--checks is " + std::to_string(options.checks) + "; use 0 to " +
                    std::to_string(pictures.pairs.size()) + ", the number of pairs");
  }
  std::mt19937_64 random(options.seed);
  const auto picture = [&](const Image& image) {
    return report::picture_data_uri(image, options.max_side, 90);
  };
  json shown = json::array(), key_pairs = json::array();
  std::vector<std::string> identity = {options.title, options.question, std::to_string(options.seed)};
  // Which pairs show one picture twice: a seeded choice without repetition.
  std::vector<std::size_t> order(pictures.pairs.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::vector<std::size_t> checked;
  std::sample(order.begin(), order.end(), std::back_inserter(checked), options.checks, random);
  std::vector<json> checks;
  for (std::size_t i = 0; i < pictures.pairs.size(); ++i) {
    const StudyPair& pair = pictures.pairs[i];
    const Image a = read_image(pair.a), b = read_alike(pair, a);
    const bool swapped = (random() >> 63) != 0;
    const std::string first = picture(swapped ? b : a), second = picture(swapped ? a : b);
    json entry = {{"pictures", {first, second}}};
    if (pair.reference) entry["reference"] = picture(read_image(*pair.reference));
    if (std::find(checked.begin(), checked.end(), i) != checked.end()) {
      json twice = entry;
      const std::string& one = (random() >> 63) != 0 ? first : second;
      twice["pictures"] = {one, one};
      checks.push_back(std::move(twice));
    }
    identity.push_back(first);
    identity.push_back(second);
    shown.push_back(std::move(entry));
    key_pairs.push_back({{"name", pair.name}, {"a", swapped ? 1 : 0}});
  }
  for (json& check : checks) {
    shown.push_back(std::move(check));
    key_pairs.push_back({{"check", true}});
  }
  const std::string id = fingerprint(identity);
  const json data = {{"study", id}, {"question", options.question}, {"pairs", shown}};

  report::HtmlPage page(options.title);
  page.markup(study_markup());
  page.script("const STUDY = " + data.dump() + ";\n" + std::string(study_script()));
  return {page.str(),
          {{"schema", 1},
           {"study", id},
           {"label_a", options.label_a},
           {"label_b", options.label_b},
           {"pairs", key_pairs}}};
}

}  // namespace atelier::evaluation

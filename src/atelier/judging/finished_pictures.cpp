#include "atelier/judging/finished_pictures.h"

#include <fmt/format.h>

#include <set>

#include "atelier/core/error.h"
#include "atelier/image/read_image.h"
#include "atelier/judging/detail/fingerprint.h"
#include "atelier/judging/framing.h"

namespace atelier::judging {
namespace {

namespace fs = std::filesystem;

std::string pair_name(const std::string& content, const std::string& style) {
  return content + "__" + style;
}

class Album : public Brush {
 public:
  Album(const std::map<std::string, fs::path>& files, std::string style, int size)
      : files_(files), style_(std::move(style)), size_(size) {}

  std::optional<Image> paint(const NamedPicture& photo) const override {
    const auto file = files_.find(pair_name(photo.name, style_));
    if (file == files_.end()) return std::nullopt;
    return framed(read_image(file->second), size_);
  }

 private:
  const std::map<std::string, fs::path>& files_;
  std::string style_;
  int size_;
};

// "a, b, c and 4 more"
std::string some_of(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < std::min<std::size_t>(3, names.size()); ++i)
    text += (i == 0 ? "" : ", ") + printable(names[i]);
  if (names.size() > 3) text += fmt::format(" and {} more", names.size() - 3);
  return text;
}

}  // namespace

FinishedPictures::FinishedPictures(std::string name, fs::path folder, int size)
    : name_(std::move(name)), folder_(std::move(folder)), size_(size) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder_, error)) {
    if (!entry.is_regular_file() || !is_image_path(entry.path())) continue;
    const auto [first, is_new] = files_.emplace(entry.path().stem().string(), entry.path());
    if (!is_new) {
      throw Error(ErrorCode::Usage, "outputs.twice",
                  printable(folder_.string()) + ": " + printable(first->second.filename().string()) +
                      " and " + printable(entry.path().filename().string()) +
                      " stand for one pair; remove one of them");
    }
  }
  if (error) {
    throw Error(
        ErrorCode::NoInput, "outputs.folder",
        printable(folder_.string()) + ": cannot be read: " + error.message() + "; check --outputs " + name_);
  }
  if (files_.empty()) {
    throw Error(
        ErrorCode::NoInput, "outputs.folder",
        printable(folder_.string()) + ": holds no pictures; --outputs wants CONTENT__STYLE.png files");
  }
}

std::string FinishedPictures::about() const {
  return "finished pictures";
}

std::unique_ptr<Brush> FinishedPictures::take_up(const NamedPicture& style) const {
  return std::make_unique<Album>(files_, style.name, size_);
}

FinishedPictures::Check FinishedPictures::check(const std::vector<std::string>& contents,
                                                const std::vector<std::string>& styles) const {
  std::set<std::string> expected;
  std::vector<std::string> missing, stray, scaled;
  Check result;
  for (const std::string& content : contents) {
    for (const std::string& style : styles) {
      const std::string name = pair_name(content, style);
      expected.insert(name);
      if (!files_.contains(name)) missing.push_back(name);
    }
  }
  for (const auto& [name, file] : files_) {
    if (!expected.contains(name)) {
      stray.push_back(file.filename().string());
      continue;
    }
    try {
      const ImageInfo info = probe_image(file);
      if (std::min(info.width, info.height) != size_) scaled.push_back(name);
    } catch (const Error&) {
      // It is named when it is read.
    }
  }
  if (missing.size() == expected.size()) {
    throw Error(
        ErrorCode::NoInput, "outputs.names",
        fmt::format(
            "{}: none of its {} pictures is named for a pair, like {}.png; --outputs {} cannot be matched",
            printable(folder_.string()), files_.size(), printable(*expected.begin()), name_));
  }
  if (!missing.empty())
    result.missing.push_back(fmt::format("{}: {} of {} pairs are missing: {}", name_, missing.size(),
                                         expected.size(), some_of(missing)));
  if (!stray.empty())
    result.notes.push_back(
        fmt::format("{}: {} files belong to no pair: {}", name_, stray.size(), some_of(stray)));
  if (!scaled.empty()) {
    result.notes.push_back(fmt::format("{}: {} paintings have another size and were scaled to {} pixels: {}",
                                       name_, scaled.size(), size_, some_of(scaled)));
  }
  return result;
}

std::string FinishedPictures::fingerprint() const {
  std::string text;
  for (const auto& [name, file] : files_) text += fingerprint_line(name, file);
  return text;
}

}  // namespace atelier::judging

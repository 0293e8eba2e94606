#include "atelier/judging/fast_neural_style_painter.h"

#include <fmt/format.h>

#include <set>

#include "atelier/core/error.h"
#include "atelier/judging/detail/fingerprint.h"
#include "atelier/judging/detail/in_fours.h"
#include "atelier/nn/transformer_net.h"

namespace atelier::judging {
namespace {

namespace fs = std::filesystem;

class FastNeuralStyleBrush : public Brush {
 public:
  explicit FastNeuralStyleBrush(const fs::path& weights) : network_(weights) {}

  std::optional<Image> paint(const NamedPicture& photo) const override {
    return painted_in_fours(photo.image, [&](const at::Tensor& content) { return network_(content); });
  }

 private:
  const nn::TransformerNet network_;
};

class NoBrush : public Brush {
 public:
  std::optional<Image> paint(const NamedPicture&) const override { return std::nullopt; }
};

}  // namespace

FastNeuralStylePainter::FastNeuralStylePainter(fs::path folder) : folder_(std::move(folder)) {
  if (std::error_code error; !fs::is_directory(folder_, error)) {
    throw Error(ErrorCode::NoInput, "rival.folder",
                printable(folder_.string()) +
                    ": is no folder; --rival fast-neural-style=DIR wants STYLE.safetensors files");
  }
}

fs::path FastNeuralStylePainter::file(const std::string& style) const {
  return folder_ / (style + ".safetensors");
}

std::unique_ptr<Brush> FastNeuralStylePainter::take_up(const NamedPicture& style) const {
  if (std::error_code error; !fs::exists(file(style.name), error)) return std::make_unique<NoBrush>();
  return std::make_unique<FastNeuralStyleBrush>(file(style.name));
}

std::vector<std::string> FastNeuralStylePainter::missing(const std::vector<std::string>& styles) const {
  std::vector<std::string> without;
  for (const std::string& style : styles)
    if (std::error_code error; !fs::exists(file(style), error)) without.push_back(style);
  if (without.empty()) return {};
  if (without.size() == styles.size()) {
    throw Error(ErrorCode::NoInput, "rival.networks",
                printable(folder_.string()) + ": holds a network of none of the styles, like " +
                    printable(file(styles.front()).filename().string()) +
                    "; train them with 'atelier train rival'");
  }
  return {fmt::format("{}: no network of {} of {} styles, {} the first", name(), without.size(),
                      styles.size(), printable(without.front()))};
}

std::string FastNeuralStylePainter::fingerprint() const {
  // A folder is listed in any order: sorted, the same files give the same text.
  std::set<fs::path> files;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder_, error)) files.insert(entry.path());
  std::string text;
  for (const fs::path& path : files) text += fingerprint_line(path.filename().string(), path);
  return text;
}

}  // namespace atelier::judging

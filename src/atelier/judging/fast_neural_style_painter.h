#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "atelier/judging/painter.h"

namespace atelier::judging {

/// Fast neural style (Johnson et al. 2016): one network for every style, STYLE.safetensors in a folder, STYLE
/// being the style picture's name without its ending. Of other styles it has no paintings.
class FastNeuralStylePainter : public Painter {
 public:
  /// Error NoInput "rival.folder" when the folder is missing.
  explicit FastNeuralStylePainter(std::filesystem::path folder);

  std::string name() const override { return "fast-neural-style"; }
  std::string about() const override { return "fast-neural-style (Johnson et al. 2016), a network a style"; }
  /// Errors of nn::TransformerNet.
  std::unique_ptr<Brush> take_up(const NamedPicture& style) const override;

  /// One line for people when styles have no network. Error NoInput "rival.networks" when none has.
  std::vector<std::string> missing(const std::vector<std::string>& styles) const;
  /// Size and time of every file: changes when the networks do.
  std::string fingerprint() const;

 private:
  std::filesystem::path file(const std::string& style) const;

  std::filesystem::path folder_;
};

}  // namespace atelier::judging

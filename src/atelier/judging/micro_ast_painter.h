#pragma once

#include <filesystem>
#include <memory>

#include "atelier/judging/painter.h"

namespace atelier::judging {

/// MicroAST (Wang et al., AAAI 2023) with its published weights: a small network for any style, our
/// yardstick.
class MicroAstPainter : public Painter {
 public:
  /// `folder`: holds microast_{content_encoder,style_encoder,modulator,decoder}.safetensors. Errors: NoInput,
  /// BadData.
  explicit MicroAstPainter(const std::filesystem::path& folder);
  ~MicroAstPainter() override;

  std::string name() const override { return "MicroAST"; }
  std::string about() const override { return "MicroAST (AAAI 2023), published weights, strength 1"; }
  std::unique_ptr<Brush> take_up(const NamedPicture& style) const override;

 private:
  struct Network;
  std::unique_ptr<const Network> network_;
};

}  // namespace atelier::judging

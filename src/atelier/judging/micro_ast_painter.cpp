#include "atelier/judging/micro_ast_painter.h"

#include <torch/torch.h>

#include "atelier/nn/micro_ast.h"
#include "atelier/tensor/image_tensor.h"

namespace atelier::judging {

struct MicroAstPainter::Network {
  nn::MicroAst net;
};

namespace {

class MicroAstBrush : public Brush {
 public:
  MicroAstBrush(const nn::MicroAst& net, const Image& style) : net_(net), style_(learn(net, style)) {}

  std::optional<Image> paint(const NamedPicture& photo) const override {
    const torch::NoGradGuard no_gradients;
    const at::Tensor content = tensor::to_tensor(photo.image);
    // Its encoder halves twice: the sides are made multiples of 4 and cut back.
    const auto height = content.size(2), width = content.size(3);
    const at::Tensor padded =
        torch::replication_pad2d(content, {0, (4 - width % 4) % 4, 0, (4 - height % 4) % 4});
    return tensor::to_image(net_(padded, style_).slice(2, 0, height).slice(3, 0, width));
  }

 private:
  static nn::MicroAst::Style learn(const nn::MicroAst& net, const Image& style) {
    const torch::NoGradGuard no_gradients;
    return net.encode(tensor::to_tensor(style));
  }

  const nn::MicroAst& net_;
  nn::MicroAst::Style style_;
};

}  // namespace

MicroAstPainter::MicroAstPainter(const std::filesystem::path& folder)
    : network_(std::make_unique<const Network>(Network{nn::MicroAst(folder)})) {}
MicroAstPainter::~MicroAstPainter() = default;

std::unique_ptr<Brush> MicroAstPainter::take_up(const NamedPicture& style) const {
  return std::make_unique<MicroAstBrush>(network_->net, style.image);
}

}  // namespace atelier::judging

#include "atelier/judging/micro_ast_painter.h"

#include <torch/torch.h>

#include "atelier/judging/detail/in_fours.h"
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
    return painted_in_fours(photo.image, [&](const at::Tensor& content) { return net_(content, style_); });
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

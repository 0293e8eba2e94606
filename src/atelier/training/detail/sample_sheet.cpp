#include "atelier/training/detail/sample_sheet.h"

#include <torch/torch.h>

#include "atelier/image/write_image.h"
#include "atelier/tensor/canvas.h"
#include "atelier/tensor/image_tensor.h"
#include "atelier/training/detail/judge.h"

namespace atelier::training {

SheetSigns write_sample_sheet(const std::filesystem::path& file, TrainedNetworks& networks,
                              const std::vector<at::Tensor>& contents, const std::vector<at::Tensor>& styles,
                              const nn::StyleStatistics& described, double detail) {
  torch::NoGradGuard no_grad;
  const at::Tensor codes = networks.averaged_encoder(described);
  const at::Tensor blank = torch::ones_like(styles.front());
  const at::Device device = codes.device();
  std::vector<at::Tensor> head = {blank}, rows, paintings;
  std::vector<PictureSigns> pictures;
  head.insert(head.end(), styles.begin(), styles.end());
  rows.push_back(torch::cat(head, 2));
  const auto columns = codes.size(0);
  for (const at::Tensor& content : contents) {
    std::vector<at::Tensor> row = {content};
    for (std::int64_t s = 0; s < columns; ++s) {
      paintings.push_back(networks.averaged_generator
                              ->forward(tensor::on_canvas(content.unsqueeze(0).to(device), networks.canvas),
                                        codes.narrow(0, s, 1), torch::zeros({1}, codes.options()),
                                        torch::full({1}, detail, codes.options()))
                              .squeeze(0)
                              .to(torch::kCPU));
      row.push_back(paintings.back());
      pictures.push_back(signs_of(content, paintings.back()));
    }
    rows.push_back(torch::cat(row, 2));
  }
  write_image(file, tensor::to_image(torch::cat(rows, 1)));

  SheetSigns signs{.across_styles = 0, .across_contents = 0, .pictures = mean_signs(pictures)};
  int across_styles = 0, across_contents = 0;
  for (std::size_t i = 0; i < paintings.size(); ++i) {
    const auto width = static_cast<std::size_t>(columns);
    if (i % width != 0) {
      signs.across_styles += (paintings[i] - paintings[i - 1]).abs().mean().item<double>();
      ++across_styles;
    }
    if (i >= width) {
      signs.across_contents += (paintings[i] - paintings[i - width]).abs().mean().item<double>();
      ++across_contents;
    }
  }
  if (across_styles > 0) signs.across_styles /= across_styles;
  if (across_contents > 0) signs.across_contents /= across_contents;
  return signs;
}

}  // namespace atelier::training

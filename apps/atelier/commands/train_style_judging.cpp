#include <spdlog/fmt/fmt.h>

#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "atelier/core/error.h"
#include "atelier/inference/stylizer.h"
#include "atelier/judging/framing.h"
#include "atelier/judging/picture_judge.h"
#include "atelier/judging/picture_set.h"
#include "backend.h"
#include "train_commands.h"
#include "trained_style.h"

namespace atelier::cli {
namespace {

constexpr int kSide = 512;  // as `evaluate pictures` frames pictures

judging::JudgeWeights vgg19_of(const std::filesystem::path& folder) {
  judging::JudgeWeights found = judging::JudgeWeights::find(folder), only;
  if (!found.vgg19) {
    throw Error(ErrorCode::NoInput, "judge.vgg19",
                "--judge needs vgg19_oxford_bgr_relu3_4.safetensors in --judge-weights DIR or "
                "$ATELIER_JUDGE_WEIGHTS");
  }
  only.vgg19 = found.vgg19;
  return only;
}

}  // namespace

nlohmann::json to_json(const StyleVerdict& verdict) {
  return {{"network", "vgg19"},
          {"photos", verdict.photos},
          {"style_before", verdict.style_before},
          {"style_after", verdict.style_after},
          {"content_before", verdict.content_before},
          {"content_after", verdict.content_after}};
}

void print(const StyleVerdict& verdict) {
  std::cout << fmt::format(
      "VGG-19 on {} photos: style loss {:.3f} before, {:.3f} after ({:.0f} %); content loss {:.3f} before, "
      "{:.3f} after ({:.0f} %)\n",
      verdict.photos, verdict.style_before, verdict.style_after,
      100 * verdict.style_after / verdict.style_before, verdict.content_before, verdict.content_after,
      100 * verdict.content_after / verdict.content_before);
}

StyleVerdict judge_before_after(const Program& program, const model::ModelBundle& bundle,
                                const JudgedTraining& judged, std::span<const Image> styles,
                                const BeforeAfter& trained) {
  const judging::PictureJudge judge(bundle, vgg19_of(judged.weights));
  const judging::PictureSet photos = judging::read_picture_set(judged.photos, "photo", kSide, judged.count);
  std::vector<judging::JudgedPicture> wanted;
  for (const Image& style : styles) wanted.push_back(judge.look_at(judging::framed(style, kSide)).as_style());

  const int threads = program.resolved_threads();
  const inference::Stylizer before(bundle.manifest(), open_model(bundle, program, threads));
  const inference::Stylizer after = open_trained(program, bundle, threads, trained.delta);
  StyleVerdict verdict;
  for (const judging::NamedPicture& photo : photos.pictures) {
    const judging::JudgedPicture seen = judge.look_at(photo.image);
    const auto add = [&](const inference::Stylizer& stylizer, const StyleCode& code,
                         std::span<const float> modulation, double& style, double& content) {
      inference::StylizeOptions options;
      options.detail = trained.detail;
      options.modulation = modulation;
      const auto painting = judge.look_at(stylizer.stylize(photo.image, code, options));
      for (std::size_t i = 0; i < wanted.size(); ++i) {
        const auto values = judge.judge(painting, seen, wanted, i);
        style += values.at("style") / static_cast<double>(wanted.size());
        content += values.at("content") / static_cast<double>(wanted.size());
      }
    };
    add(before, trained.before, {}, verdict.style_before, verdict.content_before);
    add(after, trained.after, trained.delta.modulation, verdict.style_after, verdict.content_after);
    ++verdict.photos;
  }
  for (double* sum :
       {&verdict.style_before, &verdict.style_after, &verdict.content_before, &verdict.content_after})
    *sum /= static_cast<double>(verdict.photos);
  return verdict;
}

}  // namespace atelier::cli

#include "atelier/judging/judge_weights.h"

#include <cstdlib>

#include "atelier/core/error.h"
#include "atelier/weights/sha256.h"

namespace atelier::judging {
namespace {

namespace fs = std::filesystem;
constexpr const char* kVariable = "ATELIER_JUDGE_WEIGHTS";

class Finder {
 public:
  explicit Finder(fs::path folder) : folder_(std::move(folder)) {}

  // The files of one judge: all of them or none.
  void find(JudgeWeights& weights, const std::string& judges,
            const std::vector<std::pair<std::string, std::optional<fs::path>*>>& files) const {
    for (const auto& [name, path] : files) {
      const std::string file = name + ".safetensors";
      std::error_code ignored;
      if (!folder_.empty() && fs::is_regular_file(folder_ / file, ignored)) continue;
      weights.absent.push_back(
          judges + ": " +
          (folder_.empty()
               ? std::string("no folder with judges was given; use --judge-weights or ") + kVariable
               : file + " is not in " + printable(folder_.string())));
      return;
    }
    for (const auto& [name, path] : files) *path = folder_ / (name + ".safetensors");
  }

 private:
  fs::path folder_;
};

}  // namespace

JudgeWeights JudgeWeights::find(const fs::path& named) {
  fs::path folder = named;
  if (folder.empty()) {
    if (const char* variable = std::getenv(kVariable); variable != nullptr) folder = variable;
  }
  std::error_code ignored;
  if (!folder.empty() && !fs::is_directory(folder, ignored)) {
    throw Error(ErrorCode::NoInput, "judge.folder",
                printable(folder.string()) +
                    ": there is no such folder with judges; check --judge-weights or " + kVariable);
  }
  const Finder finder(folder);
  JudgeWeights weights;
  finder.find(weights, "VGG-19 (content, style, moments, swd, top1, top5)",
              {{"vgg19_oxford_bgr_relu3_4", &weights.vgg19}});
  finder.find(weights, "LPIPS-Alex",
              {{"alexnet_tv_features", &weights.alexnet}, {"lpips_v0.1_lin_alex", &weights.alexnet_lpips}});
  finder.find(weights, "LPIPS-Squeeze",
              {{"squeezenet1_1_tv_features", &weights.squeezenet},
               {"lpips_v0.1_lin_squeeze", &weights.squeezenet_lpips}});
  finder.find(weights, "KID, FID", {{"inception_v3_2015_to_mixed_8_fp16", &weights.inception}});
  return weights;
}

std::map<std::string, std::string> JudgeWeights::checksums() const {
  std::map<std::string, std::string> sums;
  for (const auto* file : {&vgg19, &alexnet, &alexnet_lpips, &squeezenet, &squeezenet_lpips, &inception}) {
    if (*file) sums[(*file)->filename().string()] = weights::sha256_file(**file);
  }
  return sums;
}

}  // namespace atelier::judging

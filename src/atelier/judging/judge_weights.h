#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace atelier::judging {

/// Published networks that judge, by the names of their files:
///   vgg19_oxford_bgr_relu3_4.safetensors              VGG-19 to relu3_4
///   alexnet_tv_features, lpips_v0.1_lin_alex          LPIPS-Alex
///   squeezenet1_1_tv_features, lpips_v0.1_lin_squeeze LPIPS-Squeeze
///   inception_v3_2015_to_mixed_8_fp16                 KID and FID on 768 features
struct JudgeWeights {
  std::optional<std::filesystem::path> vgg19;
  std::optional<std::filesystem::path> alexnet, alexnet_lpips;
  std::optional<std::filesystem::path> squeezenet, squeezenet_lpips;
  std::optional<std::filesystem::path> inception;
  std::vector<std::string> absent;  ///< "KID, FID: inception_... is not in DIR", one line a judge

  /// Looks in `folder`, else in $ATELIER_JUDGE_WEIGHTS; without either every judge is absent. Error NoInput
  /// "judge.folder" when the folder that was named does not exist.
  static JudgeWeights find(const std::filesystem::path& folder);

  /// SHA-256 of every file that is there, by file name.
  std::map<std::string, std::string> checksums() const;
};

}  // namespace atelier::judging

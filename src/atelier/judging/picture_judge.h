#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "atelier/image/image.h"
#include "atelier/judging/judge_weights.h"
#include "atelier/model/model_bundle.h"

namespace atelier::judging {

/// What the judges saw of one picture: a handle to features, to be compared by the judge that took them.
/// Copies share.
class JudgedPicture {
 public:
  struct Features;

  JudgedPicture() = default;
  explicit JudgedPicture(std::shared_ptr<const Features> features) : features_(std::move(features)) {}
  const Features& features() const { return *features_; }

  /// The same without what only content metrics need (feature maps): a few hundred kB instead of tens of MB.
  JudgedPicture as_style() const;

  /// Inception's 768 numbers; empty without that judge.
  std::vector<float> inception() const;
  /// False when a network gave something that is not a number.
  bool finite() const;

 private:
  std::shared_ptr<const Features> features_;
};

/// Judges paintings by every network that is there. After construction many threads may use one; each call
/// computes on one thread.
class PictureJudge {
 public:
  /// `bundle` gives the model's own perceptual network. Errors of reading weights: NoInput, BadData.
  PictureJudge(const model::ModelBundle& bundle, const JudgeWeights& weights);
  ~PictureJudge();

  /// The sides of a picture must be at least 64, else Error BadData "judge.too_small".
  JudgedPicture look_at(const Image& picture) const;

  /// By evaluation::Metric::key, finite numbers only. All three pictures have one size, else Error Internal
  /// "tensor.shape"; `style` is the one asked for, styles[asked] among all of the set.
  std::map<std::string, double> judge(const JudgedPicture& painting, const JudgedPicture& photo,
                                      const std::vector<JudgedPicture>& styles, std::size_t asked) const;

 private:
  struct Networks;
  std::unique_ptr<Networks> networks_;
};

}  // namespace atelier::judging

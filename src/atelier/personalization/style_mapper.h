#pragma once

#include <Eigen/Dense>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "atelier/personalization/mapper_input.h"
#include "atelier/personalization/preference_model.h"
#include "atelier/personalization/style_anchors.h"
#include "atelier/personalization/taste_features.h"
#include "atelier/weights/safetensors_file.h"
#include "atelier/weights/safetensors_writer.h"

namespace atelier::personalization {

/// Sizes of the mapper network.
struct MapperShape {
  int answer_hidden = 64, answer_out = 32;  ///< the network every answer goes through
  int noise = 8;                            ///< random numbers: several draws, several styles
  int hidden = 128;

  /// Width of [state | pooled answers | log(1 + count) | noise].
  int state_width(const StyleAnchors& anchors) const;
  /// Width of the last layer: [anchor logits | steps | step gains | sharpness | curiosity].
  int output_width(const StyleAnchors& anchors) const;
  bool operator==(const MapperShape&) const = default;
};

/// How many styles, how adventurous.
struct MapOptions {
  int variants = 1;        ///< 1..64
  double explore = 0;      ///< 0: what is surely liked; 1: anything this person might like, given the answers
  std::uint64_t seed = 1;  ///< the same seed gives the same styles
  std::string mood;        ///< as in PreferenceOptions
};

/// The trained network that turns a person's answers into styles made for that person, without LibTorch. With
/// answers x_i of weight c_i, posterior state m, noise e:
///   p = sum c_i f(x_i) / sum c_i,  f: linear - SiLU - linear            (DeepSets, Zaheer et al. 2017)
///   o = g([(m - in.mean) / in.std | p | log(1 + sum c_i) | e]),  g: linear - SiLU - linear - SiLU - linear
///   weights over anchors = softmax(softplus(o_sharp) anchor_mean + o_curious anchor_sd + o_anchor)
///   step in z = reach tanh(o_step + softplus(o_gain) slope)
/// The order of the answers does not matter. Immutable; safe from many threads. Tensors: answer.fc0|fc1,
/// head.fc0|fc1|fc2 (.weight [out,in], .bias), input.mean, input.std, anchors.z|psi|codes, step.psi|code,
/// hull.centre|precision; metadata: mapper (format version), space, features, anchors, questions, noise,
/// reach, hull, report.
class StyleMapper {
 public:
  static constexpr int kFormatVersion = 1;

  struct Proposal {
    StyleCode code;
    std::vector<double> z;
    std::vector<std::pair<std::string, double>>
        anchors;          ///< share of each gallery style, largest first, sum 1
    Eigen::VectorXd psi;  ///< predicted features
    Prediction utility;   ///< what the preference model expects of it
  };

  /// A place of the distribution.
  struct Draw {
    Eigen::VectorXd weights;  ///< over the anchors, sum 1
    Eigen::VectorXd step;     ///< in z, each within +-reach
  };

  /// Errors BadData: "model.tensors" tensors missing or of another shape, "taste.mapper" broken metadata or
  /// numbers that are not finite, "model.version" a file of a newer program.
  static StyleMapper load(const weights::SafetensorsFile& file);

  /// Error BadData "taste.mapper" when the mapper was trained for another style space or other taste
  /// features: its numbers would mean something else.
  void require_fit(const std::string& space_id, const TasteFeatures& features) const;

  /// `variants` different styles for the person, best first: the first is the network's proposal of which the
  /// preference model is surest, or the best gallery style; each further one is liked too and differs from
  /// those before it. All lie among the known styles (StyleAnchors::drawn_back). `explore` draws the taste
  /// itself from the posterior, that much of it. `model` must have been fitted on `observations` and features
  /// of features_id(). Error Usage "taste.map" for variants or explore out of range, BadData "taste.answer"
  /// for observations of other features.
  std::vector<Proposal> map(const PreferenceModel& model, std::span<const TasteObservation> observations,
                            const MapOptions& options = {}) const;

  /// The network itself. noise: shape().noise numbers, standard normal; zeros give the central answer.
  Draw draw(const MapperInput& input, std::span<const double> noise) const;
  MapperInput input(const PreferenceModel& model, std::span<const TasteObservation> observations,
                    const std::string& mood = "") const;

  const StyleAnchors& anchors() const { return anchors_; }
  const MapperShape& shape() const { return shape_; }
  double reach() const { return reach_; }
  const std::string& space_id() const { return anchors_.space; }
  const std::string& features_id() const { return anchors_.features_id; }
  /// What training measured, JSON: see mapping/mapper_report.h.
  const std::string& report() const { return report_; }

 private:
  struct Linear {
    Eigen::MatrixXf weight;
    Eigen::VectorXf bias;
    Eigen::VectorXf operator()(const Eigen::VectorXf& x) const { return weight * x + bias; }
  };
  struct Candidate {
    Eigen::VectorXd weights;
    StyleAnchors::Place place;
    Prediction utility;
  };
  StyleMapper() = default;
  /// [mean embedding of the answers | log(1 + their weight)]: the same for every draw.
  Eigen::VectorXf pool(const MapperInput& input) const;
  Draw draw(const MapperInput& input, const Eigen::VectorXf& pooled, std::span<const double> noise) const;
  Candidate settle(const PreferenceModel& model, Draw draw) const;
  /// Of the central answer, several draws, and the best gallery style as it is and with the central step: the
  /// one with the highest utility of which one can be sure, mean - sd.
  Candidate surest(const PreferenceModel& model, const MapperInput& known,
                   const Eigen::VectorXf& pooled) const;
  Proposal propose(Candidate candidate) const;

  StyleAnchors anchors_;
  MapperShape shape_;
  std::vector<std::string> questions_;
  double reach_ = 0;
  double apart_ = 0;  ///< mean distance of neighbouring anchors in z
  std::string report_;
  Eigen::VectorXf mean_, inverse_std_;
  Linear answer0_, answer1_, head0_, head1_, head2_;
};

/// What load() reads besides the network's own tensors, for whoever writes the file.
std::vector<weights::NamedTensor> anchor_tensors(const StyleAnchors& anchors);
std::map<std::string, std::string> mapper_metadata(const StyleAnchors& anchors, const MapperShape& shape,
                                                   const std::vector<std::string>& questions, double reach,
                                                   const std::string& report);

}  // namespace atelier::personalization

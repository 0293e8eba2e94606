#pragma once

#include <Eigen/Dense>
#include <cmath>
#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "atelier/personalization/mapper_input.h"
#include "atelier/personalization/population_prior.h"
#include "atelier/personalization/style_anchors.h"
#include "atelier/personalization/style_mapper.h"
#include "atelier/personalization/taste_features.h"
#include "atelier/style/style_space.h"
#include "atelier/weights/safetensors_file.h"
#include "atelier/weights/safetensors_writer.h"

namespace atelier::test {

inline double symmetric(std::mt19937_64& random) {
  return static_cast<double>(random() >> 11) * 0x1p-52 - 1;
}

/// Thirty styles of a space of ten numbers, with two attributes that hang together with the codes.
struct TinyGallery {
  std::vector<storage::Subject> subjects;
  style::StyleSpace space;
  personalization::TasteFeatures features;
  Eigen::MatrixXd psi;
  personalization::PopulationPrior prior;

  static TinyGallery make(const std::string& id = "tiny", std::uint64_t seed = 1) {
    std::mt19937_64 random(seed);
    std::vector<storage::Subject> subjects;
    std::vector<StyleCode> codes;
    for (int i = 0; i < 30; ++i) {
      StyleCode code{.space = id, .values = {}};
      for (int d = 0; d < 10; ++d) code.values.push_back(static_cast<float>(symmetric(random) * (10 - d)));
      subjects.push_back({.style = "style-" + std::to_string(i),
                          .code = code,
                          .attributes = {{"warmth", code.values[0] + 0.3 * symmetric(random)},
                                         {"contrast", code.values[1] - code.values[2]}}});
      codes.push_back(std::move(code));
    }
    auto space = style::StyleSpace::fit(id, codes, 6);
    auto features = personalization::TasteFeatures::fit(space, subjects, {"warmth", "contrast"});
    Eigen::MatrixXd psi = features.matrix(subjects);
    auto prior = personalization::standard_prior(features, psi);
    return {std::move(subjects), std::move(space), std::move(features), std::move(psi), std::move(prior)};
  }

  /// Ratings and choices of somebody who likes the first coordinate, and a survey answer.
  std::vector<personalization::TasteObservation> answers(int count) const {
    std::vector<personalization::TasteObservation> all;
    for (int i = 0; i < count; ++i) {
      const Eigen::VectorXd a = psi.row(i % 30), b = psi.row((i * 7 + 3) % 30);
      const std::string key = subjects[static_cast<std::size_t>(i % 30)].style;
      if (i % 2 == 0) {
        all.push_back(personalization::rating_of(a, a[0] > 0.5 ? 5 : a[0] > 0 ? 4 : 2, key, i + 1));
      } else {
        all.push_back(
            personalization::choice_of(a, b, a[0] > b[0] ? 1 : 0, key, "other-" + std::to_string(i), i + 1));
      }
    }
    if (count > 2) {
      personalization::TasteObservation survey;
      survey.kind = storage::AnswerKind::Survey;
      survey.question = "warmth";
      survey.value = 0.8;
      survey.id = count + 1;
      all.push_back(survey);
    }
    return all;
  }
};

/// The bytes of a mapper with random weights: nothing is learned, every part is there.
inline std::vector<weights::NamedTensor> random_mapper_tensors(const personalization::StyleAnchors& anchors,
                                                               const personalization::MapperShape& shape,
                                                               std::uint64_t seed = 5) {
  using personalization::MapperInput;
  std::mt19937_64 random(seed);
  std::vector<weights::NamedTensor> tensors = personalization::anchor_tensors(anchors);
  const auto add = [&](const std::string& name, std::vector<std::int64_t> sizes, double spread,
                       double base = 0) {
    std::int64_t count = 1;
    for (const std::int64_t size : sizes) count *= size;
    weights::NamedTensor tensor{.name = name, .shape = std::move(sizes)};
    for (std::int64_t i = 0; i < count; ++i) {
      tensor.values.push_back(static_cast<float>(base + spread * symmetric(random)));
    }
    tensors.push_back(std::move(tensor));
  };
  const auto linear = [&](const std::string& name, int in, int out) {
    add(name + ".weight", {out, in}, 1.5 / std::sqrt(in));
    add(name + ".bias", {out}, 0.1);
  };
  linear("answer.fc0", MapperInput::answer_width(anchors.dim()), shape.answer_hidden);
  linear("answer.fc1", shape.answer_hidden, shape.answer_out);
  linear("head.fc0", shape.state_width(anchors), shape.hidden);
  linear("head.fc1", shape.hidden, shape.hidden);
  linear("head.fc2", shape.hidden, shape.output_width(anchors));
  add("input.mean", {2 * anchors.dim()}, 0.2);
  add("input.std", {2 * anchors.dim()}, 0.2, 1);
  return tensors;
}

inline constexpr personalization::MapperShape kTinyShape = {
    .answer_hidden = 12, .answer_out = 6, .noise = 4, .hidden = 16};

inline weights::SafetensorsFile mapper_file(const std::vector<weights::NamedTensor>& tensors,
                                            const std::map<std::string, std::string>& metadata) {
  return weights::SafetensorsFile::parse(
      weights::serialize_safetensors(tensors, weights::DType::F32, metadata), "mapper.safetensors");
}

inline personalization::StyleMapper random_mapper(const TinyGallery& gallery, int anchors = 20) {
  const auto chosen =
      personalization::StyleAnchors::choose(gallery.space, gallery.features, gallery.subjects, anchors);
  return personalization::StyleMapper::load(
      mapper_file(random_mapper_tensors(chosen, kTinyShape),
                  personalization::mapper_metadata(chosen, kTinyShape, gallery.features.names(), 0.3, "{}")));
}

}  // namespace atelier::test

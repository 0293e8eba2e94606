#include <algorithm>
#include <cmath>

#include "atelier/engine/perceptual_engine.h"
#include "atelier/evaluation/pictures/feature_distances.h"
#include "atelier/image/resize.h"
#include "atelier/inference/stylizer.h"
#include "atelier/judging/framing.h"
#include "atelier/judging/picture_judge.h"
#include "backend.h"
#include "train_collection.h"
#include "trained_style.h"

namespace atelier::cli {
namespace {

using evaluation::FeatureMatrix;
using Row = std::vector<float>;

constexpr int kFrame = 512, kPatch = 128, kInceptionPatch = 256;
constexpr int kCompared = 256;  // side at which paintings are compared with each other
constexpr std::size_t kJudgedPhotos = 6,
                      kLikeWorks = 4;      // paintings: photos x (the collection's code + these)
constexpr std::size_t kMostTeaching = 24;  // works looked at to say what the works themselves have

std::vector<Image> framed(const std::vector<Image>& pictures, std::size_t most) {
  std::vector<Image> result;
  for (std::size_t i = 0; i < std::min(most, pictures.size()); ++i)
    result.push_back(judging::framed(pictures[i], kFrame));
  return result;
}

std::vector<Image> patches_of(const Image& picture, int side) {
  std::vector<Image> patches;
  for (int top = 0; top + side <= picture.height(); top += side) {
    for (int left = 0; left + side <= picture.width(); left += side)
      patches.push_back(crop(picture, left, top, side, side));
  }
  return patches;
}

FeatureMatrix matrix_of(const std::vector<Row>& rows) {
  FeatureMatrix matrix(static_cast<Eigen::Index>(rows.size()),
                       static_cast<Eigen::Index>(rows.front().size()));
  for (Eigen::Index i = 0; i < matrix.rows(); ++i) {
    const Row& row = rows[static_cast<std::size_t>(i)];
    matrix.row(i) = Eigen::Map<const Eigen::RowVectorXf>(row.data(), matrix.cols()).cast<double>();
  }
  return matrix;
}

/// Statistics of the model's own network, each standardised by how it varies among the works that taught.
class Eye {
 public:
  Eye(const model::ModelBundle& bundle, int threads, const std::vector<Image>& works)
      : engine_(bundle.manifest().perceptual, bundle.perceptual(), {threads}) {
    const FeatureMatrix seen = raw(works);
    mean_ = seen.colwise().mean();
    deviation_ = ((seen.rowwise() - mean_).array().square().colwise().mean().sqrt() + 1e-3).matrix();
  }

  /// A row for every patch of every picture.
  FeatureMatrix patches(const std::vector<Image>& pictures) const { return standardised(raw(pictures)); }

  /// A row a picture.
  FeatureMatrix pictures(const std::vector<Image>& pictures) const {
    std::vector<Row> rows;
    for (const Image& picture : pictures) rows.push_back(look(picture));
    return standardised(matrix_of(rows));
  }

 private:
  Row look(const Image& picture) const {
    return engine_.statistics(picture.to_planar(), picture.height(), picture.width());
  }
  FeatureMatrix raw(const std::vector<Image>& pictures) const {
    std::vector<Row> rows;
    for (const Image& picture : pictures) {
      for (const Image& patch : patches_of(picture, kPatch)) rows.push_back(look(patch));
    }
    return matrix_of(rows);
  }
  FeatureMatrix standardised(const FeatureMatrix& rows) const {
    return ((rows.rowwise() - mean_).array().rowwise() / deviation_.array()).matrix();
  }

  engine::PerceptualEngine engine_;
  Eigen::RowVectorXd mean_, deviation_;
};

double kid(const FeatureMatrix& a, const FeatureMatrix& b) {
  const auto result = evaluation::KernelDistance{}(a, b);
  return result ? result->value : 0;
}

/// Whose hand a picture shows, by the nearest of known pictures; a row a picture.
struct Nearest {
  FeatureMatrix own, others;

  void judge(const FeatureMatrix& pictures, double& identified, double& nearness) const {
    const auto nearest = [](const auto& picture, const FeatureMatrix& known) {
      return std::sqrt((known.rowwise() - picture).rowwise().squaredNorm().minCoeff());
    };
    identified = nearness = 0;
    const auto count = static_cast<double>(pictures.rows());
    for (Eigen::Index i = 0; i < pictures.rows(); ++i) {
      const double to_own = nearest(pictures.row(i), own), to_others = nearest(pictures.row(i), others);
      identified += (to_own < to_others ? 1 : 0) / count;
      nearness += to_own / std::max(to_others, 1e-9) / count;
    }
  }
};

/// How unlike pictures are, in the model's own network: the mean over all pairs of LPIPS's formula.
class Unlikeness {
 public:
  explicit Unlikeness(const model::ModelBundle& bundle) : judge_(bundle, {}) {}

  double operator()(const std::vector<Image>& pictures) const {
    std::vector<judging::JudgedPicture> seen;
    for (const Image& picture : pictures)
      seen.push_back(judge_.look_at(resize(picture, kCompared, kCompared)));
    double sum = 0;
    int pairs = 0;
    for (std::size_t i = 0; i < seen.size(); ++i) {
      for (std::size_t j = i + 1; j < seen.size(); ++j, ++pairs)
        sum += judge_.judge(seen[i], seen[j], {seen[j]}, 0).at("phi_distance");
    }
    return pairs == 0 ? 0 : sum / pairs;
  }

 private:
  judging::PictureJudge judge_;
};

/// The same by a network that no step of the training used, when it is there.
class InceptionEye {
 public:
  InceptionEye(const model::ModelBundle& bundle, const std::filesystem::path& folder) {
    judging::JudgeWeights only;
    only.inception = judging::JudgeWeights::find(folder).inception;
    if (only.inception) judge_.emplace(bundle, only);
  }
  bool is_there() const { return judge_.has_value(); }

  FeatureMatrix patches(const std::vector<Image>& pictures) const {
    std::vector<Row> rows;
    for (const Image& picture : pictures) {
      for (const Image& patch : patches_of(picture, kInceptionPatch))
        rows.push_back(judge_->look_at(patch).inception());
    }
    return matrix_of(rows);
  }

  /// A row a picture from those of its patches.
  static FeatureMatrix pictures(const FeatureMatrix& patches) {
    constexpr Eigen::Index each = (kFrame / kInceptionPatch) * (kFrame / kInceptionPatch);
    FeatureMatrix rows(patches.rows() / each, patches.cols());
    for (Eigen::Index i = 0; i < rows.rows(); ++i)
      rows.row(i) = patches.middleRows(i * each, each).colwise().mean();
    return rows;
  }

 private:
  std::optional<judging::PictureJudge> judge_;
};

/// Everything that pictures in the collection's style are measured by.
class CollectionJudge {
 public:
  CollectionJudge(const model::ModelBundle& bundle, int threads, const std::vector<Image>& teaching,
                  const std::vector<Image>& kept_aside, const std::vector<Image>& others,
                  const std::filesystem::path& weights)
      : eye_(bundle, threads, teaching),
        unlikeness_(bundle),
        inception_(bundle, weights),
        wanted_(eye_.patches(kept_aside)),
        nearest_{eye_.pictures(kept_aside), eye_.pictures(others)} {
    if (!inception_.is_there()) return;
    inception_wanted_ = inception_.patches(kept_aside);
    inception_nearest_ = {InceptionEye::pictures(inception_wanted_),
                          InceptionEye::pictures(inception_.patches(others))};
  }

  void compare_with_works(const std::vector<Image>& pictures, CollectionMeasures& measures) const {
    measures.kid = kid(eye_.patches(pictures), wanted_);
    nearest_.judge(eye_.pictures(pictures), measures.identified, measures.nearness);
    if (!inception_.is_there()) return;
    const FeatureMatrix patches = inception_.patches(pictures);
    CollectionMeasures::ByInception& by = measures.inception.emplace();
    by.kid = kid(patches, inception_wanted_);
    inception_nearest_.judge(InceptionEye::pictures(patches), by.identified, by.nearness);
  }
  double unlikeness(const std::vector<Image>& pictures) const { return unlikeness_(pictures); }

 private:
  Eye eye_;
  Unlikeness unlikeness_;
  InceptionEye inception_;
  FeatureMatrix wanted_, inception_wanted_;
  Nearest nearest_, inception_nearest_;
};

}  // namespace

std::vector<std::size_t> distinct_works(const training::TunedCollection& tuned, std::size_t count) {
  const auto distance = [](const StyleCode& a, const StyleCode& b) {
    double square = 0;
    for (std::size_t i = 0; i < a.values.size(); ++i)
      square += (a.values[i] - b.values[i]) * (a.values[i] - b.values[i]);
    return square;
  };
  std::vector<double> nearest;
  for (const StyleCode& code : tuned.work_codes) nearest.push_back(distance(code, tuned.mean_code));
  std::vector<std::size_t> chosen;
  while (chosen.size() < std::min(count, nearest.size())) {
    const auto farthest =
        static_cast<std::size_t>(std::max_element(nearest.begin(), nearest.end()) - nearest.begin());
    chosen.push_back(farthest);
    for (std::size_t i = 0; i < nearest.size(); ++i)
      nearest[i] = std::min(nearest[i], distance(tuned.work_codes[i], tuned.work_codes[farthest]));
    nearest[farthest] = -1;  // two works may have one code
  }
  return chosen;
}

CollectionVerdict judge_collection(const Program& program, const model::ModelBundle& bundle,
                                   const CollectionWorks& works, const std::vector<Image>& photos,
                                   const std::vector<Image>& others, const training::TunedCollection& tuned,
                                   float detail, const std::filesystem::path& weights) {
  const int threads = program.resolved_threads();
  const std::vector<Image> teaching = framed(works.teaching, kMostTeaching),
                           kept_aside = framed(works.kept_aside, works.kept_aside.size()),
                           seen = framed(photos, kJudgedPhotos);
  std::vector<Image> not_theirs = framed(others, others.size());
  not_theirs.insert(not_theirs.end(), seen.begin(), seen.end());
  const CollectionJudge judge(bundle, threads, teaching, kept_aside, not_theirs, weights);
  const std::vector<std::size_t> like = distinct_works(tuned, kLikeWorks);

  const auto measure = [&](const inference::Stylizer& stylizer, bool learned, CollectionMeasures& measures) {
    inference::StylizeOptions options;
    options.detail = detail;
    if (learned) options.modulation = tuned.delta.modulation;
    std::vector<Image> in_one_code;
    for (const Image& photo : seen) {
      in_one_code.push_back(stylizer.stylize(photo, learned ? tuned.code : tuned.mean_code, options));
      std::vector<Image> of_one_photo;
      for (const std::size_t work : like) {
        const StyleCode own = learned ? tuned.code_like(work) : tuned.work_codes[work];
        of_one_photo.push_back(stylizer.stylize(photo, own, options));
      }
      measures.diversity += judge.unlikeness(of_one_photo) / static_cast<double>(seen.size());
    }
    measures.variety = judge.unlikeness(in_one_code);
    judge.compare_with_works(in_one_code, measures);
  };
  CollectionVerdict verdict;
  measure(inference::Stylizer(bundle.manifest(), open_model(bundle, program, threads)), false,
          verdict.before);
  measure(open_trained(program, bundle, threads, tuned.delta), true, verdict.after);
  judge.compare_with_works(teaching, verdict.works);
  verdict.kept_aside = kept_aside.size();
  verdict.others = not_theirs.size();
  verdict.photos = seen.size();
  return verdict;
}

}  // namespace atelier::cli

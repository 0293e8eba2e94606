#include "atelier/mapping/mapper_trainer.h"

#include <torch/torch.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "atelier/core/cancel.h"
#include "atelier/core/error.h"
#include "atelier/core/log.h"
#include "atelier/losses/perceptual_losses.h"
#include "atelier/mapping/detail/drawn_content.h"
#include "atelier/mapping/detail/frozen_styliser.h"
#include "atelier/mapping/detail/mapper_evaluation.h"
#include "atelier/mapping/detail/mapper_network.h"
#include "atelier/mapping/detail/personalization_loss.h"
#include "atelier/mapping/detail/simulated_people.h"
#include "atelier/model/model_bundle.h"
#include "atelier/tensor/tensor_file.h"

namespace atelier::mapping {
namespace {

using nlohmann::json;
using personalization::MapperInput;
using personalization::StyleAnchors;
using personalization::StyleMapper;

constexpr int kContents = 32;  // drawn scenes
constexpr double kClip = 5;
constexpr double kDifference = 1e-4;  // for slopes of the hidden utility
// Of the whole time, for the progress bar: asking people, training, measuring.
constexpr double kAskingShare = 0.35, kTrainingShare = 0.45;

/// A moment in a simulated person's answering.
struct Moment {
  std::size_t person = 0;
  MapperInput input;
  Eigen::VectorXd mean;
  Eigen::MatrixXd covariance;
};

class Clock {
 public:
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

class MapperTraining {
 public:
  MapperTraining(const MapperTrainingOptions& options, const MapperRun& run)
      : options_(options),
        run_(run),
        bundle_(model::ModelBundle::open(options.bundle)),
        taste_(GalleryTaste::of(*bundle_)),
        anchors_(StyleAnchors::choose(taste_.space, taste_.features, taste_.subjects, options.anchors)) {
    if (!options.ratings.empty()) real_ = AnsweringStyles::read(options.ratings);
  }

  MapperReport run() {
    torch::manual_seed(options_.seed);
    ask_people();
    MapperNetwork network(anchors_, options_.shape, options_.reach);
    if (pending_signal() == 0) train(network);
    if (pending_signal() != 0) return {.finished = false};
    MapperReport report = measure(network);
    if (pending_signal() != 0) {
      report.finished = false;
      return report;
    }
    const json recipe = {{"options", options_.to_json()},
                         {"prior", taste_.prior.origin},
                         {"simulated_people", people_.size()},
                         {"moments", moments_.size()},
                         {"steps", steps_},
                         {"real_raters", real_.to_json()},
                         {"real_raters_used_for",
                          "rating offset, scale and noise of half of the simulated people; "
                          "their items are not our styles, so nothing else"}};
    json metrics = report.to_json();
    metrics["hidden_utility_in_training"] = mean_utility_;
    model::write_mapper(options_.bundle, tensors(network), metadata(report), recipe, metrics);
    return report;
  }

 private:
  void tell(double fraction, std::int64_t items, const std::string& note) const {
    if (!run_.progress) return;
    run_.progress(fraction, items, (1 - fraction) * clock_.seconds() / std::max(fraction, 1e-6), note);
  }

  void ask_people() {
    PeopleSource source(taste_,
                        {.populations = options_.populations,
                         .careless = options_.careless,
                         .active = options_.active,
                         .survey = options_.survey,
                         .seed = options_.seed},
                        real_);
    std::mt19937_64 random(options_.seed + 17);
    for (int p = 0; p < options_.people && pending_signal() == 0; ++p) {
      SimulatedInterview person = source.next();
      std::vector<int> counts;
      // Squared: few answers are what most people give, and where the mapper matters most.
      for (int s = 0; s < options_.snapshots; ++s) {
        const double share = static_cast<double>(random() >> 11) * 0x1p-53;
        counts.push_back(static_cast<int>(share * share * (options_.answers + 1)));
      }
      std::sort(counts.begin(), counts.end());
      counts.erase(std::unique(counts.begin(), counts.end()), counts.end());
      for (const int count : counts) {
        person.answer_until(count);
        const auto model = person.model();
        moments_.push_back(
            {.person = people_.size(),
             .input = MapperInput::of(model, person.observations(), anchors_, taste_.features.names()),
             .mean = model.mean(),
             .covariance = model.covariance()});
      }
      people_.push_back(person.user());
      tell(kAskingShare * (p + 1) / options_.people, p + 1, "asking simulated people");
    }
  }

  // The hidden utility of psi and its slope by central differences, row by row: tastes are black boxes.
  std::pair<double, at::Tensor> utility_slopes(const at::Tensor& psi,
                                               const std::vector<std::size_t>& batch) const {
    const at::Tensor rows = psi.detach().to(torch::kDouble).contiguous();  // [N, draws, dim]
    const auto draws = static_cast<Eigen::Index>(rows.size(1)), dim = static_cast<Eigen::Index>(rows.size(2));
    at::Tensor slopes = torch::zeros_like(rows);
    double sum = 0;
    Eigen::MatrixXd around(draws * (2 * dim - 1), dim);
    for (std::size_t n = 0; n < batch.size(); ++n) {
      const double* values = rows.data_ptr<double>() + static_cast<Eigen::Index>(n) * draws * dim;
      double* slope = slopes.data_ptr<double>() + static_cast<Eigen::Index>(n) * draws * dim;
      Eigen::Index at = 0;
      for (Eigen::Index d = 0; d < draws; ++d) {
        const Eigen::Map<const Eigen::RowVectorXd> here(values + d * dim, dim);
        around.row(at++) = here;
        for (Eigen::Index i = 0; i + 1 < dim; ++i) {  // the last entry is always 1
          around.row(at) = here;
          around(at++, i) += kDifference;
          around.row(at) = here;
          around(at++, i) -= kDifference;
        }
      }
      const Eigen::VectorXd utility = people_[moments_[batch[n]].person].utilities(around);
      at = 0;
      for (Eigen::Index d = 0; d < draws; ++d) {
        sum += utility[at++];
        for (Eigen::Index i = 0; i + 1 < dim; ++i, at += 2) {
          slope[d * dim + i] = (utility[at] - utility[at + 1]) / (2 * kDifference);
        }
      }
    }
    return {sum / static_cast<double>(rows.size(0) * rows.size(1)), slopes.to(torch::kFloat)};
  }

  void train(MapperNetwork& network) {
    std::vector<MapperInput> inputs;
    for (const Moment& moment : moments_) inputs.push_back(moment.input);
    const MapperBatch all = MapperBatch::of(inputs);
    network->standardise(all.state);
    const PlaceMap places(anchors_, torch::kFloat);
    FrozenStyliser styliser(*bundle_);
    const at::Tensor gallery_mean =
        to_tensor(Eigen::VectorXd(taste_.psi.colwise().mean().transpose()), torch::kFloat);
    PersonalizationLoss personal(styliser, taste_.space, taste_.features, gallery_mean,
                                 {.pessimism = options_.loss.pessimism});
    std::vector<at::Tensor> contents;
    for (int i = 0; i < kContents; ++i) {
      const std::vector<float> planes =
          drawn_content(options_.loss.crop, options_.seed + static_cast<std::uint64_t>(i));
      contents.push_back(
          torch::tensor(at::ArrayRef<float>(planes)).view({3, options_.loss.crop, options_.loss.crop}));
    }
    torch::optim::Adam adam(network->parameters(), torch::optim::AdamOptions(options_.rate));
    std::mt19937_64 random(options_.seed + 31);
    const Clock clock;
    const MapperLossOptions& w = options_.loss;
    for (int step = 0; step < options_.steps && pending_signal() == 0; ++step) {
      const double done = std::max(static_cast<double>(step) / options_.steps,
                                   options_.minutes > 0 ? clock.seconds() / (60 * options_.minutes) : 0.0);
      if (done >= 1) break;
      for (auto& group : adam.param_groups()) {
        const double rate = options_.rate * (0.02 + 0.98 * 0.5 * (1 + std::cos(M_PI * done)));
        static_cast<torch::optim::AdamOptions&>(group.options()).lr(rate);
      }
      std::vector<std::size_t> batch;
      std::vector<std::int64_t> index;
      for (int i = 0; i < options_.batch; ++i) {
        batch.push_back(random() % moments_.size());
        index.push_back(static_cast<std::int64_t>(batch.back()));
      }
      const MapperBatch people = all.rows(torch::tensor(index));
      at::Tensor noise = torch::randn({options_.batch, options_.draws, options_.shape.noise});
      noise.select(1, 0).zero_();  // the central answer, what is shown first
      MapperNetworkImpl::Places place = network(people, noise);
      const at::Tensor outside = places.outside(places.z(place.weights, place.step));
      place.step = places.drawn_back(place.weights, place.step);  // as programs do it
      const at::Tensor z = places.z(place.weights, place.step), psi = places.psi(place.weights, place.step);
      const auto [utility, slopes] = utility_slopes(psi, batch);
      at::Tensor loss = -w.utility * (slopes * psi).sum(2).mean();
      const at::Tensor apart = (z.unsqueeze(1) - z.unsqueeze(2)).square().sum(3).clamp_min(1e-8).sqrt();
      const double pairs = static_cast<double>(options_.draws) * (options_.draws - 1);
      loss = loss - w.diversity * (apart.sum({1, 2}) / pairs).clamp_max(w.diversity_cap).mean();
      loss = loss + w.manifold * outside.mean() / static_cast<double>(anchors_.coordinates());
      if (w.personalization > 0 && step % w.personalization_every == 0) {
        loss = loss + personal_loss(personal, styliser, places, place, batch, contents, random);
      }
      adam.zero_grad();
      loss.backward();
      const double norm = torch::nn::utils::clip_grad_norm_(network->parameters(), kClip);
      if (!std::isfinite(norm)) {
        throw Error(ErrorCode::Internal, "training.diverged",
                    "the mapper's gradient is not finite; lower \"rate\" in the configuration");
      }
      adam.step();
      mean_utility_ = step == 0 ? utility : 0.98 * mean_utility_ + 0.02 * utility;
      steps_ = step + 1;
      if (steps_ % 100 == 0) spdlog::info("step {}: hidden utility {:.3f}", steps_, mean_utility_);
      tell(kAskingShare + kTrainingShare * done, steps_, "training");
    }
  }

  // For the first few people of the batch and their central answer. Content and style terms beside it keep
  // what is gained from being bought with ruined photos or codes the generator cannot paint.
  at::Tensor personal_loss(PersonalizationLoss& personal, FrozenStyliser& styliser, const PlaceMap& places,
                           const MapperNetworkImpl::Places& place, const std::vector<std::size_t>& batch,
                           const std::vector<at::Tensor>& contents, std::mt19937_64& random) const {
    const MapperLossOptions& w = options_.loss;
    const auto few = static_cast<std::size_t>(w.paintings);
    const auto central = [&](const at::Tensor& t) { return t.narrow(0, 0, w.paintings).select(1, 0); };
    const at::Tensor weights = central(place.weights), step = central(place.step);
    std::vector<at::Tensor> photos, means, covariances, spreads;
    for (std::size_t i = 0; i < few; ++i) {
      const Moment& moment = moments_[batch[i]];
      photos.push_back(contents[random() % contents.size()]);
      means.push_back(to_tensor(moment.mean, torch::kFloat));
      covariances.push_back(to_tensor(moment.covariance, torch::kFloat));
      const Eigen::VectorXd predicted = taste_.psi * moment.mean;
      const double variance = (predicted.array() - predicted.mean()).square().mean();
      spreads.push_back(torch::tensor(static_cast<float>(std::sqrt(variance) + 0.1)));
    }
    const at::Tensor content = torch::stack(photos), code = places.code(weights, step);
    const at::Tensor start = places.z(weights, torch::zeros_like(step)).detach();
    const auto terms = personal(content, code, start,
                                {torch::stack(means), torch::stack(covariances), torch::stack(spreads)});
    const at::Tensor structure =
        losses::ContentLoss()(styliser.structure(terms.painting), styliser.structure(content));
    const at::Tensor style = losses::CodeConsistencyLoss()(terms.painted_code, code);
    return w.personalization * (terms.total + w.content * structure + w.style * style);
  }

  std::vector<weights::NamedTensor> tensors(const MapperNetwork& network) const {
    std::vector<weights::NamedTensor> all = tensor::to_named(tensor::state_of(*network));
    for (weights::NamedTensor& tensor : personalization::anchor_tensors(anchors_))
      all.push_back(std::move(tensor));
    return all;
  }

  std::map<std::string, std::string> metadata(const MapperReport& report) const {
    return personalization::mapper_metadata(anchors_, options_.shape, taste_.features.names(), options_.reach,
                                            report.to_json().dump());
  }

  // Through the file's bytes: what is measured is what programs will read.
  MapperReport measure(const MapperNetwork& network) const {
    torch::NoGradGuard no_grad;
    const auto mapper = StyleMapper::load(weights::SafetensorsFile::parse(
        weights::serialize_safetensors(tensors(network), weights::DType::F32, metadata({})),
        "the trained mapper"));
    FrozenStyliser styliser(*bundle_);
    const int side = options_.loss.crop;
    const std::vector<float> planes = drawn_content(side, options_.seed + kContents);
    const at::Tensor content = torch::tensor(at::ArrayRef<float>(planes)).view({1, 3, side, side});
    const Repaint repaint = [&](std::span<const StyleCode> codes) {
      torch::NoGradGuard frozen;
      std::vector<StyleCode> found;
      for (const StyleCode& code : codes) {
        const at::Tensor wanted = torch::tensor(at::ArrayRef<float>(code.values)).unsqueeze(0);
        const at::Tensor seen = styliser.code_of(styliser.paint(content, wanted)).contiguous();
        found.push_back(
            {code.space, std::vector<float>(seen.data_ptr<float>(), seen.data_ptr<float>() + seen.numel())});
      }
      return found;
    };
    PeopleSource held_out(taste_, {.populations = options_.held_out_populations,
                                   .careless = options_.careless,
                                   .active = 1,
                                   .survey = 0,
                                   .seed = options_.seed ^ 0x5bd1e995u});
    return evaluate_mapper(mapper, taste_, held_out,
                           {.people = options_.held_out_people,
                            .painted_people = options_.painted_people,
                            .seed = options_.seed},
                           repaint, [&](double done) {
                             tell(kAskingShare + kTrainingShare + (1 - kAskingShare - kTrainingShare) * done,
                                  options_.held_out_people, "measuring on people never trained on");
                           });
  }

  const MapperTrainingOptions& options_;
  const MapperRun& run_;
  std::shared_ptr<const model::ModelBundle> bundle_;
  GalleryTaste taste_;
  StyleAnchors anchors_;
  AnsweringStyles real_;
  Clock clock_;
  std::vector<personalization::SimulatedUser> people_;
  std::vector<Moment> moments_;
  int steps_ = 0;
  double mean_utility_ = 0;
};

}  // namespace

MapperReport train_mapper(const MapperTrainingOptions& options, const MapperRun& run) {
  return MapperTraining(options, run).run();
}

}  // namespace atelier::mapping

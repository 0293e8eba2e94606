#include "atelier/personalization/population_release.h"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

#include "atelier/core/error.h"
#include "atelier/personalization/privacy_accountant.h"
#include "atelier/storage/open_store.h"
#include "personalization/pooled_people.h"
#include "support/temp_dir.h"

namespace atelier::personalization {
namespace {

using test::plain_prior;
using test::pooled_people;
using test::seeded_words;

storage::Settings agreed() {
  storage::Settings settings;
  settings.pooled_learning = true;
  return settings;
}

/// A ledger in memory.
struct Ledger {
  std::vector<storage::Release> lines;
  ReleaseLedger access() {
    return {[this] { return lines; }, [this](const storage::Release& line) { lines.push_back(line); }};
  }
};

template <typename Work>
std::string error_id(Work work) {
  try {
    work();
  } catch (const Error& error) {
    return error.id();
  }
  return "";
}

TEST(ContributionScheme, TakesNothingFromPeopleWhoDidNotAgree) {
  const ContributionScheme scheme(plain_prior(4));
  const PopulationPrior& start = scheme.start();
  EXPECT_EQ(error_id([&] { scheme.contribute("ana", storage::Settings{}, start.mean, start.covariance); }),
            "privacy.consent");
}

TEST(ContributionScheme, APersonWithoutAnswersContributesNothing) {
  const ContributionScheme scheme(plain_prior(4));
  const auto nobody = scheme.contribute("ana", agreed(), scheme.start().mean, scheme.start().covariance);
  EXPECT_EQ(nobody.length(), 0);
  EXPECT_EQ(nobody.statistic().size(), scheme.size());
}

TEST(ContributionScheme, NobodyWeighsMoreThanTheClip) {
  const ContributionScheme scheme(plain_prior(5));
  for (const double size : {1e-3, 1.0, 1e6, 1e150}) {
    Eigen::VectorXd mean(5);
    mean << 3 * size, -size, 0.1 * size, size / 3, 7;
    const auto loud = scheme.contribute("ana", agreed(), mean, size * Eigen::MatrixXd::Ones(5, 5));
    EXPECT_LE(loud.length(), ContributionScheme::kSensitivity) << size;
  }
}

TEST(ContributionScheme, WithoutNoiseAndClippingItIsOneStepOfEm) {
  PopulationPrior start = plain_prior(3);
  start.covariance << 0.5, 0.1, 0, 0.1, 0.4, 0, 0, 0, 0.2;
  start.mean << 0.1, 0, -0.1;
  const ContributionScheme scheme(start, 100);
  std::vector<Contribution> people;
  Eigen::VectorXd mean_sum = Eigen::VectorXd::Zero(3);
  Eigen::MatrixXd square_sum = Eigen::MatrixXd::Zero(3, 3);
  for (int i = 0; i < 8; ++i) {
    const Eigen::VectorXd mean = Eigen::Vector3d(std::sin(i), std::cos(2.0 * i), 0.3 * std::sin(3.0 * i));
    const Eigen::MatrixXd covariance = (0.2 + 0.05 * i) * start.covariance;
    people.push_back(scheme.contribute(std::to_string(i), agreed(), mean, covariance));
    mean_sum += mean;
    square_sum += mean * mean.transpose() + covariance;
  }
  const PopulationPrior prior = scheme.prior_of(scheme.sum(people), 8, 0, 1e-9);
  const Eigen::VectorXd mean = mean_sum / 8;
  EXPECT_LT((prior.mean - mean).norm(), 1e-3);
  EXPECT_LT((prior.covariance - (square_sum / 8 - mean * mean.transpose())).norm(), 1e-2);
  EXPECT_LT((scheme.statistic_of(prior) - scheme.statistic_of(scheme.start())).norm(), 1);
}

TEST(ContributionScheme, FeaturesWithoutVarianceStayAsTheyWere) {
  PopulationPrior start = plain_prior(4);
  start.covariance.row(3).setZero();
  start.covariance.col(3).setZero();
  const ContributionScheme scheme(start);
  EXPECT_EQ(scheme.rank(), 3);
  const auto people = pooled_people(scheme, 200, 1);
  const PopulationPrior prior = scheme.prior_of(scheme.sum(people), 200, 0, 0.05);
  EXPECT_NEAR(prior.mean(3), 0, 1e-12);
  EXPECT_NEAR(prior.covariance.row(3).norm(), 0, 1e-12);
}

TEST(ContributionScheme, RefusesTwoOfOnePersonAndOtherSchemes) {
  const ContributionScheme scheme(plain_prior(3)), other(plain_prior(3), 0.9);
  auto people = pooled_people(scheme, 3, 1);
  people.push_back(people[0]);
  EXPECT_EQ(error_id([&] { scheme.sum(people); }), "privacy.twice");
  people.pop_back();
  EXPECT_EQ(error_id([&] { other.sum(people); }), "privacy.scheme");
}

TEST(ContributionScheme, RefusesTastesThatDoNotFit) {
  const ContributionScheme scheme(plain_prior(3));
  const Eigen::MatrixXd covariance = scheme.start().covariance;
  EXPECT_EQ(error_id([&] { scheme.contribute("a", agreed(), Eigen::VectorXd::Zero(2), covariance); }),
            "privacy.taste");
  EXPECT_EQ(
      error_id([&] { scheme.contribute("a", agreed(), Eigen::VectorXd::Constant(3, NAN), covariance); }),
      "privacy.taste");
  EXPECT_EQ(error_id([] { ContributionScheme(plain_prior(3), 0); }), "privacy.clip");
  PopulationPrior certain = plain_prior(3);
  certain.covariance.setZero();
  EXPECT_EQ(error_id([&] { ContributionScheme{certain}; }), "taste.prior");
}

TEST(PopulationRelease, LearnsWhatPeopleLike) {
  const ContributionScheme scheme(plain_prior(6));
  Ledger ledger;
  const auto prior =
      release_population_prior(scheme, pooled_people(scheme, 2000, 3), ledger.access(), {}, seeded_words(7));
  EXPECT_NEAR(prior.mean(0), 0.1, 0.03);  // half of 0.2: what one EM step from 0 sees
  for (int i = 1; i < 6; ++i) EXPECT_NEAR(prior.mean(i), 0, 0.03) << i;
  EXPECT_GT(prior.covariance(1, 1), 1.3 * prior.covariance(2, 2));
  EXPECT_EQ(prior.people, 2000);
  EXPECT_EQ(prior.origin, "released with epsilon 1");
  EXPECT_EQ(prior.features_id, "test/6");
}

TEST(PopulationRelease, IsAUsablePriorWhateverTheNoise) {
  const ContributionScheme scheme(plain_prior(12));
  const auto people = pooled_people(scheme, 200, 4);
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Ledger ledger;
    ReleaseOptions options;
    options.epsilon = 0.3;
    const auto prior = release_population_prior(scheme, people, ledger.access(), options, seeded_words(seed));
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(prior.covariance);
    EXPECT_GE(solver.eigenvalues().minCoeff(), 0.05 * 0.04 * 0.999);
    EXPECT_EQ(prior.covariance, prior.covariance.transpose());
    EXPECT_TRUE(prior.mean.allFinite());
  }
}

TEST(PopulationRelease, NeverBelowTwoHundredPeople) {
  const ContributionScheme scheme(plain_prior(3));
  Ledger ledger;
  const auto people = pooled_people(scheme, 199, 1);
  EXPECT_EQ(error_id([&] { release_population_prior(scheme, people, ledger.access()); }), "privacy.too_few");
  EXPECT_TRUE(ledger.lines.empty());
}

TEST(PopulationRelease, WritesTheLedgerAndStopsAtTheLifetimeBudget) {
  const ContributionScheme scheme(plain_prior(3));
  const auto people = pooled_people(scheme, 250, 1);
  Ledger ledger;
  ReleaseOptions options;
  options.lifetime_epsilon = 2;
  options.time = 123;
  int releases = 0;
  const auto release = [&] { release_population_prior(scheme, people, ledger.access(), options); };
  while (releases < 10 && error_id(release).empty()) ++releases;
  EXPECT_EQ(error_id(release), "privacy.budget");
  // Gaussian releases compose with the square root of their number, or nearly: more than 2 of epsilon 1.
  EXPECT_GE(releases, 2);
  EXPECT_LE(releases, 4);
  ASSERT_EQ(ledger.lines.size(), static_cast<std::size_t>(releases));
  EXPECT_EQ(ledger.lines[0].epsilon, 1);
  EXPECT_DOUBLE_EQ(ledger.lines[0].delta, 1.0 / 2500);
  EXPECT_EQ(ledger.lines[0].users, 250);
  EXPECT_EQ(ledger.lines[0].time, 123);
  EXPECT_LE(spent_epsilon(ledger.lines, 1.0 / 2500), 2);
}

TEST(PopulationRelease, ReleasesNothingThatTheLedgerDidNotKeep) {
  const ContributionScheme scheme(plain_prior(3));
  const auto people = pooled_people(scheme, 200, 1);
  int words = 0;
  const ReleaseLedger full{[] { return std::vector<storage::Release>(); },
                           [](const storage::Release&) { throw Error(ErrorCode::Io, "store.full", "full"); }};
  const RandomWords counted = [&] { return static_cast<std::uint64_t>(++words); };
  EXPECT_EQ(error_id([&] { release_population_prior(scheme, people, full, {}, counted); }), "store.full");
  EXPECT_EQ(words, 0);
}

TEST(PopulationRelease, ALedgerThatMakesNoSenseStopsIt) {
  const ContributionScheme scheme(plain_prior(3));
  const auto people = pooled_people(scheme, 200, 1);
  Ledger ledger;
  ledger.lines.emplace_back();
  ledger.lines.back().epsilon = -1;
  EXPECT_EQ(error_id([&] { release_population_prior(scheme, people, ledger.access()); }), "privacy.ledger");
}

TEST(PopulationRelease, SpentEpsilonComposesGaussianReleases) {
  storage::Release line;
  line.epsilon = 1;
  line.delta = 1e-5;
  std::vector<storage::Release> lines{line};
  EXPECT_NEAR(spent_epsilon(lines, 1e-5), 1, 1e-9);
  lines.assign(4, line);
  EXPECT_NEAR(spent_epsilon(lines, 1e-5), gaussian_epsilon(0.999e-5, gaussian_noise(1, 0.999e-5) / 2), 1e-9);
  EXPECT_LT(spent_epsilon(lines, 1e-5), 4);
  line.delta = 0;
  lines.push_back(line);
  EXPECT_NEAR(spent_epsilon(lines, 1e-5) - spent_epsilon(std::span(lines).first(4), 1e-5), 1, 1e-9);
  EXPECT_EQ(spent_epsilon({}, 1e-5), 0);
}

TEST(PopulationRelease, NoiseIsWhatEpsilonAndDeltaAskFor) {
  const ContributionScheme scheme(plain_prior(3));
  ReleaseOptions options;
  options.delta = 1e-5;
  const ReleaseNoise noise = release_noise(scheme, 1000, options);
  EXPECT_NEAR(noise.multiplier, 3.73, 0.01);
  EXPECT_NEAR(static_cast<double>(noise.sigma) * ContributionScheme::kUnit, 3.73 * std::sqrt(2.0), 0.02);
  for (const double bad : {0.0, -1.0, 11.0, static_cast<double>(NAN)}) {
    options.epsilon = bad;
    EXPECT_EQ(error_id([&] { release_noise(scheme, 1000, options); }), "privacy.parameter") << bad;
  }
  options.epsilon = 1;
  options.delta = 0.01;
  EXPECT_EQ(error_id([&] { release_noise(scheme, 1000, options); }), "privacy.parameter");
}

TEST(PopulationRelease, ColludersShiftThePriorNoFurtherThanClippingAllows) {
  const ContributionScheme scheme(plain_prior(5));
  const int people = 300;
  const auto honest = pooled_people(scheme, people, 8);
  // All colluders shout the same: an extreme taste, held with great certainty.
  const Eigen::VectorXd loud = 1e6 * Eigen::VectorXd::Ones(5);
  const auto released = [&](std::span<const Contribution> all) {
    auto sum = scheme.sum(all);
    const ReleaseNoise noise = release_noise(scheme, all.size(), {});
    DiscreteGaussian(noise.sigma).add_to(sum, seeded_words(99));
    return scheme.prior_of(sum, people, static_cast<double>(noise.sigma), 0.05);
  };
  const PopulationPrior before = released(honest);
  double last = 0;
  for (const int percent : {1, 5, 10}) {
    const int colluders = people * percent / 100;
    auto poisoned = honest;
    for (int i = 0; i < colluders; ++i) {
      poisoned[static_cast<std::size_t>(i)] = scheme.contribute("colluder-" + std::to_string(i), agreed(),
                                                                loud, 1e-6 * scheme.start().covariance);
    }
    const PopulationPrior after = released(poisoned);
    const PoisoningBound bound = scheme.poisoning_bound(people, colluders);
    const double sd = std::sqrt(0.04);
    const double mean_shift = (after.mean - before.mean).norm() / sd;
    const double covariance_shift = (after.covariance - before.covariance).norm() / (sd * sd);
    EXPECT_LE(mean_shift, bound.mean) << percent;
    EXPECT_LE(covariance_shift, bound.covariance) << percent;
    EXPECT_GT(mean_shift, last) << "the attack has no effect at all: the test sees nothing";
    last = mean_shift;
    RecordProperty("mean_shift_" + std::to_string(percent), std::to_string(mean_shift));
    RecordProperty("mean_bound_" + std::to_string(percent), std::to_string(bound.mean));
  }
}

// The ledger where it really lies: a file, opened anew for every release.
TEST(PopulationRelease, TheStoresLedgerOutlivesTheProgramAndStopsTheNextRelease) {
  const atelier::test::TempDir folder;
  storage::StoreOptions options;
  options.key_folder = folder / "keys";
  const auto open = [&] { return storage::open_store((folder / "taste.sqlite").string(), options); };
  const ContributionScheme scheme(plain_prior(4));
  const auto people = pooled_people(scheme, 250, 3);
  const auto release = [&](double epsilon) {
    const auto store = open();
    store->together([&] {
      release_population_prior(scheme, people, ledger_of(*store),
                               {.epsilon = epsilon, .lifetime_epsilon = 2, .time = 1'700'000'000},
                               seeded_words(5));
    });
  };
  release(1);
  const auto lines = open()->releases();
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0].epsilon, 1);
  EXPECT_EQ(lines[0].delta, 1 / 2500.0);
  EXPECT_EQ(lines[0].users, 250);
  EXPECT_EQ(lines[0].time, 1'700'000'000);
  EXPECT_NEAR(spent_epsilon(lines), 1, 1e-6);
  EXPECT_EQ(spent_epsilon({}), 0);

  release(0.5);
  EXPECT_EQ(error_id([&] { release(1.9); }), "privacy.budget");
  const auto after = open()->releases();
  EXPECT_EQ(after.size(), 2U);
  EXPECT_LT(spent_epsilon(after), 1.5);
  EXPECT_GT(spent_epsilon(after), 1.1);
}

// Whoever cannot write the ledger gets no prior.
TEST(PopulationRelease, ALedgerThatIsTakenBackTakesTheReleaseBack) {
  const auto store = storage::open_memory_store();
  const ContributionScheme scheme(plain_prior(4));
  const auto people = pooled_people(scheme, 200, 4);
  EXPECT_ANY_THROW(store->together([&] {
    release_population_prior(scheme, people, ledger_of(*store), {}, seeded_words(5));
    throw std::runtime_error("the disk is full");
  }));
  EXPECT_TRUE(store->releases().empty());
}

}  // namespace
}  // namespace atelier::personalization

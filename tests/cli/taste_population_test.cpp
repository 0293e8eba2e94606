#include <sys/stat.h>

#include <chrono>
#include <random>

#include "atelier/model/model_bundle.h"
#include "atelier/storage/open_store.h"
#include "taste_test.h"

namespace atelier::test {
namespace {

constexpr std::int64_t kDay = 86400;

class TastePopulation : public TasteTest {
 protected:
  std::unique_ptr<storage::PreferenceStore> open() const {
    storage::StoreOptions options;
    options.key_folder = data_folder_.path();
    return storage::open_store((data_folder_ / "taste.sqlite").string(), options);
  }

  storage::Answer rating(int style, double value, std::int64_t age) const {
    const style::NamedStyle& named = bundle_->styles().styles()[static_cast<std::size_t>(style)];
    storage::Answer answer;
    answer.kind = storage::AnswerKind::Rating;
    answer.subjects = {{.style = named.name, .code = named.code, .attributes = named.attributes}};
    answer.value = value;
    answer.time =
        std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch())
            .count() -
        age;
    return answer;
  }

  /// People who came over a year; all like the first half of the styles better than the second.
  void add_people(const std::string& name, int count, bool agreed) const {
    const auto store = open();
    std::mt19937 random(static_cast<unsigned>(count));
    store->together([&] {
      for (int i = 0; i < count; ++i) {
        const std::string user = name + std::to_string(i);
        store->put_settings(user, {.pooled_learning = agreed});
        for (int k = 0; k < 4; ++k) {
          const int style = static_cast<int>(random() % kStyles);
          const double value = style < kStyles / 2 ? 4 + random() % 2 : 1 + random() % 3;
          store->record(user, rating(style, value, (10 + static_cast<std::int64_t>(random() % 350)) * kDay));
        }
      }
    });
  }

  nlohmann::json population(std::vector<std::string> words) const {
    words.insert(words.begin(), "population");
    return taste_json(words);
  }

  std::shared_ptr<const model::ModelBundle> bundle_ = model::ModelBundle::open(model_);
};

TEST_F(TastePopulation, ReleasesNothingBelowTwoHundredPeopleWhoAgreed) {
  add_people("agreed-", 199, true);
  add_people("private-", 30, false);
  EXPECT_TRUE(fails_with(taste({"population", "release", "--out", "prior.json"}), 77, "199"));
  EXPECT_EQ(names(), std::vector<std::string>{"photo.png"});
  const nlohmann::json state = population({"show"});
  EXPECT_EQ(state["sharing"], 199);
  EXPECT_EQ(state["releases"], nlohmann::json::array());
  EXPECT_EQ(state["spent_epsilon"], 0);
}

TEST_F(TastePopulation, ReleasesWithinTheBudgetAndEverybodyCanStartFromIt) {
  add_people("agreed-", 210, true);
  add_people("private-", 5, false);
  const nlohmann::json released = population({"release", "--epsilon", "3", "--out", "prior.json"});
  EXPECT_EQ(released["people"], 210);
  EXPECT_EQ(released["epsilon"], 3);
  EXPECT_NEAR(released["spent_epsilon"], 3, 1e-6);
  EXPECT_LE(released["delta"], 1.0 / 210);

  // The ledger lies in the store, and the next release would be too much.
  EXPECT_TRUE(
      fails_with(taste({"population", "release", "--epsilon", "3", "--out", "again.json"}), 77, "epsilon"));
  EXPECT_FALSE(exists("again.json"));
  const nlohmann::json ledger = population({"show"})["releases"];
  ASSERT_EQ(ledger.size(), 1U);
  EXPECT_EQ(ledger[0]["people"], 210);

  const auto newcomer = [&] { return taste_json({"show", "--user", "newcomer"})["top"]; };
  const nlohmann::json before = newcomer();
  EXPECT_EQ(population({"use", "prior.json"})["people"], 210);
  EXPECT_EQ(population({"show"})["prior"]["origin"], "released with epsilon 3");
  EXPECT_NE(newcomer(), before);
  EXPECT_EQ(population({"forget"})["removed"], true);
  EXPECT_EQ(newcomer(), before);
  EXPECT_EQ(population({"forget"})["removed"], false);
  for (const char* epsilon : {"0", "-1", "11", "nan"})
    EXPECT_EQ(taste({"population", "release", "--epsilon", epsilon, "--out", "x.json"}).status, 2) << epsilon;
}

TEST_F(TastePopulation, UsesOnlyAPriorOfThisModel) {
  write("broken.json", "{\"mean\": [1");
  EXPECT_TRUE(fails_with(taste({"population", "use", "broken.json"}), 65, "broken.json"));
  EXPECT_TRUE(fails_with(taste({"population", "use", "missing.json"}), 66, "missing.json"));
  // A broken file in place says how to be rid of it.
  std::filesystem::copy_file(path("broken.json"), data_folder_ / "population-prior.json");
  EXPECT_TRUE(fails_with(taste({"show", "--user", "ana"}), 65, "population forget"));
  EXPECT_EQ(population({"forget"})["removed"], true);
  EXPECT_EQ(taste({"show", "--user", "ana"}).status, 0);
  EXPECT_TRUE(fails_with(taste({"population", "release", "--out", "no/such/prior.json"}), 73, "prior.json"));
}

TEST_F(TastePopulation, SaysWhichNewAccountsLookLikeASwarm) {
  add_people("person-", 60, true);
  {
    const auto store = open();
    store->together([&] {
      for (int i = 0; i < 40; ++i) {
        store->put_settings("bot-" + std::to_string(i), {.pooled_learning = true});
        store->record("bot-" + std::to_string(i), rating(3, 5, kDay + 30 * i));
      }
    });
  }
  const nlohmann::json report = population({"review"});
  EXPECT_EQ(report["accounts"], 100);
  EXPECT_EQ(report["under_review"].size(), 40U);
  ASSERT_EQ(report["groups"].size(), 1U);
  EXPECT_EQ(report["groups"][0]["style"], "style-3");
  EXPECT_THAT(taste({"population", "review"}).out, testing::HasSubstr("for style-3"));

  // The owner of an account sees it, and is rid of it by taking part no more.
  EXPECT_EQ(taste_json({"consent", "--user", "person-1"})["under_review"], false);
  EXPECT_EQ(taste_json({"consent", "--user", "bot-7"})["under_review"], true);
  EXPECT_THAT(taste({"consent", "--user", "bot-7"}).out, testing::HasSubstr("under review"));
  EXPECT_EQ(taste_json({"consent", "--user", "bot-7", "off"})["under_review"], false);
}

}  // namespace
}  // namespace atelier::test

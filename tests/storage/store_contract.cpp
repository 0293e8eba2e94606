#include "storage/store_contract.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>
#include <sstream>
#include <thread>

#include "atelier/storage/portable.h"
#include "storage/answers.h"

namespace atelier::storage::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::int64_t kDay = 86400;

// Each is a person, a mood, a style, a context and a profile's key; none may be more than that.
const std::vector<std::string> kHostileTexts = {"'; DROP TABLE answers; --",
                                                "\" OR \"\"=\"",
                                                "%s%s%n%n",
                                                "{}{0}{",
                                                "../../etc/passwd",
                                                "$1",
                                                "<script>alert(1)</script>",
                                                "Robert'); DELETE FROM users WHERE ('1'='1",
                                                "\\x41",
                                                "ＡＮＡ",
                                                "👩‍🎨",
                                                "ä",
                                                "NULL",
                                                "C:\\nul"};

// Refused as names: each could forge a line or is no text.
const std::vector<std::string> kRefusedNames = {"",
                                                std::string(65, 'a'),
                                                std::string("a\0b", 3),
                                                "a\nb",
                                                "a\r",
                                                "\x1b[2J",
                                                "\x7f",
                                                "\xc2\x85",
                                                "\xe2\x80\xae"
                                                "ana",
                                                "\xe2\x80\xa8",
                                                "\xed\xa0\x80",
                                                "\xff",
                                                "\xc0\xaf",
                                                "\xf4\x90\x80\x80",
                                                "\xe2\x82",
                                                " ana",
                                                "ana ",
                                                std::string(1 << 20, 'x')};

}  // namespace

void StoreContract::SetUp() {
  place_ = GetParam().make();
  if (place_ == nullptr) GTEST_SKIP() << GetParam().name << " cannot be started on this machine";
  store_ = place_->open();
}

void StoreContract::reopen() {
  if (!place_->outlives_its_store()) return;
  store_.reset();
  store_ = place_->open();
}

TEST_P(StoreContract, KeepsEveryFieldOfEveryKind) {
  const std::vector<Answer> all = every_kind();
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(store().record("ana", all[i]), static_cast<std::int64_t>(i) + 1);
  }
  reopen();
  const std::vector<Answer> kept = store().answers("ana");
  ASSERT_EQ(kept.size(), all.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(without_id(kept[i]), all[i]) << i;
    EXPECT_EQ(kept[i].id, static_cast<std::int64_t>(i) + 1);
  }
}

TEST_P(StoreContract, MakesAPersonWithTheFirstAnswer) {
  EXPECT_FALSE(store().exists("ana"));
  EXPECT_THAT(store().answers("ana"), IsEmpty());
  EXPECT_THAT(store().history("ana"), IsEmpty());
  EXPECT_EQ(store().settings("ana"), Settings{});
  EXPECT_THAT(store().users(), IsEmpty());
  store().record("cleo", rating("monet", 3));
  store().record("ana", rating("monet", 3));
  EXPECT_TRUE(store().exists("ana"));
  EXPECT_THAT(store().users(), ElementsAre("ana", "cleo"));
}

TEST_P(StoreContract, KeepsPeopleApart) {
  store().record("ana", rating("monet", 5));
  store().record("ben", rating("klimt", 1));
  const std::int64_t second = store().record("ben", rating("munch", 2));
  store().put_profile("ana", "model", "of ana");
  EXPECT_THAT(styles_of(store().answers("ana")), ElementsAre("monet"));
  EXPECT_THAT(styles_of(store().answers("ben")), ElementsAre("klimt", "munch"));
  EXPECT_EQ(store().profile("ben", "model"), std::nullopt);

  // Another's answer is one that does not exist, word for word.
  const auto message = [&](std::int64_t id) -> std::string {
    try {
      store().undo("ana", id);
    } catch (const Error& error) {
      return error.id() + error.what();
    }
    return "undone";
  };
  std::string others = message(second), nobodys = message(777);
  EXPECT_NE(others.find("store.answer_unknown"), std::string::npos);
  others.replace(others.find(" " + std::to_string(second)), 2, " N");
  nobodys.replace(nobodys.find(" 777"), 4, " N");
  EXPECT_EQ(others, nobodys);
  EXPECT_EQ(store().answers("ben").size(), 2u);

  // A name is compared byte by byte.
  EXPECT_FALSE(store().exists("Ana"));
  EXPECT_FALSE(store().exists("a_a"));
  EXPECT_FALSE(store().exists("%"));
}

TEST_P(StoreContract, TakesTheSameTokenOnce) {
  Answer answer = rating("monet", 5);
  answer.token = "a-1";
  const std::int64_t first = store().record("ana", answer);
  Answer changed = rating("klimt", 1);
  changed.token = "a-1";
  EXPECT_EQ(store().record("ana", changed), first);
  reopen();
  EXPECT_EQ(store().record("ana", changed), first);
  EXPECT_THAT(styles_of(store().answers("ana")), ElementsAre("monet"));
  // Another person's token, and no token at all, are another matter.
  store().record("ben", changed);
  EXPECT_EQ(store().answers("ben").size(), 1u);
  store().record("ana", rating("munch", 2));
  store().record("ana", rating("munch", 2));
  EXPECT_EQ(store().answers("ana").size(), 3u);
}

TEST_P(StoreContract, ChangingOnesMindIsANewAnswer) {
  store().record("ana", rating("monet", 5, 2000));
  store().record("ana", rating("monet", 1, 1000));  // the clock went back; the order is the store's
  const std::vector<Answer> answers = store().answers("ana");
  ASSERT_EQ(answers.size(), 2u);
  EXPECT_LT(answers[0].id, answers[1].id);
  EXPECT_EQ(answers[1].value, 1);
}

TEST_P(StoreContract, UndoesAndRemembersThatItDid) {
  store().record("ana", rating("monet", 5));
  const std::int64_t klimt = store().record("ana", rating("klimt", 5));
  store().record("ana", rating("munch", 5));
  store().undo("ana", klimt);
  store().undo("ana", klimt);
  EXPECT_THAT(styles_of(store().answers("ana")), ElementsAre("monet", "munch"));
  EXPECT_EQ(store().undo_last("ana")->subjects[0].style, "munch");
  EXPECT_EQ(store().undo_last("ana")->subjects[0].style, "monet");
  EXPECT_EQ(store().undo_last("ana"), std::nullopt);
  EXPECT_EQ(store().undo_last("nobody"), std::nullopt);
  reopen();
  EXPECT_THAT(store().answers("ana"), IsEmpty());
  const std::vector<StoredAnswer> history = store().history("ana");
  ASSERT_EQ(history.size(), 3u);
  EXPECT_TRUE(history[0].undone && history[1].undone && history[2].undone);
  EXPECT_EQ(store().record("ana", rating("kandinsky", 3)), 4) << "ids of undone answers are not used again";
  EXPECT_EQ(error_of([&] { store().undo("nobody", 1); }), "store.answer_unknown");
}

TEST_P(StoreContract, SelectsByMoodAndTime) {
  Answer calm = rating("monet", 5, 1000), wild = rating("pollock", 5, 1001),
         general = rating("klimt", 3, kDay * 3);
  calm.mood = "calm";
  wild.mood = "wild";
  for (const Answer& answer : {calm, wild, general}) store().record("ana", answer);
  EXPECT_THAT(styles_of(store().answers("ana", "calm")), ElementsAre("monet"));
  EXPECT_THAT(styles_of(store().answers("ana", "")), ElementsAre("klimt"));
  EXPECT_THAT(store().answers("ana", "unheard of"), IsEmpty());
  EXPECT_THAT(styles_of(store().answers("ana", std::nullopt, 1001)), ElementsAre("pollock", "klimt"));
  EXPECT_THAT(styles_of(store().answers("ana", std::nullopt, kDay * 3)), ElementsAre("klimt"));
  EXPECT_THAT(store().answers("ana", std::nullopt, kDay * 3 + 1), IsEmpty());
}

TEST_P(StoreContract, GivesHistoryInPages) {
  for (int i = 0; i < 5; ++i) store().record("ana", rating("monet", 1 + i % 5));
  EXPECT_EQ(store().history("ana", 0, 2).size(), 2u);
  EXPECT_EQ(store().history("ana", 2, 2).front().answer.id, 3);
  EXPECT_EQ(store().history("ana", 4, 2).size(), 1u);
  EXPECT_THAT(store().history("ana", 5, 2), IsEmpty());
}

TEST_P(StoreContract, RefusesAnswersThatCannotBe) {
  for (const double value : {0.0, 6.0, -1.0, 1e308, std::nan(""), std::numeric_limits<double>::infinity()}) {
    EXPECT_EQ(error_of([&] { store().record("ana", rating("monet", value)); }), "taste.answer") << value;
  }
  Answer broken = rating("monet", 3);
  broken.subjects[0].code.values[1] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(error_of([&] { store().restore("ana", {broken, false, ""}); }), "taste.answer");
  EXPECT_FALSE(store().exists("ana")) << "a refused answer makes nobody";
}

TEST_P(StoreContract, TreatsHostileTextAsText) {
  for (const std::string& text : kHostileTexts) {
    Answer answer = rating("monet", 3);
    answer.subjects[0].style = answer.mood = answer.context = answer.token = text;
    answer.subjects[0].attributes[text] = 1;
    store().record(text, answer);
    store().put_profile(text, text, text);
  }
  reopen();
  for (const std::string& text : kHostileTexts) {
    const std::vector<Answer> answers = store().answers(text, text);
    ASSERT_EQ(answers.size(), 1u) << text;
    EXPECT_EQ(answers[0].context, text);
    EXPECT_EQ(answers[0].subjects[0].style, text);
    EXPECT_EQ(store().profile(text, text), text);
  }
  EXPECT_EQ(store().users().size(), kHostileTexts.size());
}

TEST_P(StoreContract, RefusesNamesThatCouldForgeALine) {
  for (const std::string& name : kRefusedNames) {
    EXPECT_EQ(error_of([&] { store().record(name, rating("monet", 3)); }), "store.user_name")
        << name.substr(0, 70);
    EXPECT_EQ(error_of([&] { store().answers(name); }), "store.user_name");
    EXPECT_EQ(error_of([&] { store().exists(name); }), "store.user_name");
  }
  EXPECT_THAT(store().users(), IsEmpty());
}

TEST_P(StoreContract, CachesProfiles) {
  EXPECT_EQ(error_of([&] { store().put_profile("ana", "model", "x"); }), "store.user_unknown");
  EXPECT_EQ(store().profile("ana", "model"), std::nullopt);
  store().record("ana", rating("monet", 3));
  const std::string bytes("\0\xff\n binary", 10);
  store().put_profile("ana", "model", "old");
  store().put_profile("ana", "model", bytes);
  store().put_profile("ana", "empty", "");
  reopen();
  EXPECT_EQ(store().profile("ana", "model"), bytes);
  EXPECT_EQ(store().profile("ana", "empty"), "");
  EXPECT_EQ(store().profile("ana", "other"), std::nullopt);
  EXPECT_EQ(error_of([&] { store().put_profile("ana", "", "x"); }), "store.profile");
  EXPECT_EQ(error_of([&] { store().put_profile("ana", "big", std::string((1 << 20) + 1, 'x')); }),
            "store.profile");
}

TEST_P(StoreContract, SharesOnlyWithConsent) {
  store().record("ana", rating("monet", 3));
  store().record("ben", rating("monet", 3));
  EXPECT_FALSE(store().settings("ana").pooled_learning);
  EXPECT_THAT(store().users_who_share(), IsEmpty());
  store().put_settings("ana", {true, 30});
  store().put_settings("newcomer", {true, 0});
  reopen();
  EXPECT_EQ(store().settings("ana"), (Settings{true, 30}));
  EXPECT_THAT(store().users_who_share(), ElementsAre("ana", "newcomer"));
  store().put_settings("ana", {false, 0});
  EXPECT_THAT(store().users_who_share(), ElementsAre("newcomer"));
  EXPECT_EQ(error_of([&] { store().put_settings("ana", {false, -1}); }), "store.settings");
}

TEST_P(StoreContract, ForgetsWhatIsOlderThanItsOwnerWishes) {
  const std::int64_t now = 1000 * kDay + 5000;
  for (const std::string user : {"ana", "ben"}) {
    store().record(user, rating("old", 3, now - 31 * kDay));
    store().record(user, rating("young", 3, now - 30 * kDay));
    store().put_profile(user, "model", "x");
  }
  store().undo("ana", 1);
  store().put_settings("ana", {false, 30});
  EXPECT_EQ(store().apply_retention(now), 1);
  EXPECT_EQ(store().apply_retention(now), 0);
  EXPECT_EQ(store().history("ana").size(), 1u);
  EXPECT_THAT(styles_of(store().answers("ana")), ElementsAre("young"));
  EXPECT_EQ(store().profile("ana", "model"), std::nullopt) << "a model of forgotten answers remembers them";
  EXPECT_THAT(styles_of(store().answers("ben")), ElementsAre("old", "young"));
  EXPECT_EQ(store().profile("ben", "model"), "x");
}

TEST_P(StoreContract, ErasesOnePersonAndSaysWhat) {
  store().record("ana", rating("monet", 3));
  store().record("ana", rating("klimt", 3));
  store().undo_last("ana");
  store().put_profile("ana", "model", "x");
  store().put_settings("ana", {true, 30});
  store().record("ben", rating("munch", 4));
  const Receipt receipt = store().erase("ana");
  EXPECT_EQ(receipt.user, "ana");
  EXPECT_EQ(receipt.answers, 2);
  EXPECT_EQ(receipt.profiles, 1);
  EXPECT_TRUE(receipt.key_destroyed);
  EXPECT_GT(receipt.time, 1'700'000'000);
  EXPECT_EQ(error_of([&] { store().erase("ana"); }), "store.user_unknown");
  reopen();
  EXPECT_THAT(store().users(), ElementsAre("ben"));
  EXPECT_THAT(store().history("ana"), IsEmpty());
  EXPECT_EQ(store().profile("ana", "model"), std::nullopt);
  EXPECT_THAT(store().users_who_share(), IsEmpty());
  EXPECT_THAT(styles_of(store().answers("ben")), ElementsAre("munch"));
  // Whoever comes back begins anew.
  EXPECT_EQ(store().record("ana", rating("hokusai", 5)), 1);
  EXPECT_EQ(store().settings("ana"), Settings{});
}

TEST_P(StoreContract, KeepsTogetherWhatBelongsTogether) {
  store().record("ana", rating("monet", 3));
  struct Stop {};
  EXPECT_THROW(store().together([&] {
    store().record("ana", rating("klimt", 3));
    store().record("ben", rating("klimt", 3));
    store().together([&] { store().undo("ana", 1); });
    throw Stop();
  }),
               Stop);
  EXPECT_THAT(styles_of(store().answers("ana")), ElementsAre("monet"));
  EXPECT_FALSE(store().exists("ben"));
  store().together([&] {
    store().record("ben", rating("klimt", 3));
    EXPECT_EQ(store().answers("ben").size(), 1u);
  });
  reopen();
  EXPECT_EQ(store().answers("ben").size(), 1u);
}

TEST_P(StoreContract, DoesNotPretendThatAnErasureCanBeTakenBack) {
  store().record("ana", rating("monet", 3));
  EXPECT_EQ(error_of([&] { store().together([&] { store().erase("ana"); }); }), "store.together");
  EXPECT_EQ(store().answers("ana").size(), 1u);
}

TEST_P(StoreContract, RestoresOnce) {
  const StoredAnswer stored{rating("monet", 3), true, std::string(32, 'a')};
  EXPECT_TRUE(store().restore("ana", stored));
  EXPECT_FALSE(store().restore("ana", stored));
  const std::vector<StoredAnswer> history = store().history("ana");
  ASSERT_EQ(history.size(), 1u);
  EXPECT_TRUE(history[0].undone);
  EXPECT_EQ(history[0].uid, stored.uid);
}

TEST_P(StoreContract, KeepsALedgerOfReleases) {
  const Release release{0, 1'700'000'000, 4.0, 1e-6, 1000, "shared prior"};
  EXPECT_EQ(store().append_release(release), 1);
  EXPECT_EQ(store().append_release(release), 2);
  reopen();
  const std::vector<Release> releases = store().releases();
  ASSERT_EQ(releases.size(), 2u);
  Release second = release;
  second.id = 2;
  EXPECT_EQ(releases[1], second);
  for (const double epsilon : {0.0, -1.0, std::nan(""), std::numeric_limits<double>::infinity()}) {
    Release bad = release;
    bad.epsilon = epsilon;
    EXPECT_EQ(error_of([&] { store().append_release(bad); }), "store.release") << epsilon;
  }
}

TEST_P(StoreContract, ServesManyThreads) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 10; ++i) {
        store().record(t % 2 == 0 ? "ana" : "ben", rating("monet", 1 + i % 5));
        store().answers("ana");
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(store().answers("ana").size(), 20u);
  EXPECT_EQ(store().answers("ben").back().id, 20);
}

TEST_P(StoreContract, ExportsAndImportsWhole) {
  for (const Answer& answer : every_kind()) store().record("ana", answer);
  store().undo("ana", 2);
  std::stringstream file;
  EXPECT_EQ(export_taste(store(), "ana", file), 7u);
  const std::string text = file.str();
  EXPECT_EQ(import_taste(store(), "ana", file, "file").added, 0u) << "they are here already";
  std::istringstream again(text);
  EXPECT_EQ(import_taste(store(), "ben", again, "file").added, 7u);
  EXPECT_EQ(store().history("ana"), store().history("ben"));
  store().verify();
}

TEST_P(StoreContract, SoundAfterEverything) {
  store().record("ana", rating("monet", 3));
  store().erase("ana");
  store().record("ben", rating("monet", 3));
  EXPECT_NO_THROW(store().verify());
}

}  // namespace atelier::storage::test

#include "program_test.h"
#include "support/environment.h"

namespace atelier::test {
namespace {

using testing::HasSubstr;
using EvaluateCommand = ProgramTest;

TEST_F(EvaluateCommand, SaysAloudThatRealRatingsAreAbsent) {
  const ScopedVariable none("ATELIER_RATINGS", nullptr);
  const ProgramResult result = run({"evaluate", "taste", "--only", "real"});
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("real people: NOT MEASURED"));
  EXPECT_THAT(json({"evaluate", "taste", "--only", "real"})["real_people"], testing::IsEmpty());
}

TEST_F(EvaluateCommand, RefusesAFolderWithoutRatings) {
  EXPECT_TRUE(
      fails_with(run({"evaluate", "taste", "--only", "real", "--ratings", "nowhere"}), 66, "nowhere"));
  EXPECT_TRUE(
      fails_with(run({"evaluate", "taste", "--only", "real", "--ratings", "."}), 66, "holds none of art91"));
}

TEST_F(EvaluateCommand, NamesTheLineOfABrokenRatingsFile) {
  write("ratings/gandogs55/items.tsv", "item\tparent_a\tparent_b\tmorph\timage\n1\t5\t\t\t\n2\t9\t\t\t\n");
  write("ratings/gandogs55/ratings_public.tsv", "user\titem\trating\tblock\n1\t1\t0.5\t1\n1\t2\t1.5\t1\n");
  EXPECT_TRUE(fails_with(run({"evaluate", "taste", "--only", "real", "--ratings", "ratings"}), 65,
                         "ratings_public.tsv:3: rating is 1.5"));
}

TEST_F(EvaluateCommand, RefusesAnUnknownPart) {
  EXPECT_TRUE(fails_with(run({"evaluate", "taste", "--only", "dreams"}), 2, "dreams"));
}

}  // namespace
}  // namespace atelier::test

#include "atelier/core/error.h"

#include <gtest/gtest.h>

namespace atelier {
namespace {

TEST(Error, ExitStatusesAreTheDocumentedOnes) {
  EXPECT_EQ(exit_status(ErrorCode::Usage), 2);
  EXPECT_EQ(exit_status(ErrorCode::BadData), 65);
  EXPECT_EQ(exit_status(ErrorCode::NoInput), 66);
  EXPECT_EQ(exit_status(ErrorCode::Unavailable), 69);
  EXPECT_EQ(exit_status(ErrorCode::Internal), 70);
  EXPECT_EQ(exit_status(ErrorCode::CannotCreate), 73);
  EXPECT_EQ(exit_status(ErrorCode::Io), 74);
  EXPECT_EQ(exit_status(ErrorCode::TryAgain), 75);
  EXPECT_EQ(exit_status(ErrorCode::NotPermitted), 77);
  EXPECT_EQ(exit_status(ErrorCode::Config), 78);
}

TEST(Printable, LeavesNoWayToForgeALine) {
  EXPECT_EQ(printable("a\nb\x1b[31m\x7f"), "a?b?[31m?");
  EXPECT_EQ(printable("käse.png"), "käse.png");
}

}  // namespace
}  // namespace atelier

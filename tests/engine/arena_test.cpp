#include "atelier/engine/detail/arena.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace atelier::engine::detail {
namespace {

TEST(ArenaPlan, KeepsBuffersThatLiveTogetherApart) {
  ArenaPlan plan;
  const std::size_t a = plan.place(100, 0, 2);
  const std::size_t b = plan.place(100, 2, 3);
  EXPECT_TRUE(a + 100 <= b || b + 100 <= a);
}

TEST(ArenaPlan, SharesMemoryOfBuffersThatNeverMeet) {
  ArenaPlan plan;
  EXPECT_EQ(plan.place(160, 0, 1), plan.place(160, 2, 3));
  EXPECT_EQ(plan.size(), 160u);
}

TEST(ArenaPlan, FillsAHoleBetweenTwoBuffers) {
  ArenaPlan plan;
  plan.place(64, 0, 9);
  const std::size_t hole = plan.place(64, 0, 1);
  plan.place(64, 0, 9);
  EXPECT_EQ(plan.place(64, 5, 6), hole);
  EXPECT_EQ(plan.size(), 192u);
}

TEST(ArenaPlan, AlignsEveryBufferForVectors) {
  ArenaPlan plan;
  plan.place(1, 0, 0);
  EXPECT_EQ(plan.place(1, 0, 0) % 16, 0u);
}

TEST(AlignedBuffer, IsAlignedForTheWidestVectors) {
  for (const std::size_t floats : {std::size_t{1}, std::size_t{1000}, std::size_t{1} << 20}) {
    AlignedBuffer buffer(floats);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(buffer.data()) % 64, 0u);
    buffer.data()[floats - 1] = 1;
  }
}

TEST(ScratchPool, GivesTheSameBlockAgain) {
  ScratchPool pool;
  const float* first = nullptr;
  {
    Scratch scratch(pool, 5000);
    first = scratch.data();
  }
  Scratch smaller(pool, 4000);
  EXPECT_EQ(smaller.data(), first);
  Scratch together(pool, 4000);
  EXPECT_NE(together.data(), first);
}

}  // namespace
}  // namespace atelier::engine::detail

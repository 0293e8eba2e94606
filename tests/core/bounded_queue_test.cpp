#include "atelier/core/bounded_queue.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

namespace atelier {
namespace {

TEST(BoundedQueue, GivesItemsInOrder) {
  BoundedQueue<int> queue(3);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(queue.push(i));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(queue.pop(), i);
}

TEST(BoundedQueue, NeverHoldsMoreThanItsCapacity) {
  BoundedQueue<int> queue(2);
  std::atomic<int> pushed = 0;
  std::thread producer([&] {
    for (int i = 0; i < 100; ++i) {
      queue.push(i);
      ++pushed;
    }
  });
  for (int popped = 0; popped < 100; ++popped) {
    EXPECT_EQ(queue.pop(), popped);
    // What was pushed and not popped is in the queue; at most two fit.
    EXPECT_LE(pushed.load(), popped + 1 + 2);
  }
  producer.join();
}

TEST(BoundedQueue, CloseDrainsThenEnds) {
  BoundedQueue<int> queue(2);
  queue.push(1);
  queue.close();
  EXPECT_FALSE(queue.push(2));
  EXPECT_EQ(queue.pop(), 1);
  EXPECT_EQ(queue.pop(), std::nullopt);
}

TEST(BoundedQueue, CloseWakesThreadsThatWait) {
  BoundedQueue<int> empty(1), full(1);
  full.push(1);
  std::thread consumer([&] { EXPECT_EQ(empty.pop(), std::nullopt); });
  std::thread producer([&] { EXPECT_FALSE(full.push(2)); });
  empty.close();
  full.close();
  consumer.join();
  producer.join();
}

TEST(BoundedQueue, LosesAndDoublesNothingBetweenManyThreads) {
  constexpr int kThreads = 3, kItems = 500;
  BoundedQueue<int> queue(4);
  std::vector<std::atomic<int>> seen(kThreads * kItems);
  std::vector<std::thread> producers, consumers;
  for (int t = 0; t < kThreads; ++t) {
    producers.emplace_back([&, t] {
      for (int i = 0; i < kItems; ++i) queue.push(t * kItems + i);
    });
    consumers.emplace_back([&] {
      while (const std::optional<int> item = queue.pop()) ++seen[static_cast<std::size_t>(*item)];
    });
  }
  for (std::thread& producer : producers) producer.join();
  queue.close();
  for (std::thread& consumer : consumers) consumer.join();
  for (const std::atomic<int>& count : seen) EXPECT_EQ(count.load(), 1);
}

TEST(BoundedQueue, CarriesWhatCanOnlyBeMoved) {
  BoundedQueue<std::unique_ptr<int>> queue(1);
  queue.push(std::make_unique<int>(7));
  const auto item = queue.pop();
  ASSERT_TRUE(item.has_value());
  EXPECT_EQ(**item, 7);
}

}  // namespace
}  // namespace atelier

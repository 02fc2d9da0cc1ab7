#include "pool/intrusive_heap.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <random>
#include <vector>

namespace trunkd {
namespace {

struct Item {
  int key = 0;
  size_t heap_index = kNotInHeap;
};

struct ByKey {
  bool operator()(const Item& a, const Item& b) const { return a.key < b.key; }
};

TEST(IntrusiveHeap, TheSmallestIsOnTopWhateverJoinsMovesAndLeaves) {
  std::mt19937 random(7);  // NOLINT: the same numbers on every run
  std::vector<Item> items(40);
  IntrusiveHeap<Item, ByKey> heap;
  for (int step = 0; step < 5000; ++step) {
    Item& item = items[random() % items.size()];
    if (random() % 3 == 0) {
      heap.remove(item);
      EXPECT_FALSE(heap.contains(item));
    } else {
      item.key = static_cast<int>(random() % 100);
      heap.put(item);
    }
    const Item* smallest = nullptr;
    size_t inside = 0;
    for (const Item& other : items) {
      if (!heap.contains(other)) continue;
      ++inside;
      if (smallest == nullptr || other.key < smallest->key) smallest = &other;
    }
    ASSERT_EQ(heap.size(), inside);
    if (smallest != nullptr) {
      ASSERT_EQ(heap.top()->key, smallest->key);
    }
  }
}

TEST(IntrusiveHeap, IsEmptyAfterTheLastHasLeft) {
  Item item;
  IntrusiveHeap<Item, ByKey> heap;
  heap.put(item);
  heap.remove(item);
  heap.remove(item);
  EXPECT_TRUE(heap.empty());
  EXPECT_EQ(heap.top(), nullptr);
}

}  // namespace
}  // namespace trunkd

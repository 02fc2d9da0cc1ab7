// A binary heap of elements that know their place in it, so that any of them can leave or move.

#pragma once

#include <cassert>
#include <cstddef>
#include <vector>

namespace trunkd {

inline constexpr size_t kNotInHeap = static_cast<size_t>(-1);

// T has a member `size_t heap_index = kNotInHeap` and is in one heap at a time, or has an index for
// each heap that it can be in. `Before` says which of two comes first. The heap owns nothing.
template <typename T, typename Before, size_t T::*kIndex = &T::heap_index>
class IntrusiveHeap {
 public:
  bool empty() const { return items_.empty(); }
  size_t size() const { return items_.size(); }
  T* top() const { return items_.empty() ? nullptr : items_.front(); }
  const std::vector<T*>& items() const { return items_; }  // in no order that means anything
  static bool contains(const T& item) { return item.*kIndex != kNotInHeap; }

  // Adds the item, or moves it to the place that its changed key asks for.
  void put(T& item) {
    if (!contains(item)) {
      items_.push_back(&item);
      item.*kIndex = items_.size() - 1;
    }
    rise(item);
    sink(item);
  }

  void remove(T& item) {  // nothing happens if it is not there
    if (!contains(item)) return;
    const size_t hole = item.*kIndex;
    assert(items_[hole] == &item);
    T* last = items_.back();
    items_.pop_back();
    item.*kIndex = kNotInHeap;
    if (last == &item) return;
    place(*last, hole);
    rise(*last);
    sink(*last);
  }

 private:
  void place(T& item, size_t index) {
    items_[index] = &item;
    item.*kIndex = index;
  }

  void rise(T& item) {
    size_t index = item.*kIndex;
    while (index > 0 && before_(item, *items_[(index - 1) / 2])) {
      place(*items_[(index - 1) / 2], index);
      index = (index - 1) / 2;
    }
    place(item, index);
  }

  void sink(T& item) {
    size_t index = item.*kIndex;
    for (size_t child = 2 * index + 1; child < items_.size(); child = 2 * index + 1) {
      if (child + 1 < items_.size() && before_(*items_[child + 1], *items_[child])) ++child;
      if (!before_(*items_[child], item)) break;
      place(*items_[child], index);
      index = child;
    }
    place(item, index);
  }

  std::vector<T*> items_;
  [[no_unique_address]] Before before_;
};

}  // namespace trunkd

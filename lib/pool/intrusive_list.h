// A doubly linked list through a member of its elements: no allocation, and an element leaves in
// constant time, wherever it stands.

#pragma once

#include <cassert>
#include <cstddef>

namespace trunkd {

template <typename T>
struct ListHook {
  T* previous = nullptr;
  T* next = nullptr;
};

// T has a member `ListHook<T> hook` and is in one list at a time. The list owns nothing.
template <typename T>
class IntrusiveList {
 public:
  bool empty() const { return first_ == nullptr; }
  size_t size() const { return size_; }
  T* front() const { return first_; }
  T* back() const { return last_; }

  void push_back(T& item) {
    item.hook = {last_, nullptr};
    (last_ != nullptr ? last_->hook.next : first_) = &item;
    last_ = &item;
    ++size_;
  }

  void push_front(T& item) {
    item.hook = {nullptr, first_};
    (first_ != nullptr ? first_->hook.previous : last_) = &item;
    first_ = &item;
    ++size_;
  }

  void insert_before(T* place, T& item) {  // nullptr: at the end
    if (place == nullptr) return push_back(item);
    if (place == first_) return push_front(item);
    item.hook = {place->hook.previous, place};
    place->hook.previous->hook.next = &item;
    place->hook.previous = &item;
    ++size_;
  }

  void remove(T& item) {
    assert(size_ > 0);
    (item.hook.previous != nullptr ? item.hook.previous->hook.next : first_) = item.hook.next;
    (item.hook.next != nullptr ? item.hook.next->hook.previous : last_) = item.hook.previous;
    item.hook = {};
    --size_;
  }

  T* pop_front() {  // nullptr if there is none
    T* item = first_;
    if (item != nullptr) remove(*item);
    return item;
  }

 private:
  T* first_ = nullptr;
  T* last_ = nullptr;
  size_t size_ = 0;
};

}  // namespace trunkd

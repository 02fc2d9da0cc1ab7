// Buffer: a queue of bytes between one who reads and one who writes.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace trunkd {

// Appending is amortised constant; consuming moves a mark and gives the memory back when empty, so
// that a connection at rest holds none.
class Buffer {
 public:
  bool empty() const { return size() == 0; }
  size_t size() const { return bytes_.size() - consumed_; }
  std::string_view view() const { return std::string_view(bytes_).substr(consumed_); }

  void append(std::string_view bytes) {
    if (consumed_ > 0 && consumed_ >= bytes_.size() / 2) {
      bytes_.erase(0, consumed_);
      consumed_ = 0;
    }
    bytes_.append(bytes);
  }

  void consume(size_t count) {
    consumed_ += count;
    if (consumed_ >= bytes_.size()) clear();
  }

  void clear() {
    std::string().swap(bytes_);
    consumed_ = 0;
  }

 private:
  std::string bytes_;
  size_t consumed_ = 0;
};

}  // namespace trunkd

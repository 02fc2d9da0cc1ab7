// BatchedWriter: gathers what is written to a transport during one event, so that a head and the
// body behind it leave in one system call.

#pragma once

#include <string>
#include <string_view>

#include "base/transport.h"

namespace trunkd {

// The owner calls flush() at the end of a message and, at the latest, after the current event.
class BatchedWriter {
 public:
  // Small parts are copied; a large one goes out at once behind what has been gathered.
  void write(Transport& transport, std::string_view bytes) {
    if (gathered_.size() + bytes.size() < kFlushAt) {
      gathered_.append(bytes);
      return;
    }
    const std::string_view parts[] = {gathered_, bytes};
    transport.write(parts);
    clear();
  }

  // For a head that is serialised in place; flush() or write() sends it.
  std::string& gathered() { return gathered_; }
  bool empty() const { return gathered_.empty(); }
  size_t size() const { return gathered_.size(); }

  void flush(Transport& transport) {
    if (gathered_.empty()) return;
    transport.write(gathered_);
    clear();
  }

  void release_memory() { std::string().swap(gathered_); }

 private:
  static constexpr size_t kFlushAt = 4096;

  void clear() {
    gathered_.clear();
    if (gathered_.capacity() > 2 * kFlushAt) release_memory();
  }

  std::string gathered_;
};

}  // namespace trunkd

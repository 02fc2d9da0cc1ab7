// RecordBoundary: follows the framing of TLS records, to know whether one is half received.

#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace trunkd {

// mbedTLS keeps the beginning of a record to itself; a connection that has one waiting is not idle.
class RecordBoundary {
 public:
  bool within_record() const { return header_bytes_ > 0 || body_left_ > 0; }

  void pass(std::string_view bytes) {
    while (!bytes.empty()) {
      if (body_left_ > 0) {
        const size_t step = std::min(body_left_, bytes.size());
        body_left_ -= step;
        bytes.remove_prefix(step);
        continue;
      }
      // type, version (2), length (2): RFC 8446, 5.1
      length_ = (length_ << 8 | static_cast<unsigned char>(bytes.front())) & 0xffff;
      bytes.remove_prefix(1);
      if (++header_bytes_ < kHeader) continue;
      body_left_ = length_;
      header_bytes_ = 0;
    }
  }

 private:
  static constexpr size_t kHeader = 5;
  size_t header_bytes_ = 0;
  size_t length_ = 0;
  size_t body_left_ = 0;
};

}  // namespace trunkd

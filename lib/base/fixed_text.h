// FixedText: a short text without an allocation, cut off where it is too long.

#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

namespace trunkd {

template <size_t Capacity>
class FixedText {
 public:
  static_assert(Capacity < UINT16_MAX);

  FixedText() = default;
  explicit FixedText(std::string_view text) { *this = text; }
  FixedText& operator=(std::string_view text) {
    size_ = static_cast<uint16_t>(std::min(text.size(), Capacity));
    std::copy_n(text.data(), size_, bytes_.data());
    return *this;
  }

  std::string_view view() const { return {bytes_.data(), size_}; }
  bool empty() const { return size_ == 0; }

 private:
  uint16_t size_ = 0;
  std::array<char, Capacity> bytes_;
};

}  // namespace trunkd

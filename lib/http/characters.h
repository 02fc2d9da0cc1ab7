// The character classes of HTTP and URIs (RFC 9110, 5.5 and 5.6.2; RFC 3986).

#pragma once

#include <array>
#include <string_view>

namespace trunkd {

// A set of bytes, looked up by one load.
class CharSet {
 public:
  constexpr CharSet& add(std::string_view chars) {
    for (const char c : chars) members_[static_cast<unsigned char>(c)] = true;
    return *this;
  }
  constexpr CharSet& add_range(unsigned char first, unsigned char last) {
    for (unsigned byte = first; byte <= last; ++byte) members_[byte] = true;
    return *this;
  }
  constexpr CharSet& add_alphanumerics() {
    return add_range('0', '9').add_range('A', 'Z').add_range('a', 'z');
  }
  constexpr bool has(char c) const { return members_[static_cast<unsigned char>(c)]; }

 private:
  std::array<bool, 256> members_{};
};

inline constexpr CharSet kTokenChars = CharSet().add_alphanumerics().add("!#$%&'*+-.^_`|~");
// Field values and reason phrases: all but control bytes; bytes from 0x80 are opaque (obs-text).
inline constexpr CharSet kTextChars =
    CharSet().add("\t").add_range(0x20, 0x7e).add_range(0x80, 0xff);
inline constexpr CharSet kVisibleChars = CharSet().add_range(0x21, 0x7e);
// A host as it is written in a Host field, before it is normalized: no percent-encoding, none of
// the sub-delims that RFC 3986 would allow and that no host name has.
inline constexpr CharSet kHostChars = CharSet().add_alphanumerics().add("-._~");

constexpr bool is_token_char(char c) { return kTokenChars.has(c); }
constexpr bool is_text_char(char c) { return kTextChars.has(c); }
constexpr bool is_visible_char(char c) { return kVisibleChars.has(c); }
constexpr bool is_host_char(char c) { return kHostChars.has(c); }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_alpha(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }
constexpr bool is_hex_digit(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

}  // namespace trunkd

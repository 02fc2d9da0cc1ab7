#include "http/query.h"

#include "http/characters.h"

namespace trunkd {
namespace {

constexpr CharSet kUnreserved = CharSet().add_alphanumerics().add("-._~");

int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c - 'A' + 10;
}

// The first byte that `text` stands for; what is no escape stands for itself.
char take_byte(std::string_view& text) {
  const char c = text.front();
  if (c == '%' && text.size() >= 3 && is_hex_digit(text[1]) && is_hex_digit(text[2])) {
    const int byte = hex_value(text[1]) << 4 | hex_value(text[2]);
    text.remove_prefix(3);
    return static_cast<char>(byte);
  }
  text.remove_prefix(1);
  return c == '+' ? ' ' : c;
}

}  // namespace

void append_percent_encoded(std::string& out, std::string_view text) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  for (const char c : text) {
    if (kUnreserved.has(c)) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kHex[byte >> 4];
    out += kHex[byte & 15];
  }
}

bool means(std::string_view written, std::string_view plain) {
  while (!written.empty() && !plain.empty()) {
    if (take_byte(written) != plain.front()) return false;
    plain.remove_prefix(1);
  }
  return written.empty() && plain.empty();
}

bool has_parameter(std::string_view query, std::string_view plain_name) {
  bool found = false;
  for_each_parameter(query, [&](const QueryParameter& parameter, std::string_view) {
    found = found || means(parameter.name, plain_name);
  });
  return found;
}

}  // namespace trunkd

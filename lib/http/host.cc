#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <idn2.h>
#include <memory>

#include "base/text.h"
#include "http/characters.h"
#include "http/url.h"

namespace trunkd {
namespace {

constexpr size_t kMaxName = 253;  // RFC 1035, 2.3.4, as text without the root's dot
constexpr size_t kMaxLabel = 63;
constexpr CharSet kNameChars = CharSet().add_alphanumerics().add("-._");

tl::unexpected<Error> bad_host(std::string_view host, std::string_view why) {
  return failure(ErrorKind::malformed_request,
                 '"' + escaped(host) + "\" is not a host: " + std::string(why));
}

bool is_non_ascii(char c) { return static_cast<unsigned char>(c) >= 0x80; }

// inet_pton wants a terminated string and takes nothing but the strict spellings: four decimal
// numbers without leading zeros, no zone identifiers.
template <typename Address>
bool read_address(int family, std::string_view text, Address& address) {
  std::array<char, INET6_ADDRSTRLEN> terminated{};
  if (text.size() >= terminated.size() || text.find('\0') != text.npos) return false;
  std::copy(text.begin(), text.end(), terminated.begin());
  return inet_pton(family, terminated.data(), &address) == 1;
}

Result<std::string> normalize_ipv6(std::string_view text) {
  in6_addr address;
  if (!read_address(AF_INET6, text, address)) return bad_host(text, "no valid IPv6 address");
  std::array<char, INET6_ADDRSTRLEN> canonical{};
  inet_ntop(AF_INET6, &address, canonical.data(), canonical.size());
  return std::string(canonical.data());
}

// U-labels to A-labels by UTS 46, not transitional. What comes out is checked like any other name:
// full-width digits, for one, become an address here.
Result<std::string> to_a_labels(std::string_view name) {
  const std::string terminated(name);
  char* found = nullptr;
  const int rc =
      idn2_to_ascii_8z(terminated.c_str(), &found, IDN2_NONTRANSITIONAL | IDN2_NFC_INPUT);
  const std::unique_ptr<char, void (*)(char*)> owner(found, [](char* p) { idn2_free(p); });
  if (rc != IDN2_OK) return bad_host(name, idn2_strerror(rc));
  return std::string(found);
}

// A name whose last label is a number is meant as an IPv4 address by much software (inet_aton and
// all browsers): "127.1", "0x7f000001", "017700000001".
bool looks_numeric(std::string_view last_label) {
  if (istarts_with(last_label, "0x")) {
    const std::string_view hex = last_label.substr(2);
    return std::all_of(hex.begin(), hex.end(), is_hex_digit);
  }
  return std::all_of(last_label.begin(), last_label.end(), is_digit);
}

Result<std::string> check_ascii_name(std::string name) {
  if (name.empty() || name.size() > kMaxName) return bad_host(name, "empty or longer than 253");
  size_t start = 0, end = 0;
  for (; end != name.npos; start = end + 1) {
    end = name.find('.', start);
    const size_t size = (end == name.npos ? name.size() : end) - start;
    if (size == 0 || size > kMaxLabel) return bad_host(name, "an empty or too long label");
    if (end == name.npos) break;
  }
  in_addr address;
  if (looks_numeric(std::string_view(name).substr(start)) &&
      !read_address(AF_INET, name, address)) {
    return bad_host(name, "an IPv4 address is written as four decimal numbers");
  }
  return name;
}

std::optional<uint16_t> parse_port(std::string_view digits) {
  const auto port = parse_decimal(digits);
  if (digits.size() > 5 || !port || *port == 0 || *port > 65535) return std::nullopt;
  return static_cast<uint16_t>(*port);
}

}  // namespace

Result<std::string> normalize_host(std::string_view host) {
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    return normalize_ipv6(host.substr(1, host.size() - 2));
  }
  if (host.find(':') != host.npos) return normalize_ipv6(host);

  const auto allowed = [](char c) { return kNameChars.has(c) || is_non_ascii(c); };
  if (!std::all_of(host.begin(), host.end(), allowed)) {
    return bad_host(host, "a character that no host name has");
  }
  std::string name = to_lower(host);
  if (std::any_of(name.begin(), name.end(), is_non_ascii)) {
    auto converted = to_a_labels(name);
    if (!converted) return converted;
    name = to_lower(*converted);
    if (!std::all_of(name.begin(), name.end(), [](char c) { return kNameChars.has(c); })) {
      return bad_host(host, "a character that no host name has");
    }
  }
  if (!name.empty() && name.back() == '.') name.pop_back();
  return check_ascii_name(std::move(name));
}

bool is_ip_literal(std::string_view normalized_host) {
  in_addr address;
  return normalized_host.find(':') != normalized_host.npos ||
         read_address(AF_INET, normalized_host, address);
}

Result<Authority> parse_authority(std::string_view text) {
  const bool bracketed = !text.empty() && text.front() == '[';
  const size_t host_end = bracketed ? text.find(']') + 1 : std::min(text.find(':'), text.size());
  if (bracketed && host_end == 0) return bad_host(text, "no closing bracket");

  const std::string_view rest = text.substr(host_end);
  auto host = normalize_host(text.substr(0, host_end));
  if (!host) return tl::unexpected(host.error());
  if (bracketed && host->find(':') == host->npos) return bad_host(text, "no IPv6 address");
  if (rest.empty()) return Authority{std::move(*host), std::nullopt};

  const auto port = rest.front() == ':' ? parse_port(rest.substr(1)) : std::nullopt;
  if (!port) return bad_host(text, "no port from 1 to 65535 behind it");
  return Authority{std::move(*host), port};
}

}  // namespace trunkd

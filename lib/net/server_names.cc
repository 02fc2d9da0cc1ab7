#include "net/server_names.h"

#include <algorithm>
#include <arpa/inet.h>

#include "base/text.h"

namespace trunkd {
namespace {

constexpr int kDnsNameTag = 2;  // the tags of GeneralName (RFC 5280, 4.2.1.6)
constexpr int kIpAddressTag = 7;
constexpr size_t kNamesInText = 8;

std::string address_text(std::string_view bytes) {
  char text[INET6_ADDRSTRLEN] = "";
  inet_ntop(bytes.size() == 16 ? AF_INET6 : AF_INET, bytes.data(), text, sizeof text);
  return text;
}

}  // namespace

bool dns_name_covers(std::string_view pattern, std::string_view host) {
  if (!pattern.starts_with("*.")) {
    return pattern.find('*') == std::string_view::npos && iequals(pattern, host);
  }
  const std::string_view parent = pattern.substr(2);
  if (parent.find('.') == std::string_view::npos || parent.find('*') != std::string_view::npos) {
    return false;
  }
  const size_t dot = host.find('.');
  return dot != std::string_view::npos && dot > 0 && iequals(host.substr(dot + 1), parent);
}

std::string address_bytes(std::string_view host) {
  const std::string text(host);
  char bytes[16];
  if (inet_pton(AF_INET, text.c_str(), bytes) == 1) return {bytes, 4};
  if (inet_pton(AF_INET6, text.c_str(), bytes) == 1) return {bytes, 16};
  return {};
}

ServerNames ServerNames::of(const mbedtls_x509_crt& certificate) {
  ServerNames names;
  for (const auto* entry = &certificate.subject_alt_names; entry != nullptr; entry = entry->next) {
    if (entry->buf.p == nullptr) continue;
    const std::string_view value(reinterpret_cast<const char*>(entry->buf.p), entry->buf.len);
    const int tag = entry->buf.tag & static_cast<int>(MBEDTLS_ASN1_TAG_VALUE_MASK);
    if (tag == kDnsNameTag) names.dns.push_back(value);
    if (tag == kIpAddressTag && (value.size() == 4 || value.size() == 16)) {
      names.addresses.push_back(value);
    }
  }
  return names;
}

bool ServerNames::cover(std::string_view host) const {
  const std::string address = address_bytes(host);
  if (!address.empty()) {
    return std::find(addresses.begin(), addresses.end(), address) != addresses.end();
  }
  return std::any_of(dns.begin(), dns.end(),
                     [&](std::string_view pattern) { return dns_name_covers(pattern, host); });
}

std::string ServerNames::text() const {
  std::string text;
  size_t count = 0;
  const auto add = [&](const std::string& name) {
    if (++count > kNamesInText) return;
    if (!text.empty()) text += ", ";
    text += name;
  };
  for (const std::string_view name : dns) add(escaped(name));
  for (const std::string_view address : addresses) add(address_text(address));
  if (count > kNamesInText) text += " and " + std::to_string(count - kNamesInText) + " more";
  return text;
}

}  // namespace trunkd

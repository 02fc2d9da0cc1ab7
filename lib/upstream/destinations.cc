#include "upstream/destinations.h"

#include <algorithm>
#include <utility>

namespace trunkd {
namespace {

bool has_port(const DestinationSettings::Named& named, uint16_t port) {
  return named.port ? port == *named.port : port == 80 || port == 443;
}

// As the kernel will see it: it connects a mapped address by IPv4, and 0.0.0.0 and :: to itself.
SocketAddress as_connected(const SocketAddress& address) {
  auto ip = IpAddress::parse(address.host()).value();
  if (const auto carried = carried_ipv4(ip)) ip = *carried;
  if (ip == *IpAddress::parse("0.0.0.0")) ip = *IpAddress::parse("127.0.0.1");
  if (ip == *IpAddress::parse("::")) ip = *IpAddress::parse("::1");
  return *SocketAddress::parse(ip.text(), address.port());
}

// Whatever is looked up (RFC 6761, 6.3).
bool is_localhost(const std::string& host) {
  return host == "localhost" || host.ends_with(".localhost");
}

Error refused(const Origin& origin, const IpAddress& ip, AddressKind kind) {
  const bool literal = IpAddress::parse(origin.host).has_value();
  const std::string at = literal ? origin.host : origin.host + " is at " + ip.text() + ", which";
  return {ErrorKind::address_refused,
          at + " is " + std::string(name_of(kind)) +
              "; a session for many hosts reaches it only if the configuration names it",
          "If it is meant, let the session say allow_private: [" +
              (literal ? '"' + ip.text() + '"' : origin.host) + "], or the network that it is in."};
}

}  // namespace

Destinations::Destinations(const DestinationSettings& settings, IsOwnAddress is_own_address)
    : settings_(settings),
      is_own_address_(std::move(is_own_address)),
      allow_private_(settings.allow_private_named) {
  for (const auto& [host, addresses] : settings_.resolve) {
    for (const std::string& address : addresses) {
      if (const auto parsed = SocketAddress::parse(address, 0)) fixed_[host].push_back(*parsed);
    }
  }
}

const Addresses* Destinations::fixed(const std::string& host) const {
  const auto found = fixed_.find(host);
  return found == fixed_.end() ? nullptr : &found->second;
}

std::optional<Error> Destinations::refuse(const Origin& origin,
                                          const SocketAddress& address) const {
  if (is_loop(address)) {
    return Error{ErrorKind::proxy_loop,
                 origin.authority() + " is " + address.text() + ", a listener of trunkd itself",
                 "Let base_url name the origin, not trunkd."};
  }
  if (!settings_.public_only || may_be_private(origin)) return std::nullopt;
  const IpAddress ip = IpAddress::parse(address.host()).value();
  const AddressKind kind = kind_of(ip);
  if (kind == AddressKind::global) return std::nullopt;
  if (allow_private_.has_address(ip)) return std::nullopt;
  return refused(origin, ip, kind);
}

std::optional<Error> Destinations::refuse_unseen(const Origin& origin) const {
  if (const auto literal = SocketAddress::parse(origin.host, origin.port)) {
    return refuse(origin, *literal);
  }
  if (!is_localhost(origin.host)) return std::nullopt;
  for (const char* loopback : {"127.0.0.1", "::1"}) {
    if (auto refused = refuse(origin, *SocketAddress::parse(loopback, origin.port))) return refused;
  }
  return std::nullopt;
}

bool Destinations::is_loop(const SocketAddress& address) const {
  return is_own_address_ && is_own_address_(as_connected(address));
}

// Somebody has written this host out as one that may be anywhere.
bool Destinations::may_be_private(const Origin& origin) const {
  return settings_.allow_private || fixed(origin.host) != nullptr ||
         allow_private_.has_host(origin.host) ||
         std::any_of(settings_.named.begin(), settings_.named.end(), [&](const auto& named) {
           return named.host == origin.host && has_port(named, origin.port);
         });
}

}  // namespace trunkd

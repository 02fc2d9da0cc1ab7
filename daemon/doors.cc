#include "daemon/doors.h"

#include <algorithm>
#include <cerrno>
#include <utility>

namespace trunkd {
namespace {

constexpr int kPortTries = 20;

// This machine has no IPv6.
bool no_such_family(const Error& error) {
  return error.system_error == EADDRNOTAVAIL || error.system_error == EAFNOSUPPORT;
}

}  // namespace

Doors::Doors(Loop& loop, Log& log, ListenSockets& sockets, OnAccept on_accept)
    : loop_(loop), log_(log), sockets_(sockets), on_accept_(std::move(on_accept)) {}

Result<void> Doors::prepare(const Config& config) {
  forget_prepared();
  Result<void> provided;
  if (config.listen) provided = provide(*config.listen, {std::nullopt, {}});
  for (size_t i = 0; i < config.sessions.size() && provided; ++i) {
    for (const ListenAddress& address : config.sessions[i].listen) {
      if (provided) provided = provide(address, {i, config.sessions[i].name});
    }
  }
  if (!provided) forget_prepared();
  return provided;
}

std::vector<const Arrival*> Doors::commit() {
  for (const Claim& claim : claims_) {
    claim.door->arrival.own_session = claim.wish.session;
    claim.door->session = claim.wish.name;
  }
  std::vector<const Arrival*> gone;
  for (auto& door : doors_) {
    if (door->wanted) continue;
    door->listener->accept_waiting();
    loop_.dispose(std::move(door->listener));
    door->arrival.removed = true;
    gone.push_back(&door->arrival);
    log_.info("no longer listening on " + door->text);
    if (sockets_.has(door->text)) {
      log_.warning(door->text +
                   " is still open in the service manager: who connects there waits "
                   "until its socket unit no longer names it");
    }
    closed_.push_back(std::move(door));
  }
  std::erase(doors_, nullptr);
  for (auto& door : prepared_) doors_.push_back(std::move(door));
  for (const auto& door : doors_) door->wanted = false;
  for (const std::string& line : announcements_) log_.info(line);
  prepared_.clear();
  forget_prepared();
  return gone;
}

void Doors::forget_prepared() {
  for (const auto& door : prepared_) loop_.dispose(std::move(door->listener));
  prepared_.clear();
  for (const Claim& claim : claims_) claim.door->wanted = false;
  claims_.clear();
  announcements_.clear();
  notices_.clear();
}

void Doors::purge(const std::function<bool(const Arrival&)>& in_use) {
  std::erase_if(closed_, [&](const auto& door) { return !in_use(door->arrival); });
}

void Doors::close_all() {
  for (const auto& door : doors_) {
    if (door->listener) door->listener->accept_waiting();
    loop_.dispose(std::move(door->listener));
  }
}

bool Doors::is_own(const SocketAddress& address) const {
  return std::any_of(doors_.begin(), doors_.end(), [&](const auto& door) {
    if (door->text == address.text()) return true;
    const bool any = door->local_ip == (address.is_ipv6() ? "::" : "0.0.0.0");
    return any && address.port() == door->arrival.local_port && is_of_this_machine(address);
  });
}

uint16_t Doors::port(std::string_view session) const {
  for (const auto& door : doors_) {
    if (door->session == session && door->arrival.local_port != 0) return door->arrival.local_port;
  }
  return 0;
}

// --- one entry of the configuration

Result<void> Doors::provide(const ListenAddress& address, const Wish& wish) {
  const size_t first = prepared_.size();
  Result<void> provided;
  switch (address.kind) {
    case ListenAddress::Kind::unix_socket:
      provided = provide_unix(address, wish);
      break;
    case ListenAddress::Kind::loopback_port:
      provided = provide_loopback(address.port, wish);
      break;
    case ListenAddress::Kind::tcp:
      if (find_tcp(address.host, address.port, wish) != nullptr) break;
      if (auto port = open_tcp(address.host, address.port, wish); !port) {
        provided = tl::unexpected(port.error());
      }
      break;
  }
  if (provided && prepared_.size() > first) announce(wish, first);
  return provided;
}

Result<void> Doors::provide_unix(const ListenAddress& address, const Wish& wish) {
  for (const auto& door : doors_) {
    if (!door->arrival.unix_socket || door->unix_address.path != address.path || door->wanted) {
      continue;
    }
    if (door->unix_address != address) {
      notices_.push_back(door->text + ": mode and group change at the next start");
    }
    door->wanted = true;
    claims_.push_back({door.get(), wish});
    return {};
  }
  Door& door = add(wish);
  door.arrival.unix_socket = true;
  door.unix_address = address;
  door.text = "unix:" + address.path;
  auto listener = sockets_.unix_socket(loop_, {address.path, address.mode, address.group},
                                       [this, &door](std::unique_ptr<Transport> transport) {
                                         on_accept_(std::move(transport), door.arrival);
                                       });
  if (!listener) {
    prepared_.pop_back();
    return tl::unexpected(listener.error());
  }
  door.listener = std::move(*listener);
  return {};
}

// Both families on one port.
Result<void> Doors::provide_loopback(uint16_t port, const Wish& wish) {
  const Door* v4 = find_tcp("127.0.0.1", port, wish);
  if (v4 == nullptr) return open_loopback(port, wish);
  const uint16_t bound = v4->arrival.local_port;
  if (find_tcp("::1", bound, wish) != nullptr) return {};
  const auto v6 = open_tcp("::1", bound, wish);
  if (v6 || no_such_family(v6.error())) return {};
  return tl::unexpected(v6.error());
}

// For port 0 the system chooses one for IPv4 that may be taken on IPv6: then another one is tried.
Result<void> Doors::open_loopback(uint16_t port, const Wish& wish) {
  for (int tries = 1;; ++tries) {
    const auto v4 = open_tcp("127.0.0.1", port, wish);
    if (!v4) return tl::unexpected(v4.error());
    if (find_tcp("::1", *v4, wish) != nullptr) return {};
    const auto v6 = open_tcp("::1", *v4, wish);
    if (v6) return {};
    if (no_such_family(v6.error())) {
      log_.info("no IPv6 here: " + v6.error().detail);
      return {};
    }
    prepared_.pop_back();
    if (port != 0 || tries == kPortTries) return tl::unexpected(v6.error());
  }
}

// The port that listens.
Result<uint16_t> Doors::open_tcp(const std::string& host, uint16_t port, const Wish& wish) {
  const auto address = SocketAddress::parse(host, port);
  if (!address) return failure(ErrorKind::internal, host + " is not an IP address");
  Door& door = add(wish);
  door.local_ip = host;
  door.asked_port = port;
  door.arrival.local_ip = door.local_ip;
  auto listener =
      sockets_.tcp(loop_, *address, [this, &door](std::unique_ptr<Transport> transport) {
        on_accept_(std::move(transport), door.arrival);
      });
  if (!listener) {
    prepared_.pop_back();
    return tl::unexpected(with_own_listener(listener.error(), port));
  }
  door.listener = std::move(*listener);
  const uint16_t bound = door.listener->port();
  door.arrival.local_port = bound;
  door.text = SocketAddress::parse(host, bound)->text();
  return bound;
}

// A reload may be refused a port by a listener of ours that it is about to close.
Error Doors::with_own_listener(Error error, uint16_t port) const {
  if (error.system_error != EADDRINUSE) return error;
  for (const auto& door : doors_) {
    if (door->wanted || door->arrival.local_port != port || port == 0) continue;
    error.detail += "; trunkd itself listens on " + door->text +
                    " and closes that only when the whole reload is good: restart it for this "
                    "change";
    break;
  }
  return error;
}

// One that listens already; a free port that was asked for (0) stays the session's.
Doors::Door* Doors::find_tcp(const std::string& host, uint16_t port, const Wish& wish) {
  for (const auto& door : doors_) {
    if (door->wanted || door->local_ip != host) continue;
    const bool is_it = port != 0 ? door->arrival.local_port == port
                                 : door->asked_port == 0 && door->session == wish.name;
    if (!is_it) continue;
    door->wanted = true;
    claims_.push_back({door.get(), wish});
    return door.get();
  }
  return nullptr;
}

Doors::Door& Doors::add(const Wish& wish) {
  Door& door = *prepared_.emplace_back(std::make_unique<Door>());
  door.arrival.own_session = wish.session;
  door.session = wish.name;
  return door;
}

void Doors::announce(const Wish& wish, size_t first) {
  std::string line = wish.session ? "session \"" + wish.name + "\" listens on " : "listening on ";
  for (size_t i = first; i < prepared_.size(); ++i) {
    if (i > first) line += " and ";
    line += prepared_[i]->text;
  }
  announcements_.push_back(std::move(line));
}

}  // namespace trunkd

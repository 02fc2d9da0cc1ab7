#include "net/tcp_race.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace trunkd {
namespace {

constexpr size_t kMostNamed = 3;

// Somebody is there and says no; after that, what is wrong with the way to one address.
int telling(const Error& error) { return error.kind == ErrorKind::connection_refused ? 1 : 0; }

}  // namespace

Addresses order_of_attempts(const Addresses& addresses,
                            const std::optional<SocketAddress>& preferred) {
  Addresses first_come;
  const auto add = [&](const SocketAddress& address) {
    const bool known = std::find(first_come.begin(), first_come.end(), address) != first_come.end();
    if (!known) first_come.push_back(address);
  };
  if (preferred) {
    for (const SocketAddress& address : addresses) {
      if (address.with_port(preferred->port()) == *preferred) add(address);
    }
  }
  for (const SocketAddress& address : addresses) add(address);

  Addresses families[2];  // that of the first address, the other
  for (const SocketAddress& address : first_come) {
    families[address.is_ipv6() != first_come.front().is_ipv6() ? 1 : 0].push_back(address);
  }
  Addresses order;
  for (size_t i = 0; order.size() < first_come.size(); ++i) {
    for (const Addresses& family : families) {
      if (i < family.size()) order.push_back(family[i]);
    }
  }
  return order;
}

TcpRace::TcpRace(Scheduler& scheduler, Connect connect)
    : scheduler_(scheduler),
      connect_(std::move(connect)),
      next_(scheduler, [this] { try_next(); }) {}

void TcpRace::start(Addresses addresses, Done done) {
  assert(!addresses.empty());
  addresses_ = std::move(addresses);
  done_ = std::move(done);
  attempts_.clear();
  error_.reset();
  try_next();
}

void TcpRace::try_next() {
  next_.stop();
  const size_t index = attempts_.size();
  attempts_.push_back({addresses_[index], nullptr});
  attempts_[index].connect = connect_(
      addresses_[index], [this, index](auto connected) { on_result(index, std::move(connected)); });
  if (attempts_.size() < addresses_.size()) next_.start_at(scheduler_.now() + kAttemptDelay);
}

void TcpRace::on_result(size_t index, Result<std::unique_ptr<Transport>> connected) {
  if (connected) {
    next_.stop();
    Winner winner{std::move(*connected), attempts_[index].address};
    attempts_.clear();
    const Done done = std::exchange(done_, nullptr);
    return done(std::move(winner));  // may destroy this race
  }
  note(connected.error());
  attempts_[index].connect.reset();
  if (attempts_.size() < addresses_.size()) return try_next();
  const bool all_failed = std::all_of(attempts_.begin(), attempts_.end(),
                                      [](const Attempt& attempt) { return !attempt.connect; });
  if (!all_failed) return;
  const size_t others = attempts_.size() - 1;
  if (others > 0) {
    error_->detail += "; " + std::to_string(others) +
                      (others > 1 ? " other addresses failed too" : " other address failed too");
  }
  const Done done = std::exchange(done_, nullptr);
  done(tl::unexpected(std::move(*error_)));  // may destroy this race
}

void TcpRace::stop() {
  next_.stop();
  attempts_.clear();
  done_ = nullptr;
}

void TcpRace::note(const Error& error) {
  if (!error_ || telling(error) > telling(*error_)) error_ = error;
}

std::string TcpRace::pending() const {
  std::string text;
  size_t named = 0;
  for (const Attempt& attempt : attempts_) {
    if (!attempt.connect) continue;
    if (++named > kMostNamed) return text + " and others";
    text += (named > 1 ? ", " : "") + attempt.address.text();
  }
  return text;
}

}  // namespace trunkd

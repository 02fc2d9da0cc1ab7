#include "net/connector.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "net/tcp_race.h"
#include "net/tls_client.h"
#include "net/tls_transport.h"

namespace trunkd {

struct Connector::State {
  // In this order; the last two for https only.
  enum class Phase { resolving, connecting, waiting_for_session, handshaking };

  Parts parts;
  const Origin origin;
  const Duration timeout;
  Done done;
  Phase phase = Phase::resolving;
  Dialled dialled;
  SteadyTime started;      // of the whole
  SteadyTime phase_start;  // of the phase
  SteadyTime deadline_at;

  SocketAddress first_choice;  // of the addresses that are tried
  bool for_tls12 = false;      // the handshake's hello is for TLS 1.2 only

  std::unique_ptr<Lookup> lookup;
  TcpRace race;
  std::unique_ptr<HandshakeGate::Wait> turn;
  std::unique_ptr<TlsTransport> tls;
  Timer deadline;

  State(const Parts& of, Origin to, Duration within)
      : parts(of),
        origin(std::move(to)),
        timeout(within),
        race(parts.loop,
             [this](const SocketAddress& address, auto connected) {
               return connect_tcp(parts.loop, address, std::move(connected));
             }),
        deadline(parts.loop, [this] { on_deadline(); }) {}

  void start();
  void on_resolved(Result<Addresses> found);
  Result<Addresses> permitted(const Addresses& found) const;
  void connect(Addresses addresses);
  void on_connected(Result<TcpRace::Winner> connected);
  void wait_for_session();
  void handshake();
  void on_handshake_over(Result<void> result);
  void try_again_for_tls12();
  void on_deadline();
  void finish(Result<Dialled> result);

  Duration next_phase(Phase to);
  std::string peer() const;
  std::string seconds() const;
};

Connector::Connector(const Parts& parts, Origin origin, Duration timeout)
    : state_(std::make_unique<State>(parts, std::move(origin), timeout)) {}

Connector::~Connector() = default;

void Connector::start(Done done) {
  state_->done = std::move(done);
  state_->start();
}

void Connector::State::start() {
  started = phase_start = parts.loop.now();
  deadline_at = started + timeout;
  deadline.start_at(deadline_at);
  const Addresses* fixed = parts.rules != nullptr ? parts.rules->fixed(origin.host) : nullptr;
  const auto resolved = [this](Result<Addresses> found) { on_resolved(std::move(found)); };
  lookup = fixed != nullptr ? parts.addresses.answer(*fixed, origin.port, resolved)
                            : parts.addresses.resolve(origin.host, origin.port, resolved);
}

// Returns how long the phase before took.
Duration Connector::State::next_phase(Phase to) {
  const SteadyTime now = parts.loop.now();
  phase = to;
  return now - std::exchange(phase_start, now);
}

void Connector::State::on_resolved(Result<Addresses> found) {
  if (found) found = permitted(*found);
  if (!found) return finish(tl::unexpected(found.error()));
  dialled.times.dns = next_phase(Phase::connecting);
  connect(order_of_attempts(*found, parts.addresses.preferred(origin.host)));
}

// Judged after the lookup, and what is connected to is what was judged. Error: that of the first if
// none is left.
Result<Addresses> Connector::State::permitted(const Addresses& found) const {
  if (parts.rules == nullptr) return found;
  Addresses good;
  std::optional<Error> reason;
  for (const SocketAddress& address : found) {
    auto refused = parts.rules->refuse(origin, address);
    if (!refused) good.push_back(address);
    if (refused && !reason) reason = std::move(refused);
  }
  if (good.empty() && reason) return tl::unexpected(std::move(*reason));
  return good;
}

void Connector::State::connect(Addresses addresses) {
  first_choice = addresses.front();
  race.start(std::move(addresses), [this](auto connected) { on_connected(std::move(connected)); });
}

void Connector::State::on_connected(Result<TcpRace::Winner> connected) {
  if (!connected) return finish(tl::unexpected(connected.error()));
  // If the first one is as good as ever, the order of the next lookup counts: it may spread load.
  if (connected->address != first_choice) parts.addresses.prefer(origin.host, connected->address);
  dialled.address = connected->address.text();
  dialled.socket_address = connected->address;
  dialled.transport = std::move(connected->transport);
  if (!origin.secure()) {
    dialled.times.connect = next_phase(Phase::connecting);
    return finish(std::move(dialled));
  }
  dialled.times.connect = next_phase(Phase::waiting_for_session);
  wait_for_session();
}

// Somebody else's full handshake may soon have a session that is resumed at a fraction of the cost.
void Connector::State::wait_for_session() {
  TlsContext::State& context = *parts.tls->state();
  const std::string key = context.key(origin);
  const SteadyTime now = parts.loop.now();
  if (context.sessions.find(key, now) != nullptr || !context.gate.should_wait(key)) {
    return handshake();
  }
  const Duration left = std::max(deadline_at - now, Duration(0));
  turn = context.gate.wait(parts.loop, key, now + left / 3, [this] { handshake(); });
}

void Connector::State::handshake() {
  phase = Phase::handshaking;
  const auto& context = parts.tls->state();
  if (auto loaded = context->load_trust(); !loaded) return finish(tl::unexpected(loaded.error()));
  const std::string key = context->key(origin);
  auto shared = context->shared_for(origin);
  if (!shared) return finish(tl::unexpected(shared.error()));
  for_tls12 = context->is_tls12(key);
  std::unique_ptr<HandshakeGate::Lead> lead;
  if (context->sessions.find(key, parts.loop.now()) == nullptr) {
    lead = context->gate.lead(parts.loop, key);
  }
  tls = std::make_unique<TlsTransport>(
      parts.loop, std::move(dialled.transport), std::move(*shared),
      make_client_side(context, parts.loop, origin, peer(), std::move(lead)));
  tls->handshake([this](Result<void> result) { on_handshake_over(std::move(result)); });
}

void Connector::State::on_handshake_over(Result<void> result) {
  dialled.times.tls = next_phase(Phase::handshaking);
  if (!result && parts.tls->state()->is_tls12(parts.tls->state()->key(origin)) && !for_tls12) {
    return try_again_for_tls12();
  }
  if (!result) return finish(tl::unexpected(result.error()));
  dialled.tls_resumed = tls->resumed();
  dialled.tls = tls->facts();
  dialled.transport = std::move(tls);
  finish(std::move(dialled));
}

void Connector::State::try_again_for_tls12() {
  parts.loop.dispose(std::move(tls));
  phase = Phase::connecting;
  connect({dialled.socket_address});
}

void Connector::State::on_deadline() {
  switch (phase) {
    case Phase::resolving:
      return finish(failure(ErrorKind::dns_timeout,
                            "looking up " + origin.host + " took longer than " + seconds()));
    case Phase::connecting:
      return finish(failure(ErrorKind::connect_timeout,
                            "connecting to " + race.pending() + " took longer than " + seconds()));
    case Phase::waiting_for_session:
    case Phase::handshaking:
      return finish(failure(ErrorKind::connect_timeout, "the TLS handshake with " + peer() +
                                                            " was not over after " + seconds()));
  }
}

std::string Connector::State::peer() const { return origin.host + " (" + dialled.address + ')'; }

std::string Connector::State::seconds() const {
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(timeout).count();
  return ms % 1000 == 0 ? std::to_string(ms / 1000) + " s" : std::to_string(ms) + " ms";
}

void Connector::State::finish(Result<Dialled> result) {
  if (!result && phase != Phase::resolving) parts.addresses.forget_preferred(origin.host);
  deadline.stop();
  lookup.reset();
  race.stop();
  turn.reset();
  parts.loop.dispose(std::move(tls));
  const Done tell = std::exchange(done, nullptr);
  tell(std::move(result));  // may destroy this connector
}

}  // namespace trunkd

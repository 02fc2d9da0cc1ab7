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
  // In this order; asking with a proxy's handshake only, the last two for https only.
  enum class Phase { resolving, connecting, asking, waiting_for_session, handshaking };

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
  std::unique_ptr<ProxyHandshake> proxy;
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
  void ask_proxy(std::unique_ptr<ProxyHandshake> handshake);
  void on_way_opened(Result<OpenedWay> way);
  void talk_to_origin();
  void wait_for_session();
  void handshake();
  void on_handshake_over(Result<void> result);
  void try_again_for_tls12();
  void on_deadline();
  void finish(Result<Dialled> result);

  Duration next_phase(Phase to);
  const NextHop* hop() const { return parts.next_hop; }
  const std::string& first_host() const { return hop() != nullptr ? hop()->host() : origin.host; }
  Error told_of_hop(Error error) const;
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
  const uint16_t port = hop() != nullptr ? hop()->port() : origin.port;
  const Addresses* fixed = parts.rules != nullptr ? parts.rules->fixed(first_host()) : nullptr;
  const auto resolved = [this](Result<Addresses> found) { on_resolved(std::move(found)); };
  lookup = fixed != nullptr ? parts.addresses.answer(*fixed, port, resolved)
                            : parts.addresses.resolve(first_host(), port, resolved, parts.asker);
}

// Returns how long the phase before took.
Duration Connector::State::next_phase(Phase to) {
  const SteadyTime now = parts.loop.now();
  phase = to;
  return now - std::exchange(phase_start, now);
}

void Connector::State::on_resolved(Result<Addresses> found) {
  if (!found) return finish(tl::unexpected(told_of_hop(found.error())));
  found = permitted(*found);
  if (!found) return finish(tl::unexpected(found.error()));
  dialled.times.dns = next_phase(Phase::connecting);
  connect(order_of_attempts(*found, parts.addresses.preferred(first_host())));
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
  if (!connected) return finish(tl::unexpected(told_of_hop(connected.error())));
  // If the first one is as good as ever, the order of the next lookup counts: it may spread load.
  if (connected->address != first_choice) parts.addresses.prefer(first_host(), connected->address);
  dialled.address = connected->address.text();
  dialled.socket_address = connected->address;
  dialled.transport = std::move(connected->transport);
  auto handshake = hop() != nullptr ? hop()->handshake(origin) : nullptr;
  if (handshake) return ask_proxy(std::move(handshake));
  talk_to_origin();
}

void Connector::State::ask_proxy(std::unique_ptr<ProxyHandshake> handshake) {
  phase = Phase::asking;
  proxy = std::move(handshake);
  proxy->start(std::move(dialled.transport),
               [this](Result<OpenedWay> way) { on_way_opened(std::move(way)); });
}

void Connector::State::on_way_opened(Result<OpenedWay> way) {
  if (!way) return finish(tl::unexpected(way.error()));
  parts.loop.dispose(std::move(proxy));
  dialled.transport = std::move(way->transport);
  dialled.first_bytes = std::move(way->first_bytes);
  // Neither TLS nor HTTP lets a server speak first, so these are not the origin's.
  if (!dialled.first_bytes.empty() && !origin.is_tunnel()) {
    return finish(failure(ErrorKind::proxy_protocol,
                          "the proxy " + hop()->name() + " sent bytes behind its answer, before " +
                              origin.authority() + " was asked anything"));
  }
  talk_to_origin();
}

void Connector::State::talk_to_origin() {
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
      return finish(tl::unexpected(
          told_of_hop({ErrorKind::dns_timeout,
                       "looking up " + first_host() + " took longer than " + seconds()})));
    case Phase::connecting:
      return finish(tl::unexpected(
          told_of_hop({ErrorKind::connect_timeout,
                       "connecting to " + race.pending() + " took longer than " + seconds()})));
    case Phase::asking:
      return finish(failure(ErrorKind::connect_timeout,
                            "the proxy " + hop()->name() + " had not opened the way to " +
                                origin.authority() + " after " + seconds()));
    case Phase::waiting_for_session:
    case Phase::handshaking:
      return finish(failure(ErrorKind::connect_timeout, "the TLS handshake with " + peer() +
                                                            " was not over after " + seconds()));
  }
}

// Who reads that a connection failed would look for the fault at the origin.
Error Connector::State::told_of_hop(Error error) const {
  if (hop() == nullptr) return error;
  error.detail = "the proxy " + hop()->name() + " cannot be reached: " + error.detail;
  if (error.kind != ErrorKind::dns_timeout && error.kind != ErrorKind::connect_timeout) {
    error.setting = hop()->setting();
  }
  return error;
}

std::string Connector::State::peer() const {
  const std::string way = hop() != nullptr ? "through the proxy " + hop()->name() : dialled.address;
  return origin.host + " (" + way + ')';
}

std::string Connector::State::seconds() const {
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(timeout).count();
  return ms % 1000 == 0 ? std::to_string(ms / 1000) + " s" : std::to_string(ms) + " ms";
}

void Connector::State::finish(Result<Dialled> result) {
  // What comes after the connection to a proxy says nothing about the proxy's address.
  const bool of_first_host =
      hop() == nullptr ? phase != Phase::resolving : phase == Phase::connecting;
  if (!result && of_first_host) parts.addresses.forget_preferred(first_host());
  deadline.stop();
  lookup.reset();
  race.stop();
  turn.reset();
  parts.loop.dispose(std::move(proxy));
  parts.loop.dispose(std::move(tls));
  parts.loop.dispose(std::move(dialled.transport));  // null unless it ends in a failure
  const Done tell = std::exchange(done, nullptr);
  tell(std::move(result));  // may destroy this connector
}

}  // namespace trunkd

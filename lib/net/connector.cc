#include "net/connector.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "event/tcp_connect.h"
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

  std::vector<SocketAddress> addresses;
  size_t next_address = 0;
  std::optional<Error> last_error;  // of an address that was tried
  bool for_tls12 = false;           // the handshake's hello is for TLS 1.2 only

  std::unique_ptr<Lookup> lookup;
  std::unique_ptr<TcpConnect> attempt;
  std::unique_ptr<HandshakeGate::Wait> turn;
  std::unique_ptr<TlsTransport> tls;
  Timer deadline;
  Timer attempt_deadline;

  State(const Parts& of, Origin to, Duration within)
      : parts(of),
        origin(std::move(to)),
        timeout(within),
        deadline(parts.loop, [this] { on_deadline(); }),
        attempt_deadline(parts.loop, [this] { on_attempt_deadline(); }) {}

  void start();
  void on_resolved(Result<std::vector<SocketAddress>> found);
  void try_next_address();
  void on_attempt_deadline();
  void on_connected(Result<std::unique_ptr<Transport>> connected);
  void wait_for_session();
  void handshake();
  void on_handshake_over(Result<void> result);
  void try_again_for_tls12();
  void on_deadline();
  void finish(Result<Dialled> result);

  Duration next_phase(Phase to);
  std::string current_address() const { return addresses[next_address - 1].text(); }
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
  lookup = parts.resolver.resolve(origin.host, origin.port,
                                  [this](auto found) { on_resolved(std::move(found)); });
}

// Returns how long the phase before took.
Duration Connector::State::next_phase(Phase to) {
  const SteadyTime now = parts.loop.now();
  phase = to;
  return now - std::exchange(phase_start, now);
}

void Connector::State::on_resolved(Result<std::vector<SocketAddress>> found) {
  if (!found) return finish(tl::unexpected(found.error()));
  dialled.times.dns = next_phase(Phase::connecting);
  addresses = std::move(*found);
  try_next_address();
}

// One after the other, each with its share of the time that is left. (Racing them, RFC 8305, would
// start the next one here before this one has failed.)
void Connector::State::try_next_address() {
  if (next_address == addresses.size()) return finish(tl::unexpected(*last_error));
  const auto left = static_cast<Duration::rep>(addresses.size() - next_address);
  const SteadyTime now = parts.loop.now();
  attempt_deadline.start_at(now + std::max(deadline_at - now, Duration(0)) / left);
  const SocketAddress& address = addresses[next_address++];
  attempt = connect_tcp(parts.loop, address,
                        [this](auto connected) { on_connected(std::move(connected)); });
}

void Connector::State::on_attempt_deadline() {
  if (next_address == addresses.size()) return;  // the last one's is that of the whole
  last_error = Error{
      ErrorKind::connect_timeout, "connecting to " + current_address() + " took too long", {}};
  try_next_address();
}

void Connector::State::on_connected(Result<std::unique_ptr<Transport>> connected) {
  attempt_deadline.stop();
  if (!connected) {
    last_error = connected.error();
    return try_next_address();
  }
  dialled.address = current_address();
  dialled.transport = std::move(*connected);
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
  dialled.transport = std::move(tls);
  finish(std::move(dialled));
}

void Connector::State::try_again_for_tls12() {
  parts.loop.dispose(std::move(tls));
  --next_address;
  phase = Phase::connecting;
  try_next_address();
}

void Connector::State::on_deadline() {
  switch (phase) {
    case Phase::resolving:
      return finish(failure(ErrorKind::dns_timeout,
                            "looking up " + origin.host + " took longer than " + seconds()));
    case Phase::connecting:
      return finish(failure(ErrorKind::connect_timeout, "connecting to " + current_address() +
                                                            " took longer than " + seconds()));
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
  deadline.stop();
  attempt_deadline.stop();
  lookup.reset();
  attempt.reset();
  turn.reset();
  parts.loop.dispose(std::move(tls));
  const Done tell = std::exchange(done, nullptr);
  tell(std::move(result));  // may destroy this connector
}

}  // namespace trunkd

#include "net/tls_transport.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <mbedtls/x509_crt.h>
#include <utility>

namespace trunkd {
namespace {

constexpr size_t kFlushAt = size_t{64} * 1024;  // records of one write() that leave together

bool means_later(int status) {
  return status == MBEDTLS_ERR_SSL_WANT_READ || status == MBEDTLS_ERR_SSL_WANT_WRITE;
}

WallTime wall_time(const mbedtls_x509_time& time) {  // of a certificate, so UTC (RFC 5280, 4.1.2.5)
  namespace chrono = std::chrono;
  const chrono::year_month_day day{chrono::year(time.year),
                                   chrono::month(static_cast<unsigned>(time.mon)),
                                   chrono::day(static_cast<unsigned>(time.day))};
  return chrono::sys_days(day) + chrono::hours(time.hour) + chrono::minutes(time.min) +
         chrono::seconds(time.sec);
}

// mbedTLS asks for more although bytes are left, or a message that it has taken out and not looked
// at: around tickets of TLS 1.3. Only when it has stalled twice is there nothing more to get.
class StallCount {
 public:
  void progressed() { stalls_ = 0; }
  bool may_call_again(size_t unread_before, size_t unread, bool pending) {
    stalls_ = unread == unread_before ? stalls_ + 1 : 0;
    return (unread > 0 || pending) && stalls_ < 2;
  }

 private:
  int stalls_ = 0;
};

}  // namespace

TlsTransport::TlsTransport(Scheduler& scheduler, std::unique_ptr<Transport> lower,
                           std::shared_ptr<TlsShared> shared, std::unique_ptr<TlsSide> side)
    : shared_(std::move(shared)),
      lower_(std::move(lower)),
      side_(std::move(side)),
      process_later_(scheduler, [this] { process(); }) {
  lower_->set_listener(this);
}

TlsTransport::~TlsTransport() { lower_->set_listener(nullptr); }

void TlsTransport::handshake(Done done) {
  handshake_done_ = std::move(done);
  int status = mbedtls_ssl_setup(tls_.get(), shared_->config.get());
  if (status == 0) {
    mbedtls_ssl_set_bio(tls_.get(), this, &send, &receive, nullptr);
    status = side_->prepare(*tls_.get());
  }
  if (status != 0) error_ = side_->handshake_error(status);
  lower_->start_reading();
  process_later_.schedule();
}

// True if `call`, which speaks to somebody, has not destroyed this transport.
template <typename Call>
bool TlsTransport::survives(Call call) {
  const std::weak_ptr<void> watched = alive_;
  call();
  return !watched.expired();
}

bool TlsTransport::wants_bytes() const {
  return reading_ && listener_ != nullptr && !ended_ && state_ == State::open;
}

TlsFacts TlsTransport::facts() const {
  TlsFacts facts;
  const bool tls13 = mbedtls_ssl_get_version_number(tls_.get()) == MBEDTLS_SSL_VERSION_TLS1_3;
  facts.version = tls13 ? TlsVersion::tls13 : TlsVersion::tls12;
  if (const mbedtls_x509_crt* certificate = mbedtls_ssl_get_peer_cert(tls_.get())) {
    facts.certificate_not_after = wall_time(certificate->valid_to);
  }
  return facts;
}

void TlsTransport::set_listener(TransportListener* listener) {
  listener_ = listener;
  process_later_.schedule();  // what could not be told to nobody
}

// What was received before may be waiting inside: it comes without new bytes from below.
void TlsTransport::start_reading() {
  reading_ = true;
  lower_->start_reading();
  if (has_buffered_input() || lower_ended_) process_later_.schedule();
}

void TlsTransport::stop_reading() {
  reading_ = false;
  if (state_ != State::handshaking) lower_->stop_reading();
}

bool TlsTransport::has_buffered_input() const {
  return unread() > 0 || boundary_.within_record() || mbedtls_ssl_check_pending(tls_.get()) != 0;
}

void TlsTransport::on_bytes(std::string_view bytes) {
  fresh_ = bytes;
  if (!survives([this] { process(); })) return;
  if (!ended_) left_over_.append(fresh_);
  fresh_ = {};
}

void TlsTransport::on_end() {
  lower_ended_ = true;
  process();  // may destroy this transport
}

void TlsTransport::on_transport_error(const Error& error) {
  if (!error_) {
    error_ = state_ == State::handshaking ? side_->handshake_failed(error.detail) : error;
  }
  process();  // may destroy this transport
}

void TlsTransport::on_drained() {
  if (listener_ != nullptr) listener_->on_drained();  // may destroy this transport
}

void TlsTransport::process() {
  if (state_ == State::handshaking) return step_handshake();
  if (wants_bytes()) return step_reading();
  report();  // may destroy this transport
}

void TlsTransport::step_handshake() {
  if (!handshake_done_) return;
  StallCount stalls;
  for (;;) {
    if (error_) return finish_handshake(tl::unexpected(*error_));
    const size_t before = unread();
    const int status = side_->handshake(*tls_.get());
    flush();
    if (status == 0) {
      side_->on_handshake_over(*tls_.get());
      return finish_handshake({});
    }
    if (!means_later(status))
      return finish_handshake(tl::unexpected(side_->handshake_error(status)));
    if (!stalls.may_call_again(before, unread(), mbedtls_ssl_check_pending(tls_.get()) != 0)) break;
  }
  if (lower_ended_) {
    finish_handshake(tl::unexpected(side_->handshake_failed("the connection was closed")));
  }
}

void TlsTransport::finish_handshake(Result<void> result) {
  state_ = result ? State::open : State::broken;
  error_.reset();
  if (!result || !reading_) lower_->stop_reading();
  const Done done = std::exchange(handshake_done_, nullptr);
  done(std::move(result));  // may destroy this transport
}

void TlsTransport::step_reading() {
  const std::shared_ptr<TlsShared> shared = shared_;  // has the bytes that a listener looks at
  StallCount stalls;
  while (wants_bytes()) {
    const size_t before = unread();
    const int status =
        mbedtls_ssl_read(tls_.get(), shared->plaintext.data(), shared->plaintext.size());
    flush();
    if (!means_later(status)) stalls.progressed();
    if (status > 0) {
      const auto* bytes = reinterpret_cast<const char*>(shared->plaintext.data());
      if (!deliver({bytes, static_cast<size_t>(status)})) return;
    } else if (status == MBEDTLS_ERR_SSL_RECEIVED_NEW_SESSION_TICKET) {
      side_->on_ticket(*tls_.get());
    } else if (means_later(status)) {
      if (!stalls.may_call_again(before, unread(), mbedtls_ssl_check_pending(tls_.get()) != 0)) {
        break;
      }
    } else if (status == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY) {
      ended_ = true;
      lower_->stop_reading();
      listener_->on_end();  // may destroy this transport
      return;
    } else {
      error_ = Error{ErrorKind::connection_terminated,
                     "the TLS connection broke: " + mbedtls_words(status),
                     {}};
      break;
    }
  }
  if (lower_ended_ && wants_bytes() && !error_) {
    error_ = Error{ErrorKind::connection_terminated, "ended without close_notify", {}};
  }
  report();  // may destroy this transport
}

// False if this transport is gone.
bool TlsTransport::deliver(std::string_view bytes) {
  if (!std::exchange(got_bytes_, true)) side_->on_first_bytes();
  return survives([&] { listener_->on_bytes(bytes); });
}

// Errors that were found inside a command, or while nobody listened, are told from here.
void TlsTransport::report() {
  if (!error_ || error_told_) return;
  state_ = State::broken;
  if (listener_ == nullptr) return;
  error_told_ = true;
  lower_->stop_reading();
  listener_->on_transport_error(*error_);  // may destroy this transport
}

int TlsTransport::receive(void* self, unsigned char* into, size_t size) {
  auto& transport = *static_cast<TlsTransport*>(self);
  const bool from_left_over = !transport.left_over_.empty();
  const std::string_view source = from_left_over ? transport.left_over_.view() : transport.fresh_;
  const std::string_view taken = source.substr(0, size);
  if (taken.empty()) return MBEDTLS_ERR_SSL_WANT_READ;
  std::memcpy(into, taken.data(), taken.size());
  transport.boundary_.pass(taken);
  if (from_left_over) {
    transport.left_over_.consume(taken.size());
  } else {
    transport.fresh_.remove_prefix(taken.size());
  }
  return static_cast<int>(taken.size());
}

int TlsTransport::send(void* self, const unsigned char* bytes, size_t size) {
  auto& transport = *static_cast<TlsTransport*>(self);
  transport.shared_->outgoing.append(reinterpret_cast<const char*>(bytes), size);
  if (transport.shared_->outgoing.size() >= kFlushAt) transport.flush();
  return static_cast<int>(size);
}

void TlsTransport::flush() {
  std::string& outgoing = shared_->outgoing;
  if (outgoing.empty()) return;
  lower_->write(outgoing);
  outgoing.clear();
}

// Small parts share a record; a large one is sealed from where it is.
size_t TlsTransport::write(std::span<const std::string_view> parts) {
  if (state_ != State::open || shut_down_ || error_) return queued();
  std::string& gathered = shared_->gathered;
  gathered.clear();
  int status = 0;
  for (std::string_view part : parts) {
    while (!part.empty() && status == 0) {
      if (gathered.empty() && part.size() >= kMaxRecord) {
        status = seal(part.data(), kMaxRecord);
        part.remove_prefix(kMaxRecord);
        continue;
      }
      const size_t fits = std::min(part.size(), kMaxRecord - gathered.size());
      gathered.append(part.substr(0, fits));
      part.remove_prefix(fits);
      if (gathered.size() < kMaxRecord) continue;
      status = seal(gathered.data(), gathered.size());
      gathered.clear();
    }
  }
  if (status == 0) status = seal(gathered.data(), gathered.size());
  flush();
  if (status < 0) {
    error_ = Error{ErrorKind::tls_protocol, "TLS could not encrypt: " + mbedtls_words(status), {}};
    process_later_.schedule();
  }
  return queued();
}

// Returns 0 or mbedTLS's error. send() takes everything, so nothing is ever left half written.
int TlsTransport::seal(const char* bytes, size_t size) {
  while (size > 0) {
    const int status =
        mbedtls_ssl_write(tls_.get(), reinterpret_cast<const unsigned char*>(bytes), size);
    if (status < 0) return status;
    bytes += status;
    size -= static_cast<size_t>(status);
  }
  return 0;
}

void TlsTransport::shutdown() {
  if (state_ != State::open || std::exchange(shut_down_, true)) return;
  mbedtls_ssl_close_notify(tls_.get());
  flush();
  lower_->shutdown();
}

}  // namespace trunkd

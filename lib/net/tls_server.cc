#include "net/tls_server.h"

#include <mbedtls/ssl_cache.h>
#include <mbedtls/ssl_ticket.h>
#include <utility>

#include "net/tls_transport.h"

namespace trunkd {
namespace {

using SessionCache =
    MbedOwned<mbedtls_ssl_cache_context, mbedtls_ssl_cache_init, mbedtls_ssl_cache_free>;
using TicketKeys =
    MbedOwned<mbedtls_ssl_ticket_context, mbedtls_ssl_ticket_init, mbedtls_ssl_ticket_free>;

constexpr uint32_t kTicketSeconds = 86400;

mbedtls_ssl_protocol_version protocol(TlsVersion version) {
  return version == TlsVersion::tls13 ? MBEDTLS_SSL_VERSION_TLS1_3 : MBEDTLS_SSL_VERSION_TLS1_2;
}

}  // namespace

struct TlsServerContext::State {
  Certificates certificates;
  Certificates client_authority;
  PrivateKey key;
  SessionCache cache;
  TicketKeys tickets;
  bool found_session = false;  // in the step of a handshake that is on the stack
  std::shared_ptr<TlsShared> shared = std::make_shared<TlsShared>();

  Result<void> load(const TlsServerSettings& settings);
  Result<void> configure(const TlsServerSettings& settings);

  static int read_ticket(void* state, mbedtls_ssl_session* session, unsigned char* ticket,
                         size_t size) {
    auto& self = *static_cast<State*>(state);
    const int status = mbedtls_ssl_ticket_parse(self.tickets.get(), session, ticket, size);
    self.found_session |= status == 0;
    return status;
  }
  static int write_ticket(void* state, const mbedtls_ssl_session* session, unsigned char* start,
                          const unsigned char* end, size_t* size, uint32_t* lifetime) {
    auto& self = *static_cast<State*>(state);
    return mbedtls_ssl_ticket_write(self.tickets.get(), session, start, end, size, lifetime);
  }
  static int read_cache(void* state, const unsigned char* id, size_t size,
                        mbedtls_ssl_session* session) {
    auto& self = *static_cast<State*>(state);
    const int status = mbedtls_ssl_cache_get(self.cache.get(), id, size, session);
    self.found_session |= status == 0;
    return status;
  }
  static int write_cache(void* state, const unsigned char* id, size_t size,
                         const mbedtls_ssl_session* session) {
    return mbedtls_ssl_cache_set(static_cast<State*>(state)->cache.get(), id, size, session);
  }
};

namespace {

class ServerSide final : public TlsSide {
 public:
  ServerSide(std::shared_ptr<const void> keep_alive, bool& found_session,
             std::shared_ptr<std::string> client)
      : keep_alive_(std::move(keep_alive)),
        found_session_(found_session),
        client_(std::move(client)) {}

  int prepare(mbedtls_ssl_context&) override { return 0; }

  int handshake(mbedtls_ssl_context& connection) override {
    found_session_ = false;
    const int status = mbedtls_ssl_handshake(&connection);
    resumed_ |= found_session_;
    return status;
  }

  void on_handshake_over(mbedtls_ssl_context& connection) override {
    const mbedtls_x509_crt* shown = mbedtls_ssl_get_peer_cert(&connection);
    char text[256];
    if (shown == nullptr) return;
    if (mbedtls_x509_dn_gets(text, sizeof text, &shown->subject) > 0) *client_ = text;
  }
  void on_ticket(mbedtls_ssl_context&) override {}
  void on_first_bytes() override {}
  bool resumed() const override { return resumed_; }

  std::string peer() const override { return "a client"; }

 private:
  const std::shared_ptr<const void> keep_alive_;
  bool& found_session_;
  const std::shared_ptr<std::string> client_;
  bool resumed_ = false;
};

class Accept final : public TlsAccept {
 public:
  using Done = std::function<void(Result<TlsAccepted>)>;

  Accept(std::unique_ptr<TlsTransport> transport, std::shared_ptr<const std::string> client,
         Done done)
      : transport_(std::move(transport)), client_(std::move(client)), done_(std::move(done)) {
    transport_->handshake([this](Result<void> result) { finish(std::move(result)); });
  }

 private:
  void finish(Result<void> result) {
    const Done done = std::exchange(done_, nullptr);
    if (!result) return done(tl::unexpected(result.error()));  // may destroy this
    const bool resumed = transport_->resumed();
    done(TlsAccepted{std::move(transport_), resumed, *client_});  // may destroy this
  }

  std::unique_ptr<TlsTransport> transport_;
  const std::shared_ptr<const std::string> client_;
  Done done_;
};

}  // namespace

Result<void> TlsServerContext::State::load(const TlsServerSettings& settings) {
  const auto bytes = [](const std::string& pem) {
    return reinterpret_cast<const unsigned char*>(pem.c_str());
  };
  int status = mbedtls_x509_crt_parse(certificates.get(), bytes(settings.certificate),
                                      settings.certificate.size() + 1);
  if (status != 0) {
    return failure(ErrorKind::internal, "cannot read the certificate: " + mbedtls_words(status));
  }
  status = mbedtls_pk_parse_key(key.get(), bytes(settings.key), settings.key.size() + 1, nullptr, 0,
                                mbedtls_psa_get_random, MBEDTLS_PSA_RANDOM_STATE);
  if (status != 0) {
    return failure(ErrorKind::internal, "cannot read the key: " + mbedtls_words(status));
  }
  if (settings.client_authority.empty()) return {};
  status = mbedtls_x509_crt_parse(client_authority.get(), bytes(settings.client_authority),
                                  settings.client_authority.size() + 1);
  if (status != 0) {
    return failure(ErrorKind::internal,
                   "cannot read the authority of clients: " + mbedtls_words(status));
  }
  return {};
}

Result<void> TlsServerContext::State::configure(const TlsServerSettings& settings) {
  mbedtls_ssl_config* config = shared->config.get();
  mbedtls_ssl_conf_min_tls_version(config, protocol(settings.min_version));
  mbedtls_ssl_conf_max_tls_version(config, protocol(settings.max_version));
  int status = mbedtls_ssl_conf_own_cert(config, certificates.get(), key.get());
  if (!settings.client_authority.empty()) {
    mbedtls_ssl_conf_authmode(config, MBEDTLS_SSL_VERIFY_REQUIRED);
    mbedtls_ssl_conf_ca_chain(config, client_authority.get(), nullptr);
  }
  if (settings.tickets) {
    if (status == 0) {
      status =
          mbedtls_ssl_ticket_setup(tickets.get(), mbedtls_psa_get_random, MBEDTLS_PSA_RANDOM_STATE,
                                   MBEDTLS_CIPHER_AES_256_GCM, kTicketSeconds);
    }
    mbedtls_ssl_conf_session_tickets_cb(config, &write_ticket, &read_ticket, this);
  }
  mbedtls_ssl_conf_session_cache(config, this, &read_cache, &write_cache);
  if (status != 0) return failure(ErrorKind::internal, "mbedTLS: " + mbedtls_words(status));
  return {};
}

Result<std::unique_ptr<TlsServerContext>> TlsServerContext::create(
    const TlsServerSettings& settings) {
  auto state = std::make_shared<State>();
  auto ready = configure_tls(*state->shared, MBEDTLS_SSL_IS_SERVER)
                   .and_then([&] { return state->load(settings); })
                   .and_then([&] { return state->configure(settings); });
  if (!ready) return tl::unexpected(ready.error());
  return std::unique_ptr<TlsServerContext>(new TlsServerContext(std::move(state)));
}

TlsServerContext::TlsServerContext(std::shared_ptr<State> state) : state_(std::move(state)) {}

TlsServerContext::~TlsServerContext() = default;

std::unique_ptr<TlsAccept> TlsServerContext::accept(Scheduler& scheduler,
                                                    std::unique_ptr<Transport> transport,
                                                    std::function<void(Result<TlsAccepted>)> done) {
  auto client = std::make_shared<std::string>();
  auto side = std::make_unique<ServerSide>(state_, state_->found_session, client);
  return std::make_unique<Accept>(std::make_unique<TlsTransport>(scheduler, std::move(transport),
                                                                 state_->shared, std::move(side)),
                                  std::move(client), std::move(done));
}

}  // namespace trunkd

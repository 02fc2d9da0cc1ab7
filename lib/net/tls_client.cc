#include "net/tls_client.h"

#include <algorithm>
#include <utility>

#include "net/certificate_check.h"

namespace trunkd {
namespace {

constexpr Duration kShortestTicketWait = 10ms;

class ClientSide final : public TlsSide {
 public:
  ClientSide(std::shared_ptr<TlsContext::State> context, const Clock& clock, const Origin& origin,
             std::string peer, std::unique_ptr<HandshakeGate::Lead> lead)
      : context_(std::move(context)),
        clock_(clock),
        key_(context_->key(origin)),
        name_(context_->expected_name(origin)),
        peer_(std::move(peer)),
        lead_(std::move(lead)),
        check_(name_, context_->settings.verify),
        started_(clock_.now()),
        generation_(context_->generation),
        tls12_only_(context_->is_tls12(key_)) {}

  int prepare(mbedtls_ssl_context& connection) override {
    mbedtls_ssl_set_verify(&connection, &CertificateCheck::verify, &check_);
    // An address is never sent as server name (RFC 6066, 3); the check compares it itself.
    const bool is_address = !address_bytes(name_).empty();
    const int status = mbedtls_ssl_set_hostname(&connection, is_address ? nullptr : name_.c_str());
    if (status != 0) return status;
    if (tls12_only_) mbedtls_ssl_set_export_keys_cb(&connection, &look_for_downgrade, this);
    if (const auto* session = context_->sessions.find(key_, started_)) {
      verified_at_ = context_->sessions.verified_at(key_);
      offered_ = mbedtls_ssl_set_session(&connection, session) == 0;  // else a full handshake
    }
    return 0;
  }

  int handshake(mbedtls_ssl_context& connection) override {
    int status = mbedtls_ssl_handshake(&connection);
    if (status == 0 && downgraded_) status = MBEDTLS_ERR_SSL_ILLEGAL_PARAMETER;
    const bool failed =
        status != 0 && status != MBEDTLS_ERR_SSL_WANT_READ && status != MBEDTLS_ERR_SSL_WANT_WRITE;
    if (failed) on_failure(status, connection);
    return status;
  }

  void on_handshake_over(mbedtls_ssl_context& connection) override {
    if (!resumed()) verified_at_ = clock_.now();
    if (mbedtls_ssl_get_version_number(&connection) != MBEDTLS_SSL_VERSION_TLS1_3) {
      keep_session(connection);
    } else if (lead_) {
      const Duration took = clock_.now() - started_;
      lead_->expect_ticket_until(clock_.now() + std::max(2 * took, kShortestTicketWait));
    }
  }

  void on_ticket(mbedtls_ssl_context& connection) override { keep_session(connection); }

  void on_first_bytes() override {
    if (lead_) lead_->release_for_good();  // a ticket would have come before them
    lead_.reset();
  }

  bool resumed() const override { return offered_ && !check_.saw_certificate(); }

  std::string peer() const override { return peer_; }

  Error handshake_error(int status) const override {
    if (downgraded_) return handshake_failed("somebody on the way tries to avoid TLS 1.3");
    if (!check_.problem().empty()) {
      return {ErrorKind::tls_certificate, "the certificate of " + peer_ + ' ' + check_.problem(),
              check_.hint()};
    }
    if (status == MBEDTLS_ERR_SSL_BAD_CERTIFICATE || (status <= -0x2080 && status >= -0x2A00)) {
      return {ErrorKind::tls_certificate,
              "the certificate of " + peer_ + " cannot be used: " + mbedtls_words(status),
              {}};
    }
    Error error = handshake_failed(mbedtls_words(status));
    if (status == MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE && !context_->material.identity) {
      error.hint = "If it asks for a client certificate: tls.client_cert names one.";
    }
    return error;
  }

 private:
  // A server that could have spoken TLS 1.3 says so even in an answer to a hello for TLS 1.2 (RFC
  // 8446, 4.1.3). Then it was not the server that made us think it could not.
  static void look_for_downgrade(void* self, mbedtls_ssl_key_export_type, const unsigned char*,
                                 size_t, const unsigned char*,
                                 const unsigned char server_random[32], mbedtls_tls_prf_types) {
    static constexpr std::string_view kSentinel = "DOWNGRD\x01";
    const std::string_view end(reinterpret_cast<const char*>(server_random) + 24, 8);
    static_cast<ClientSide*>(self)->downgraded_ |= end == kSentinel;
  }

  void on_failure(int status, const mbedtls_ssl_context& connection) {
    // It may be the session that the origin could not stand: the next one begins from nothing.
    if (offered_ && generation_ == context_->generation) context_->sessions.forget(key_);
    if (tls12_only_) {
      context_->forget_tls12(key_);
    } else if (status == MBEDTLS_ERR_SSL_ILLEGAL_PARAMETER &&
               mbedtls_ssl_get_version_number(&connection) == MBEDTLS_SSL_VERSION_TLS1_2) {
      context_->remember_tls12(key_);  // the connector tries again
    }
  }

  void keep_session(mbedtls_ssl_context& connection) {
    auto session = std::make_unique<TlsSession>();
    const bool by_old_files = generation_ != context_->generation;
    if (!by_old_files && mbedtls_ssl_get_session(&connection, session->get()) == 0) {
      context_->sessions.store(key_, std::move(session), verified_at_);
    }
    lead_.reset();
  }

  const std::shared_ptr<TlsContext::State> context_;
  const Clock& clock_;
  const std::string key_;
  const std::string name_;
  const std::string peer_;
  std::unique_ptr<HandshakeGate::Lead> lead_;
  CertificateCheck check_;
  const SteadyTime started_;
  const uint64_t generation_;  // of the files
  SteadyTime verified_at_{};
  const bool tls12_only_;
  bool offered_ = false;  // a session to resume
  bool downgraded_ = false;
};

}  // namespace

std::unique_ptr<TlsSide> make_client_side(const std::shared_ptr<TlsContext::State>& context,
                                          const Clock& clock, const Origin& origin,
                                          std::string peer,
                                          std::unique_ptr<HandshakeGate::Lead> lead) {
  return std::make_unique<ClientSide>(context, clock, origin, std::move(peer), std::move(lead));
}

}  // namespace trunkd

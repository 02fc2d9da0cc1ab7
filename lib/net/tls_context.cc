#include "net/tls_context.h"

#include <mbedtls/error.h>
#include <psa/crypto.h>
#include <utility>

#include "net/tls_client.h"
#include "net/trust_store_certificates.h"

namespace trunkd {
namespace {

// The two that are quick here come first: the first one's key share goes out with the hello.
constexpr uint16_t kGroups[] = {
    MBEDTLS_SSL_IANA_TLS_GROUP_X25519,    MBEDTLS_SSL_IANA_TLS_GROUP_SECP256R1,
    MBEDTLS_SSL_IANA_TLS_GROUP_SECP384R1, MBEDTLS_SSL_IANA_TLS_GROUP_SECP521R1,
    MBEDTLS_SSL_IANA_TLS_GROUP_NONE,
};

}  // namespace

std::string mbedtls_words(int status) {
  char text[160] = "";
  mbedtls_strerror(status, text, sizeof text);
  return text;
}

Result<void> configure_tls(TlsShared& shared, int endpoint) {
  if (psa_crypto_init() != PSA_SUCCESS) {
    return failure(ErrorKind::internal, "mbedTLS cannot start: no source of random numbers");
  }
  mbedtls_ssl_config* config = shared.config.get();
  const int status = mbedtls_ssl_config_defaults(config, endpoint, MBEDTLS_SSL_TRANSPORT_STREAM,
                                                 MBEDTLS_SSL_PRESET_DEFAULT);
  if (status != 0) return failure(ErrorKind::internal, "mbedTLS: " + mbedtls_words(status));
  mbedtls_ssl_conf_rng(config, mbedtls_psa_get_random, MBEDTLS_PSA_RANDOM_STATE);
  mbedtls_ssl_conf_groups(config, kGroups);
  mbedtls_ssl_conf_min_tls_version(config, MBEDTLS_SSL_VERSION_TLS1_2);
#if defined(MBEDTLS_SSL_RENEGOTIATION)
  mbedtls_ssl_conf_renegotiation(config, MBEDTLS_SSL_RENEGOTIATION_DISABLED);
#endif
  return {};
}

Result<std::unique_ptr<TlsContext>> TlsContext::create(const TlsSettings& settings,
                                                       TrustStores& trust) {
  auto state = std::make_shared<State>(settings, trust);
  if (auto configured = configure_tls(*state->shared, MBEDTLS_SSL_IS_CLIENT); !configured) {
    return tl::unexpected(configured.error());
  }
  mbedtls_ssl_config* config = state->shared->config.get();
  if (settings.min_version == TlsVersion::tls13) {
    mbedtls_ssl_conf_min_tls_version(config, MBEDTLS_SSL_VERSION_TLS1_3);
  }
  // Without `verify` the certificate is looked at all the same, and everything passes: so we learn
  // whether there was one, that is, whether the session was resumed.
  mbedtls_ssl_conf_authmode(
      config, settings.verify ? MBEDTLS_SSL_VERIFY_REQUIRED : MBEDTLS_SSL_VERIFY_OPTIONAL);
  mbedtls_ssl_conf_session_tickets(config, MBEDTLS_SSL_SESSION_TICKETS_ENABLED);
  mbedtls_ssl_conf_tls13_enable_signal_new_session_tickets(
      config, MBEDTLS_SSL_TLS1_3_SIGNAL_NEW_SESSION_TICKETS_ENABLED);
  if (!settings.ca_file.empty() && settings.verify) {
    if (auto loaded = state->load_trust(); !loaded) return tl::unexpected(loaded.error());
  }
  return std::unique_ptr<TlsContext>(new TlsContext(std::move(state)));
}

Result<void> TlsContext::State::load_trust() {
  if (trust || !settings.verify) return {};
  auto loaded = stores.load(settings.ca_file);
  if (!loaded) return tl::unexpected(loaded.error());
  trust = std::move(*loaded);
  mbedtls_ssl_conf_ca_chain(shared->config.get(), trust->certificates.get(), nullptr);
  shared->keep_alive = trust;
  return {};
}

TlsContext::TlsContext(std::shared_ptr<State> state) : state_(std::move(state)) {}

TlsContext::~TlsContext() = default;

int TlsContext::unread_certificates() const { return state_->trust ? state_->trust->unread : 0; }

}  // namespace trunkd

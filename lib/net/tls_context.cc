#include "net/tls_context.h"

#include <algorithm>
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

constexpr size_t kMaxTls12Origins = 1024;  // origins that speak TLS 1.2

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
  state->contents = read_files(tls_files(settings), kMaxPemFile);
  auto material = make_tls_material(settings, state->contents, trust);
  if (!material) return tl::unexpected(material.error());
  state->replace(std::move(*material));
  // Tries what the first handshake needs.
  if (auto made = state->configure(TlsVersion::tls13); !made) return tl::unexpected(made.error());
  return std::unique_ptr<TlsContext>(new TlsContext(std::move(state)));
}

Result<std::shared_ptr<TlsShared>> TlsContext::State::configure(TlsVersion max_version) const {
  auto made = std::make_shared<TlsShared>();
  if (auto configured = configure_tls(*made, MBEDTLS_SSL_IS_CLIENT); !configured) {
    return tl::unexpected(configured.error());
  }
  mbedtls_ssl_config* config = made->config.get();
  if (settings.min_version == TlsVersion::tls13) {
    mbedtls_ssl_conf_min_tls_version(config, MBEDTLS_SSL_VERSION_TLS1_3);
  }
  if (max_version == TlsVersion::tls12) {
    mbedtls_ssl_conf_max_tls_version(config, MBEDTLS_SSL_VERSION_TLS1_2);
  }
  // Without `verify` the certificate is looked at all the same, and everything passes: so we learn
  // whether there was one, that is, whether the session was resumed.
  mbedtls_ssl_conf_authmode(
      config, settings.verify ? MBEDTLS_SSL_VERIFY_REQUIRED : MBEDTLS_SSL_VERIFY_OPTIONAL);
  mbedtls_ssl_conf_session_tickets(config, MBEDTLS_SSL_SESSION_TICKETS_ENABLED);
  mbedtls_ssl_conf_tls13_enable_signal_new_session_tickets(
      config, MBEDTLS_SSL_TLS1_3_SIGNAL_NEW_SESSION_TICKETS_ENABLED);
  return made;
}

Result<void> TlsContext::State::load_trust() {
  if (material.trust || !settings.verify) return {};
  auto loaded = stores.system();
  if (!loaded) return tl::unexpected(loaded.error());
  material.trust = std::move(*loaded);
  return {};
}

void TlsContext::State::replace(TlsMaterial by) {
  material = std::move(by);
  for (auto& shared : prepared) shared.reset();  // connections keep theirs
  sessions.clear();
  ++generation;
}

bool TlsContext::State::shows_certificate_to(const Origin& origin) const {
  const auto& hosts = settings.client_cert_for;
  return hosts.empty() || std::find(hosts.begin(), hosts.end(), origin) != hosts.end();
}

Result<std::shared_ptr<TlsShared>> TlsContext::State::shared_for(const Origin& origin) {
  const bool tls12 = is_tls12(key(origin));
  const bool identified = material.identity != nullptr && shows_certificate_to(origin);
  std::shared_ptr<TlsShared>& chosen = prepared[(tls12 ? 2U : 0U) + (identified ? 1U : 0U)];
  if (chosen) return chosen;
  auto made = configure(tls12 ? TlsVersion::tls12 : TlsVersion::tls13);
  if (!made) return tl::unexpected(made.error());
  mbedtls_ssl_config* config = (*made)->config.get();
  if (material.trust) {
    mbedtls_ssl_conf_ca_chain(config, material.trust->certificates.get(), nullptr);
  }
  if (identified) {
    const int status = mbedtls_ssl_conf_own_cert(config, material.identity->chain.get(),
                                                 material.identity->key.get());
    if (status != 0) return failure(ErrorKind::internal, "mbedTLS: " + mbedtls_words(status));
  }
  (*made)->keep_alive = std::make_shared<const TlsMaterial>(material);
  chosen = std::move(*made);
  return chosen;
}

void TlsContext::State::remember_tls12(const std::string& key) {
  if (tls12_only.size() >= kMaxTls12Origins) tls12_only.clear();
  tls12_only.insert(key);
}

TlsContext::TlsContext(std::shared_ptr<State> state) : state_(std::move(state)) {}

TlsContext::~TlsContext() = default;

void TlsContext::follow_files(Loop& loop, OnTlsFiles on_change, Duration every) {
  std::vector<std::string> files = tls_files(state_->settings);
  if (files.empty()) return;
  following_ = trunkd::follow_files(
      loop, std::move(files), kMaxPemFile, std::exchange(state_->contents, {}),
      [state = state_.get(), tell = std::move(on_change)](const FileContents& contents) {
        auto material = make_tls_material(state->settings, contents, state->stores);
        if (material) state->replace(std::move(*material));
        if (tell) tell(material ? nullptr : &material.error());
      },
      every);
}

int TlsContext::unread_certificates() const {
  return state_->material.trust ? state_->material.trust->unread : 0;
}

}  // namespace trunkd

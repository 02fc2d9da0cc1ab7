// Both ends of TLS on one loop: a server with a certificate made by the test, and a Connector.

#pragma once

#include <cstdlib>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "event/resolver.h"
#include "net/connector.h"
#include "net/self_signed.h"
#include "net/tls_server.h"
#include "unit/event/connected_pair.h"

namespace trunkd {

class TlsTest : public PairTest {
 protected:
  using Outcome = std::optional<Result<Dialled>>;

  TlsTest() {
    char pattern[] = "/tmp/trunkd-tls-XXXXXX";
    directory_ = mkdtemp(pattern);
  }
  ~TlsTest() override { (void)std::system(("rm -rf " + directory_).c_str()); }

  std::string file_with(const std::string& pem) {
    const std::string path = directory_ + '/' + std::to_string(++files_) + ".pem";
    std::ofstream(path) << pem;
    return path;
  }

  static SelfSigned certificate(const std::vector<std::string>& names,
                                const CertificateOptions& options = {}) {
    auto made = make_self_signed(names, options);
    if (!made) throw std::runtime_error(made.error().detail);
    return *made;
  }

  void serve(TlsServerSettings settings) {
    auto context = TlsServerContext::create(settings);
    if (!context) throw std::runtime_error(context.error().detail);
    server_ = std::move(*context);
    listener_ = std::move(
        *Listener::tcp(loop_, *SocketAddress::parse("127.0.0.1", 0), [this](auto transport) {
          ++tcp_connections_;
          accepts_.push_back(server_->accept(loop_, std::move(transport), [this](auto accepted) {
            if (!accepted) return void(++failed_accepts_);
            resumed_at_server_ += accepted->resumed ? 1 : 0;
            clients_.push_back(accepted->client);
            far_.push_back(std::make_unique<Peer>(std::move(accepted->transport)));
          }));
        }));
  }
  void serve(const SelfSigned& pem) {
    serve(TlsServerSettings{.certificate = pem.certificate, .key = pem.key});
  }

  // A client that trusts exactly `pem`.
  void trust(const SelfSigned& pem, TlsSettings settings = {}) {
    settings.ca_file = file_with(pem.certificate);
    use(settings);
  }
  void use(const TlsSettings& settings) {
    auto context = TlsContext::create(settings, stores_);
    if (!context) throw std::runtime_error(context.error().detail);
    client_ = std::move(*context);
  }

  std::unique_ptr<Connector> dial(Outcome& outcome, const std::string& host = "127.0.0.1",
                                  Duration timeout = 4s) {
    auto connector =
        std::make_unique<Connector>(Connector::Parts{loop_, addresses_, client_.get()},
                                    Origin{Scheme::https, host, listener_->port()}, timeout);
    connector->start([&outcome](Result<Dialled> dialled) { outcome.emplace(std::move(dialled)); });
    return connector;
  }

  Result<Dialled> connect(const std::string& host = "127.0.0.1") {
    Outcome outcome;
    const auto connector = dial(outcome, host);
    run_until([&] { return outcome.has_value(); }, "an answer of the connector");
    return std::move(*outcome);
  }

  // Connects; near_ and far() are the ends.
  bool connect_both() {
    const size_t before = far_.size();
    auto dialled = connect();
    if (!dialled) throw std::runtime_error(dialled.error().detail);
    near_.take(std::move(dialled->transport));
    run_until([&] { return far_.size() > before; }, "the server's end");
    return dialled->tls_resumed;
  }
  Peer& far() { return *far_.back(); }

  std::string directory_;
  int files_ = 0;
  TrustStores stores_;
  Resolver resolver_{loop_};
  AddressCache addresses_{loop_, resolver_};
  std::unique_ptr<TlsServerContext> server_;
  std::unique_ptr<Listener> listener_;
  std::unique_ptr<TlsContext> client_;
  std::vector<std::unique_ptr<TlsAccept>> accepts_;
  std::vector<std::unique_ptr<Peer>> far_;
  std::vector<std::string> clients_;  // as their certificates name them
  Peer near_;
  int tcp_connections_ = 0;
  int failed_accepts_ = 0;
  int resumed_at_server_ = 0;
};

}  // namespace trunkd

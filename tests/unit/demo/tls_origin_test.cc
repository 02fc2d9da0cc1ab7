// The origins over TLS: handshakes are counted, and an end says how it came.

#include <cstdio>
#include <fstream>
#include <string>
#include <unistd.h>

#include "demo/http_origin.h"
#include "event/resolver.h"
#include "net/connector.h"
#include "net/tls_context.h"
#include "support/test_client.h"
#include "support/test_loop.h"
#include "support/test_origin.h"

namespace trunkd {
namespace {

class TlsOriginTest : public LoopTest {
 protected:
  TlsOriginTest() { std::ofstream(ca_file_) << certificate_.certificate; }
  ~TlsOriginTest() override { std::remove(ca_file_.c_str()); }

  std::unique_ptr<TlsContext> trusting_context() {
    TlsSettings settings;
    settings.ca_file = ca_file_;
    auto context = TlsContext::create(settings, trust_);
    if (!context) throw std::runtime_error(context.error().detail);
    return std::move(*context);
  }

  // A client over a TLS connection that is there.
  std::unique_ptr<TestClient> connect(const Origin& origin, TlsContext& context) {
    Connector connector({loop_, addresses_, &context}, origin, 5s);
    std::optional<Result<Dialled>> dialled;
    connector.start([&](Result<Dialled> done) { dialled = std::move(done); });
    run_until([&] { return dialled.has_value(); }, "the handshake");
    if (!*dialled) throw std::runtime_error(dialled->error().detail);
    return std::make_unique<TestClient>(loop_, std::move((*dialled)->transport));
  }

  const TlsServerSettings certificate_ = test_certificate();
  const std::string ca_file_ =
      testing::TempDir() + "trunkd-origin-" + std::to_string(getpid()) + ".pem";
  TrustStores trust_;
  Resolver resolver_{loop_};
  AddressCache addresses_{loop_, resolver_};
};

TEST_F(TlsOriginTest, TheSecondConnectionOfAContextResumesTheFirst) {
  auto origin = HttpOrigin::start(
      loop_, [](const RequestHead&, std::string_view) { return Reply{.body = "hello\n"}; },
      certificate_);
  ASSERT_TRUE(origin);
  const auto context = trusting_context();
  for (int i = 0; i < 2; ++i) {
    const auto client = connect((*origin)->origin(), *context);
    const TestCall call = client->get("/");
    run_until([&] { return call.done(); });
    EXPECT_EQ(call.body(), "hello\n");
  }
  const auto other_context = trusting_context();
  const auto client = connect((*origin)->origin(), *other_context);
  run_until([&] { return (*origin)->counts().tls_full == 2; });

  EXPECT_EQ((*origin)->url().rfind("https://127.0.0.1:", 0), 0u);
  EXPECT_EQ((*origin)->counts().accepted, 3u);
  EXPECT_EQ((*origin)->counts().tls_resumed, 1u);
}

TEST_F(TlsOriginTest, AHandshakeThatFailsIsCountedAndItsConnectionIsClosed) {
  TestOrigin origin(loop_, certificate_);
  TestClient plain(loop_, origin.port());
  plain.get("/");
  run_until([&] { return origin.handshakes().failed == 1; });
  EXPECT_EQ(origin.accepted(), 1u);
  EXPECT_EQ(origin.open(), 0u);
  EXPECT_EQ(origin.connections(), 0u);
}

TEST_F(TlsOriginTest, AnEndWithCloseNotifyCompletesABodyThatEndsWithTheConnection) {
  TestOrigin origin(loop_, certificate_);
  origin.script(script::send_and_end("HTTP/1.1 200 OK\r\n\r\nall of it"));
  const auto context = trusting_context();
  const auto client = connect(origin.origin(), *context);
  const TestCall call = client->get("/");
  run_until([&] { return call.done(); });
  EXPECT_TRUE(call.complete());
  EXPECT_TRUE(client->ended());
}

TEST_F(TlsOriginTest, AnEndWithoutCloseNotifyIsABrokenConnection) {
  TestOrigin origin(loop_, certificate_);
  origin.script(script::send_and_cut("HTTP/1.1 200 OK\r\n\r\nhalf of i"));
  const auto context = trusting_context();
  const auto client = connect(origin.origin(), *context);
  const TestCall call = client->get("/");
  run_until([&] { return call.done(); });
  EXPECT_TRUE(call.failed());
  EXPECT_TRUE(client->broke());
}

TEST_F(TlsOriginTest, AnOriginCanBeKeptToOneVersion) {
  TlsServerSettings old = certificate_;
  old.max_version = TlsVersion::tls12;
  TestOrigin origin(loop_, old);
  const auto context = trusting_context();
  for (int i = 0; i < 2; ++i) {
    const auto client = connect(origin.origin(), *context);
    const TestCall call = client->get("/");
    run_until([&] { return call.done(); });
  }
  EXPECT_EQ(origin.handshakes().full, 1u);
  EXPECT_EQ(origin.handshakes().resumed, 1u);
}

}  // namespace
}  // namespace trunkd

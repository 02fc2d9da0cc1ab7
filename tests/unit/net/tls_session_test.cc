#include <gtest/gtest.h>

#include "unit/net/tls_fixture.h"

namespace trunkd {
namespace {

class TlsSessionTest : public TlsTest {
 protected:
  void serve_with(TlsVersion version, bool tickets = true) {
    const SelfSigned pem = certificate({"127.0.0.1", "localhost"});
    serve(TlsServerSettings{.certificate = pem.certificate,
                            .key = pem.key,
                            .min_version = version,
                            .max_version = version,
                            .tickets = tickets});
    trust(pem);
  }

  // Opens a connection and reads on it, as a connection at rest does; true if it was resumed.
  bool connect_and_read(const std::string& host = "127.0.0.1") {
    const size_t before = far_.size();
    auto dialled = connect(host);
    EXPECT_TRUE(dialled) << dialled.error().detail;
    kept_.push_back(std::make_unique<Peer>(std::move(dialled->transport)));
    kept_.back()->transport->start_reading();
    run_until([&] { return far_.size() > before; });
    run_what_is_ready();
    return dialled->tls_resumed;
  }

  // Opens `count` at once; says how many were resumed.
  int connect_at_once(size_t count) {
    std::vector<Outcome> outcomes(count);
    std::vector<std::unique_ptr<Connector>> connectors;
    for (Outcome& outcome : outcomes) connectors.push_back(dial(outcome));
    int resumed = 0;
    std::vector<bool> seen(count);
    size_t done = 0;
    run_until([&] {
      for (size_t i = 0; i < count; ++i) {
        if (seen[i] || !outcomes[i]) continue;
        seen[i] = true;
        ++done;
        EXPECT_TRUE(*outcomes[i]) << outcomes[i]->error().detail;
        resumed += (*outcomes[i])->tls_resumed ? 1 : 0;
        kept_.push_back(std::make_unique<Peer>(std::move((*outcomes[i])->transport)));
        kept_.back()->transport->start_reading();
      }
      return done == count;
    });
    return resumed;
  }

  std::vector<std::unique_ptr<Peer>> kept_;
};

TEST_F(TlsSessionTest, ASecondConnectionResumesWithATicketOfTls12) {
  serve_with(TlsVersion::tls12);
  EXPECT_FALSE(connect_and_read());
  EXPECT_TRUE(connect_and_read());
  EXPECT_TRUE(connect_and_read());
  EXPECT_EQ(resumed_at_server_, 2);
}

TEST_F(TlsSessionTest, ASecondConnectionResumesWithASessionIdOfTls12) {
  serve_with(TlsVersion::tls12, false);
  EXPECT_FALSE(connect_and_read());
  EXPECT_TRUE(connect_and_read());
  EXPECT_EQ(resumed_at_server_, 1);
}

TEST_F(TlsSessionTest, ASecondConnectionResumesWithATicketOfTls13) {
  serve_with(TlsVersion::tls13);
  EXPECT_FALSE(connect_and_read());
  EXPECT_TRUE(connect_and_read());
  EXPECT_TRUE(connect_and_read());
  EXPECT_EQ(resumed_at_server_, 2);
}

TEST_F(TlsSessionTest, ATicketIsNoInputOfTheConnection) {
  serve_with(TlsVersion::tls13);
  connect_and_read();
  EXPECT_FALSE(kept_.back()->transport->has_buffered_input());
  EXPECT_EQ(kept_.back()->received, "");
}

TEST_F(TlsSessionTest, ASessionIsNotResumedForAnotherName) {
  serve_with(TlsVersion::tls13);
  EXPECT_FALSE(connect_and_read("127.0.0.1"));
  EXPECT_FALSE(connect_and_read("localhost"));
}

TEST_F(TlsSessionTest, AnotherContextDoesNotShareSessions) {
  const SelfSigned pem = certificate({"127.0.0.1"});
  serve(pem);
  trust(pem);
  EXPECT_FALSE(connect_and_read());
  trust(pem);
  EXPECT_FALSE(connect_and_read());
}

TEST_F(TlsSessionTest, ManyAtOnceLetTheFirstFinishAndResumeItsSession) {
  for (const TlsVersion version : {TlsVersion::tls12, TlsVersion::tls13}) {
    serve_with(version);
    EXPECT_EQ(connect_at_once(20), 19);
  }
}

TEST_F(TlsSessionTest, WithoutSessionsAllConnectInTime) {
  serve_with(TlsVersion::tls13, false);
  EXPECT_EQ(connect_at_once(8), 0);
}

TEST_F(TlsSessionTest, ATls13ClientRefusesAnOlderServer) {
  const SelfSigned pem = certificate({"127.0.0.1"});
  serve(TlsServerSettings{
      .certificate = pem.certificate, .key = pem.key, .max_version = TlsVersion::tls12});
  trust(pem, {.min_version = TlsVersion::tls13});
  const auto dialled = connect();
  ASSERT_FALSE(dialled);
  EXPECT_EQ(dialled.error().kind, ErrorKind::tls_protocol);
}

}  // namespace
}  // namespace trunkd

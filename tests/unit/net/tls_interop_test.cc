// Against another implementation of TLS: OpenSSL's s_server, where it is installed.

#include <csignal>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sstream>
#include <sys/wait.h>
#include <unistd.h>

#include "net/tls_client.h"
#include "unit/net/tls_fixture.h"

namespace trunkd {
namespace {

class TlsInteropTest : public TlsTest {
 protected:
  void SetUp() override {
    if (access("/usr/bin/openssl", X_OK) != 0) GTEST_SKIP() << "openssl is not installed";
    const std::string make_certificate =
        "cd " + directory_ +
        " && /usr/bin/openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem "
        "-days 2 -subj /CN=test -addext subjectAltName=IP:127.0.0.1 2>/dev/null";
    ASSERT_EQ(std::system(make_certificate.c_str()), 0);
    use({.ca_file = directory_ + "/cert.pem"});
  }

  void TearDown() override {
    if (output_ >= 0) close(output_);
    if (server_process_ > 0) {
      kill(server_process_, SIGKILL);
      waitpid(server_process_, nullptr, 0);
    }
  }

  // Starts a server that answers each request with a page, and waits until it says its port.
  void start_server(const std::string& options) {
    int output[2];
    ASSERT_EQ(pipe2(output, O_CLOEXEC), 0);
    std::vector<std::string> words{"openssl",
                                   "s_server",
                                   "-accept",
                                   "127.0.0.1:0",
                                   "-www",
                                   "-cert",
                                   directory_ + "/cert.pem",
                                   "-key",
                                   directory_ + "/key.pem"};
    std::istringstream more(options);
    for (std::string word; more >> word;) words.push_back(word);
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    server_process_ = fork();
    if (server_process_ == 0) {
      dup2(output[1], STDOUT_FILENO);
      dup2(open("/dev/null", O_WRONLY | O_CLOEXEC), STDERR_FILENO);
      execv("/usr/bin/openssl", arguments.data());
      _exit(127);
    }
    close(output[1]);
    std::string said;
    for (char c; said.find("ACCEPT 127.0.0.1:") == std::string::npos || said.back() != '\n';) {
      ASSERT_EQ(read(output[0], &c, 1), 1) << "openssl did not start: " << said;
      said += c;
    }
    output_ = output[0];
    port_ = static_cast<uint16_t>(std::stoi(said.substr(said.rfind(':') + 1)));
  }

  // Asks for a page; true if the session was resumed.
  bool ask() {
    Outcome outcome;
    Connector connector({loop_, addresses_, client_.get()}, {Scheme::https, "127.0.0.1", port_},
                        4s);
    connector.start([&](auto dialled) { outcome.emplace(std::move(dialled)); });
    run_until([&] { return outcome.has_value(); });
    EXPECT_TRUE(*outcome) << outcome->error().detail;
    if (!*outcome) return false;
    Peer client(std::move((*outcome)->transport));
    client.transport->start_reading();
    client.transport->write("GET / HTTP/1.0\r\n\r\n");
    run_until([&] { return client.over(); });
    EXPECT_TRUE(client.received.starts_with("HTTP/1.0 200")) << client.received;
    return (*outcome)->tls_resumed;
  }

  pid_t server_process_ = -1;
  int output_ = -1;  // kept open: a server that cannot write ends
  uint16_t port_ = 0;
};

TEST_F(TlsInteropTest, Tls13WithTickets) {
  start_server("-tls1_3");
  EXPECT_FALSE(ask());
  EXPECT_TRUE(ask());
  EXPECT_TRUE(ask());
}

// OpenSSL signs with RSA-PSS in TLS 1.2 if it is offered.
TEST_F(TlsInteropTest, Tls12WithAnRsaCertificate) {
  start_server("-tls1_2 -serverpref");
  EXPECT_FALSE(ask());
  EXPECT_TRUE(ask());
}

TEST_F(TlsInteropTest, Tls12WithSessionIds) {
  start_server("-tls1_2 -no_ticket");
  EXPECT_FALSE(ask());
  EXPECT_TRUE(ask());
}

TEST_F(TlsInteropTest, AServerThatAsksForAClientCertificateIsToldOfWithWhatToSet) {
  start_server("-tls1_2 -Verify 1 -verify_return_error");
  Outcome outcome;
  Connector connector({loop_, addresses_, client_.get()}, {Scheme::https, "127.0.0.1", port_}, 4s);
  connector.start([&](auto dialled) { outcome.emplace(std::move(dialled)); });
  run_until([&] { return outcome.has_value(); });
  ASSERT_FALSE(*outcome);
  EXPECT_EQ(outcome->error().kind, ErrorKind::tls_protocol);
  EXPECT_NE(outcome->error().hint.find("tls.client_cert"), std::string::npos);
}

// What was learnt of the origin above could be somebody's doing on the way.
TEST_F(TlsInteropTest, AServerThatCouldSpeakTls13IsNotSpokenToInTls12) {
  start_server("");
  const Origin origin{Scheme::https, "127.0.0.1", port_};
  TlsContext::State& context = *client_->state();
  context.remember_tls12(context.key(origin));
  Outcome outcome;
  Connector connector({loop_, addresses_, client_.get()}, origin, 4s);
  connector.start([&](auto dialled) { outcome.emplace(std::move(dialled)); });
  run_until([&] { return outcome.has_value(); });
  ASSERT_FALSE(*outcome);
  EXPECT_EQ(outcome->error().kind, ErrorKind::tls_protocol);
  EXPECT_NE(outcome->error().detail.find("avoid TLS 1.3"), std::string::npos);
  EXPECT_FALSE(ask());  // and with TLS 1.3 it works
}

}  // namespace
}  // namespace trunkd

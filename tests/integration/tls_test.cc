// TLS as a session says it: authorities, client certificates, and files that change while it runs.

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <sys/stat.h>

#include "daemon/commands/check.h"
#include "integration/proxy_test.h"

namespace trunkd {
namespace {

SelfSigned made(const std::vector<std::string>& names, const CertificateOptions& options) {
  auto pem = make_self_signed(names, options);
  if (!pem) throw std::runtime_error(pem.error().detail);
  return *pem;
}

class TlsSettingsTest : public ProxyTest {
 protected:
  TlsSettingsTest() {
    char pattern[] = "/tmp/trunkd-tls-XXXXXX";
    directory_ = mkdtemp(pattern);
  }
  ~TlsSettingsTest() override { (void)std::system(("rm -rf " + directory_).c_str()); }

  // Renamed into place.
  std::string file(const std::string& name, const std::string& content) {
    const std::string path = directory_ + '/' + name;
    std::ofstream(path + ".new") << content;
    chmod((path + ".new").c_str(), 0600);
    std::rename((path + ".new").c_str(), path.c_str());
    return path;
  }
  std::string yaml(const std::string& tls) {
    return session_yaml("shop", secure_->url(), "tls: {" + tls + '}');
  }
  // An origin that lets in only who has a certificate of the company's authority.
  void serve() {
    TlsServerSettings settings = test_certificate();
    authority_file_ = file("origin.pem", settings.certificate);
    settings.client_authority = company_.certificate;
    secure_ = std::make_unique<TestOrigin>(loop_, settings);
  }
  SelfSigned issued() { return made({}, {.common_name = "robot", .issuer = &company_}); }
  // The log is kept from now on.
  void start_logging(const std::string& text, LogLevel level) {
    testing::internal::CaptureStderr();
    logging_ = true;
    const auto config = std::make_shared<const Config>(test_config(text));
    proxy_ = std::make_unique<TestProxy>(loop_, config, level);
  }
  void expect_logged(const std::string& words) {
    run_until(
        [&] {
          log_ += testing::internal::GetCapturedStderr();
          testing::internal::CaptureStderr();
          return log_.find(words) != std::string::npos;
        },
        words.c_str());
  }
  void TearDown() override {
    if (logging_) testing::internal::GetCapturedStderr();
  }
  int status() { return get("/").status(); }

  const SelfSigned company_ =
      made({}, {.common_name = "company", .with_alternative_names = false, .authority = true});
  std::string directory_;
  std::string authority_file_;
  std::unique_ptr<TestOrigin> secure_;
  std::string log_;
  bool logging_ = false;
};

TEST_F(TlsSettingsTest, AClientCertificateOpensTheDoorAndIsAskedForOnce) {
  serve();
  const SelfSigned robot = issued();
  const std::string cert = file("robot.pem", robot.certificate);
  const std::string key = file("robot.key", robot.key);
  start_with(
      yaml("ca_file: " + authority_file_ + ", client_cert: " + cert + ", client_key: " + key));
  EXPECT_EQ(status(), 200);
  EXPECT_EQ(status(), 200);
  EXPECT_EQ(secure_->accepted(), 1U);
}

TEST_F(TlsSettingsTest, AnotherKeyIsAnErrorAtTheStartAndInCheck) {
  serve();
  const std::string cert = file("robot.pem", issued().certificate);
  const std::string key = file("robot.key", issued().key);
  const std::string text = yaml("client_cert: " + cert + ", client_key: " + key);
  const std::string expected =
      "the key in " + key + " does not belong to the first certificate in " + cert;
  try {
    start_with(text);
    FAIL() << "it started";
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find(expected), std::string::npos) << error.what();
  }
  std::ostringstream out, err;
  EXPECT_EQ(run_check({file("trunkd.yaml", text)}, {}, out, err), 78);
  EXPECT_EQ(err.str(), "session \"shop\": " + expected + '\n');
  EXPECT_EQ(out.str(), "");
}

TEST_F(TlsSettingsTest, ARenewedCertificateIsUsedWithoutARestartAndKeepsGoodConnections) {
  serve();
  const SelfSigned robot = issued();
  const std::string both = file("robot.pem", robot.certificate + robot.key);
  start_logging(yaml("ca_file: " + authority_file_ + ", client_cert: " + both), LogLevel::info);
  EXPECT_EQ(status(), 200);
  file("robot.pem", "broken");
  expect_logged("shop\": the changed files of tls cannot be used, the old ones stay in use: " +
                both + " has no certificate in PEM");
  EXPECT_EQ(status(), 200);
  const SelfSigned renewed = issued();
  file("robot.pem", renewed.certificate + renewed.key);
  expect_logged("shop\": the changed files of tls are used for new connections");
  EXPECT_EQ(status(), 200);
  EXPECT_EQ(secure_->accepted(), 1U);
}

TEST_F(TlsSettingsTest, VerificationThatIsOffIsLoggedAtEachStartByTheSessionsName) {
  serve();
  start_logging(yaml("verify: false"), LogLevel::warning);
  expect_logged("shop\": tls.verify is false");
}

TEST_F(TlsSettingsTest, AKeyThatOthersCanReadIsLogged) {
  serve();
  const SelfSigned robot = issued();
  const std::string both = file("robot.pem", robot.certificate + robot.key);
  chmod(both.c_str(), 0644);
  start_logging(yaml("client_cert: " + both), LogLevel::warning);
  expect_logged("can read the private key in " + both);
}

TEST_F(TlsSettingsTest, APinnedVersionRefusesAnOlderOne) {
  TlsServerSettings old = test_certificate();
  old.max_version = TlsVersion::tls12;
  secure_ = std::make_unique<TestOrigin>(loop_, old);
  authority_file_ = file("origin.pem", old.certificate);
  start_with(yaml("ca_file: " + authority_file_));
  EXPECT_EQ(status(), 200);
  start_with(yaml("ca_file: " + authority_file_ + ", min_version: \"1.3\""));
  const TestCall call = get("/");
  EXPECT_EQ(call.status(), 502);
  EXPECT_NE(call.field("Proxy-Status").find("tls_protocol_error"), std::string::npos);
}

TEST_F(TlsSettingsTest, TheServerNameIsWhatTheCertificateMustSay) {
  const SelfSigned pem = made({"billing.corp.example"}, {});
  TlsServerSettings settings;
  settings.certificate = pem.certificate;
  settings.key = pem.key;
  secure_ = std::make_unique<TestOrigin>(loop_, settings);
  const std::string trust = "ca_file: " + file("origin.pem", pem.certificate);
  start_with(yaml(trust + ", server_name: billing.corp.example"));
  EXPECT_EQ(status(), 200);
  start_with(yaml(trust));
  const TestCall call = get("/");
  EXPECT_EQ(call.status(), 502);
  EXPECT_NE(call.field("Proxy-Status").find("tls_certificate_error"), std::string::npos);
}

}  // namespace
}  // namespace trunkd

#include <cstdio>
#include <gtest/gtest.h>

#include "net/trust_store_certificates.h"
#include "unit/net/tls_fixture.h"

namespace trunkd {
namespace {

class ClientCertificateTest : public TlsTest {
 protected:
  SelfSigned issued(const std::string& name) {
    return certificate({}, {.common_name = name, .issuer = &authority_});
  }
  TlsSettings with(const SelfSigned& client) {
    return {.ca_file = file_with(pem_.certificate),
            .client_cert = file_with(client.certificate),
            .client_key = file_with(client.key)};
  }
  void serve_asking(TlsVersion version = TlsVersion::tls13) {
    serve(TlsServerSettings{.certificate = pem_.certificate,
                            .key = pem_.key,
                            .min_version = version,
                            .max_version = version,
                            .client_authority = authority_.certificate});
  }
  // The name that the server read in our certificate.
  std::string name_at_server() {
    const size_t before = clients_.size();
    auto dialled = connect();
    EXPECT_TRUE(dialled) << dialled.error().detail;
    if (!dialled) return {};
    kept_.push_back(std::make_unique<Peer>(std::move(dialled->transport)));
    kept_.back()->transport->start_reading();
    resumed_ = dialled->tls_resumed;
    run_until([&] { return clients_.size() > before; }, "the server's end");
    run_what_is_ready();  // a ticket may follow
    return clients_.back();
  }
  // True if it was resumed.
  bool connect_and_hold() {
    auto dialled = connect();
    EXPECT_TRUE(dialled) << dialled.error().detail;
    if (!dialled) return false;
    kept_.push_back(std::make_unique<Peer>(std::move(dialled->transport)));
    kept_.back()->transport->start_reading();
    run_what_is_ready();
    return dialled->tls_resumed;
  }
  std::string why_not(const TlsSettings& settings) {
    const auto made = TlsContext::create(settings, stores_);
    return made ? "it can be used" : made.error().detail;
  }

  const SelfSigned authority_ = certificate(
      {}, {.common_name = "company", .with_alternative_names = false, .authority = true});
  const SelfSigned pem_ = certificate({"127.0.0.1", "localhost"});
  std::vector<std::unique_ptr<Peer>> kept_;
  bool resumed_ = false;
};

TEST_F(ClientCertificateTest, AnOriginThatAsksForACertificateGetsIt) {
  for (const TlsVersion version : {TlsVersion::tls12, TlsVersion::tls13}) {
    serve_asking(version);
    use(with(issued("robot")));
    EXPECT_EQ(name_at_server(), "CN=robot");
  }
}

TEST_F(ClientCertificateTest, TheChainOfItsIssuersIsSentToo) {
  const SelfSigned department =
      certificate({}, {.common_name = "department", .authority = true, .issuer = &authority_});
  SelfSigned robot = certificate({}, {.common_name = "robot", .issuer = &department});
  serve_asking();
  robot.certificate += department.certificate;
  use(with(robot));
  EXPECT_EQ(name_at_server(), "CN=robot");
}

TEST_F(ClientCertificateTest, CertificateAndKeyMayStandInOneFile) {
  const SelfSigned robot = issued("robot");
  serve_asking();
  use({.ca_file = file_with(pem_.certificate),
       .client_cert = file_with(robot.key + robot.certificate)});
  EXPECT_EQ(name_at_server(), "CN=robot");
}

TEST_F(ClientCertificateTest, AnOriginThatItIsNotForDoesNotSeeIt) {
  serve_asking(TlsVersion::tls12);
  TlsSettings settings = with(issued("robot"));
  settings.client_cert_for = {{Scheme::https, "api.example", 443}};
  use(settings);
  Outcome outcome;
  const auto refused = dial(outcome);
  run_until([&] { return failed_accepts_ == 1; }, "the server's refusal");
  settings.client_cert_for.push_back({Scheme::https, "127.0.0.1", listener_->port()});
  use(settings);
  EXPECT_EQ(name_at_server(), "CN=robot");
}

TEST_F(ClientCertificateTest, AKeyOrCertificateThatCannotBeUsedIsAnErrorThatNamesTheFile) {
  const TlsSettings good = with(issued("robot"));
  EXPECT_EQ(why_not(good), "it can be used");
  TlsSettings other_key = good;
  other_key.client_key = file_with(issued("other").key);
  EXPECT_EQ(why_not(other_key), "the key in " + other_key.client_key +
                                    " does not belong to the first certificate in " +
                                    good.client_cert);
  TlsSettings no_key = good;
  no_key.client_key = good.client_cert;
  EXPECT_EQ(why_not(no_key).find(good.client_cert + " has no private key in PEM"), 0U);
  TlsSettings no_certificate = good;
  no_certificate.client_cert = good.client_key;
  EXPECT_EQ(why_not(no_certificate), good.client_key + " has no certificate in PEM");
  TlsSettings missing = good;
  missing.client_key = directory_ + "/none.pem";
  EXPECT_EQ(why_not(missing), "cannot read " + missing.client_key + ": No such file or directory");
}

TEST_F(ClientCertificateTest, AnEncryptedKeyIsAnErrorThatSaysSo) {
  const TlsSettings good = with(issued("robot"));
  const std::string encrypted = directory_ + "/encrypted.pem";
  for (const std::string how : {"pkcs8 -topk8 -v2 aes-256-cbc", "ec -aes256"}) {
    const std::string command = "openssl " + how + " -in " + good.client_key + " -out " +
                                encrypted + " -passout pass:secret 2>/dev/null";
    ASSERT_EQ(std::system(command.c_str()), 0);
    TlsSettings settings = good;
    settings.client_key = encrypted;
    EXPECT_NE(why_not(settings).find("the key in " + encrypted + " is encrypted"),
              std::string::npos)
        << why_not(settings);
  }
}

class TlsReloadTest : public ClientCertificateTest {
 protected:
  void follow() {
    client_->follow_files(
        loop_,
        [this](const Error* problem) { told_.push_back(problem ? problem->detail : "used"); }, 1ms);
  }
  void expect_told(size_t count) {
    run_until([&] { return told_.size() == count; }, "the change to be told");
  }
  static void write(const std::string& path, const std::string& content) {
    std::ofstream(path + ".new") << content;
    ASSERT_EQ(std::rename((path + ".new").c_str(), path.c_str()), 0);
  }

  std::vector<std::string> told_;
};

TEST_F(TlsReloadTest, ANewCertificateIsShownByNewConnectionsAndOldOnesStay) {
  serve_asking();
  const TlsSettings settings = with(issued("old"));
  use(settings);
  follow();
  EXPECT_EQ(name_at_server(), "CN=old");
  Peer& old_far = far();
  const SelfSigned fresh = issued("new");
  write(settings.client_cert, fresh.certificate);
  write(settings.client_key, fresh.key);
  expect_told(1);
  EXPECT_EQ(told_.back(), "used");

  EXPECT_EQ(name_at_server(), "CN=new");
  EXPECT_FALSE(resumed_);  // the old one's session would have kept the old name
  kept_.front()->transport->write("still here");
  old_far.transport->start_reading();
  run_until([&] { return old_far.received == "still here"; }, "bytes on the old connection");
}

TEST_F(TlsReloadTest, ABrokenNewFileLeavesTheOldOneInUseUntilItIsMended) {
  serve_asking();
  const TlsSettings settings = with(issued("old"));
  use(settings);
  follow();
  const SelfSigned fresh = issued("new");
  write(settings.client_key, fresh.key);
  expect_told(1);
  EXPECT_EQ(told_.back(), "the key in " + settings.client_key +
                              " does not belong to the first certificate in " +
                              settings.client_cert);
  EXPECT_EQ(name_at_server(), "CN=old");
  write(settings.client_cert, fresh.certificate);
  expect_told(2);
  EXPECT_EQ(told_.back(), "used");
  EXPECT_EQ(name_at_server(), "CN=new");
}

TEST_F(TlsReloadTest, AnAuthorityThatIsNoLongerTrustedIsNotResumedEither) {
  serve(pem_);
  const std::string path = file_with(pem_.certificate);
  use({.ca_file = path});
  follow();
  EXPECT_FALSE(connect_and_hold());
  EXPECT_TRUE(connect_and_hold());  // resumed
  write(path, certificate({"other.example"}).certificate);
  expect_told(1);
  const auto refused = connect();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::tls_certificate);
  std::remove(path.c_str());
  expect_told(2);
  EXPECT_EQ(told_.back(), "cannot read " + path + ": No such file or directory");
}

TEST_F(TlsReloadTest, ASessionOfAHandshakeThatBeganWithOldFilesIsNotKept) {
  serve(pem_);
  const std::string path = file_with(pem_.certificate);
  use({.ca_file = path});
  follow();
  auto dialled = connect();  // its ticket is not read yet
  ASSERT_TRUE(dialled);
  write(path, pem_.certificate + authority_.certificate);
  expect_told(1);
  kept_.push_back(std::make_unique<Peer>(std::move(dialled->transport)));
  kept_.back()->transport->start_reading();
  run_what_is_ready();
  EXPECT_FALSE(connect_and_hold());
}

class ExtraAuthorityTest : public ClientCertificateTest {
 protected:
  static size_t count_of(const TrustStore& store) {
    size_t count = 0;
    for (const auto* at = store.certificates.get(); at != nullptr; at = at->next) ++count;
    return count;
  }
};

TEST_F(ExtraAuthorityTest, AnExtraAuthorityIsTrustedBesideTheOthers) {
  const SelfSigned other = certificate({"other.example"});
  serve(pem_);
  use({.ca_file = file_with(other.certificate)});
  EXPECT_FALSE(connect());
  use({.ca_file = file_with(other.certificate), .extra_ca_file = file_with(pem_.certificate)});
  EXPECT_TRUE(connect());
  use({.ca_file = file_with(pem_.certificate), .extra_ca_file = file_with(other.certificate)});
  EXPECT_TRUE(connect());
}

TEST_F(ExtraAuthorityTest, WithoutACaFileItStandsBesideTheSystemsStore) {
  serve(pem_);
  const auto system = stores_.system();
  if (!system) GTEST_SKIP() << system.error().detail;
  const auto both = stores_.of({{"extra.pem", pem_.certificate}}, true);
  ASSERT_TRUE(both) << both.error().detail;
  EXPECT_EQ(count_of(**both), count_of(**system) + 1);
  use({.extra_ca_file = file_with(pem_.certificate)});
  EXPECT_TRUE(connect());
}

}  // namespace
}  // namespace trunkd

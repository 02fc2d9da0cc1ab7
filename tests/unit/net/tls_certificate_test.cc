#include <gtest/gtest.h>

#include "net/name_constraints.h"
#include "net/server_names.h"
#include "unit/net/tls_fixture.h"

namespace trunkd {
namespace {

using Validity = CertificateOptions::Validity;

TEST(ServerNamesTest, AWildcardIsOneWholeLeftmostLabel) {
  EXPECT_TRUE(dns_name_covers("Example.com", "eXample.com"));
  EXPECT_TRUE(dns_name_covers("*.example.com", "a.example.com"));
  for (const char* host : {"example.com", "a.b.example.com", ".example.com", "aexample.com"}) {
    EXPECT_FALSE(dns_name_covers("*.example.com", host)) << host;
  }
  for (const char* pattern : {"f*.example.com", "*oo.example.com", "foo.*.com", "*", "*.com", "*.",
                              "*.*.com", "**.example.com", ""}) {
    EXPECT_FALSE(dns_name_covers(pattern, "foo.example.com")) << pattern;
    EXPECT_FALSE(dns_name_covers(pattern, "example.com")) << pattern;
  }
}

TEST(NameConstraintsTest, AConstraintCoversItselfAndWhatIsBelow) {
  EXPECT_TRUE(dns_constraint_covers("example.com", "EXAMPLE.com"));
  EXPECT_TRUE(dns_constraint_covers("example.com", "a.b.example.com"));
  EXPECT_FALSE(dns_constraint_covers("example.com", "badexample.com"));
  EXPECT_FALSE(dns_constraint_covers("example.com", "com"));
  EXPECT_TRUE(dns_constraint_covers(".example.com", "a.example.com"));
  EXPECT_FALSE(dns_constraint_covers(".example.com", "example.com"));
  EXPECT_TRUE(dns_constraint_covers("", "anything"));
}

class TlsCertificateTest : public TlsTest {
 protected:
  // What a client that trusts the certificate itself says of it.
  Error refusal(const SelfSigned& pem, const std::string& host = "127.0.0.1") {
    serve(pem);
    trust(pem);
    return refusal_of(host);
  }
  Error refusal_of(const std::string& host = "127.0.0.1") {
    const auto dialled = connect(host);
    EXPECT_FALSE(dialled);
    return dialled ? Error{} : dialled.error();
  }
  std::string peer(const std::string& host = "127.0.0.1") const {
    return "the certificate of " + host + " (127.0.0.1:" + std::to_string(listener_->port()) + ") ";
  }

  // A leaf for `names` by an authority with the constraints, and what a client says that trusts it.
  std::optional<Error> judged_under(const std::string& constraints,
                                    const std::vector<std::string>& names,
                                    const std::string& host) {
    const SelfSigned authority = certificate({}, {.common_name = "authority",
                                                  .with_alternative_names = false,
                                                  .authority = true,
                                                  .name_constraints = constraints});
    const SelfSigned leaf = certificate(names, {.issuer = &authority});
    serve(TlsServerSettings{.certificate = leaf.certificate + authority.certificate,
                            .key = leaf.key});
    trust(authority, {.server_name = host});
    auto dialled = connect();
    if (dialled) return std::nullopt;
    return dialled.error();
  }
};

// DER of NameConstraints by hand: a list of permitted [0] or excluded [1] subtrees.
std::string der(char tag, const std::string& content) {
  return std::string{tag, static_cast<char>(content.size())} + content;
}
std::string dns_subtree(const std::string& name) { return der(0x30, der('\x82', name)); }
std::string address_subtree(const std::string& bytes) { return der(0x30, der('\x87', bytes)); }
std::string permitted(const std::string& subtrees) { return der('\xa0', subtrees); }
std::string excluded(const std::string& subtrees) { return der('\xa1', subtrees); }
std::string constraints(const std::string& lists) { return der(0x30, lists); }

TEST_F(TlsCertificateTest, AGoodCertificateIsAcceptedByNameAndByAddress) {
  const SelfSigned pem = certificate({"localhost", "127.0.0.1"});
  serve(pem);
  trust(pem);
  for (const char* host : {"127.0.0.1", "localhost"}) {
    auto dialled = connect(host);
    ASSERT_TRUE(dialled) << dialled.error().detail;
    EXPECT_EQ(dialled->address, "127.0.0.1:" + std::to_string(listener_->port()));
    EXPECT_FALSE(dialled->tls_resumed);
    EXPECT_GT(dialled->times.tls, Duration(0));
  }
}

TEST_F(TlsCertificateTest, AnExpiredOneIsRefusedWithItsDay) {
  const Error error = refusal(certificate({"127.0.0.1"}, {.validity = Validity::expired}));
  EXPECT_EQ(error.kind, ErrorKind::tls_certificate);
  EXPECT_TRUE(error.detail.starts_with(peer() + "expired on 20")) << error.detail;
}

TEST_F(TlsCertificateTest, OneThatIsNotValidYetIsRefused) {
  const Error error = refusal(certificate({"127.0.0.1"}, {.validity = Validity::not_yet}));
  EXPECT_TRUE(error.detail.starts_with(peer() + "is not valid before 20")) << error.detail;
}

TEST_F(TlsCertificateTest, AnotherNameIsRefusedAndTheNamesItHasAreTold) {
  const Error error = refusal(certificate({"shop.example", "*.shop.example", "192.0.2.1"}));
  EXPECT_EQ(error.kind, ErrorKind::tls_certificate);
  EXPECT_EQ(error.detail, peer() +
                              "is not for 127.0.0.1 but for shop.example, *.shop.example, "
                              "192.0.2.1");
  EXPECT_NE(error.hint.find("tls.server_name"), std::string::npos);
}

TEST_F(TlsCertificateTest, AnAddressWrittenAsADnsNameIsNoAddress) {
  const SelfSigned pem = certificate({"localhost"});
  serve(pem);
  trust(pem);
  EXPECT_NE(refusal_of().detail.find("is not for 127.0.0.1"), std::string::npos);
}

TEST_F(TlsCertificateTest, AnUnknownIssuerIsRefusedAndNamed) {
  serve(certificate({"127.0.0.1"}, {.common_name = "some authority"}));
  trust(certificate({"127.0.0.1"}));
  const Error error = refusal_of();
  EXPECT_EQ(error.kind, ErrorKind::tls_certificate);
  EXPECT_EQ(error.detail, peer() + "was issued by an unknown authority (CN=some authority)");
  EXPECT_NE(error.hint.find("tls.ca_file"), std::string::npos);
}

TEST_F(TlsCertificateTest, TheCommonNameNamesNoServer) {
  const Error error = refusal(
      certificate({}, {.common_name = "localhost", .with_alternative_names = false}), "localhost");
  EXPECT_EQ(error.detail,
            peer("localhost") + "has no subject alternative name, so it names no server");
}

TEST_F(TlsCertificateTest, TheServerNameOfTheSettingsIsExpectedInsteadOfTheHost) {
  const SelfSigned pem = certificate({"*.shop.example"});
  serve(pem);
  trust(pem, {.server_name = "api.shop.example"});
  EXPECT_TRUE(connect());
  trust(pem, {.server_name = "shop.example"});
  EXPECT_FALSE(connect());
}

TEST_F(TlsCertificateTest, WithoutVerificationAnyCertificatePassesAndTheBytesAreStillSealed) {
  serve(certificate({"other.example"}, {.validity = Validity::expired}));
  use({.verify = false});
  connect_both();
  near_.transport->write("secret");
  far().transport->start_reading();
  run_until([&] { return far().received == "secret"; });
}

TEST_F(TlsCertificateTest, ALeafByATrustedAuthorityIsAccepted) {
  EXPECT_FALSE(judged_under("", {"shop.example"}, "shop.example"));
}

TEST_F(TlsCertificateTest, NameConstraintsThatAreNotCriticalCountAllTheSame) {
  const auto below_example = constraints(permitted(dns_subtree("example")));
  EXPECT_FALSE(judged_under(below_example, {"shop.example"}, "shop.example"));
  const auto error = judged_under(below_example, {"shop.test"}, "shop.test");
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind, ErrorKind::tls_certificate);
  EXPECT_NE(error->detail.find("name constraints"), std::string::npos) << error->detail;
}

TEST_F(TlsCertificateTest, AnExcludedNameIsRefusedAlsoBehindAWildcard) {
  const auto not_shop = constraints(excluded(dns_subtree("shop.example")));
  EXPECT_TRUE(judged_under(not_shop, {"shop.example"}, "shop.example"));
  EXPECT_TRUE(judged_under(not_shop, {"*.example"}, "shop.example"));
  EXPECT_FALSE(judged_under(not_shop, {"other.example"}, "other.example"));
}

TEST_F(TlsCertificateTest, ConstraintsOnAddressesHaveAMask) {
  const auto loopback = constraints(permitted(address_subtree({127, 0, 0, 0, '\xff', 0, 0, 0})));
  EXPECT_FALSE(judged_under(loopback, {"127.0.0.1"}, "127.0.0.1"));
  const auto other = constraints(permitted(address_subtree({10, 0, 0, 0, '\xff', 0, 0, 0})));
  EXPECT_TRUE(judged_under(other, {"127.0.0.1"}, "127.0.0.1"));
  EXPECT_FALSE(judged_under(other, {"shop.example"}, "shop.example"));
}

TEST_F(TlsCertificateTest, ConstraintsThatAreNotUnderstoodRefuseEverything) {
  const auto on_mail = constraints(permitted(der(0x30, der('\x81', "example"))));
  EXPECT_TRUE(judged_under(on_mail, {"shop.example"}, "shop.example"));
  EXPECT_TRUE(judged_under("\x30\x05\xa0", {"shop.example"}, "shop.example"));
}

TEST_F(TlsCertificateTest, ACaFileThatCannotBeUsedIsAnErrorThatNamesIt) {
  const auto missing = TlsContext::create({.ca_file = directory_ + "/none.pem"}, stores_);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().detail,
            "cannot read " + directory_ + "/none.pem: No such file or directory");
  const std::string path = file_with("not a certificate");
  const auto empty = TlsContext::create({.ca_file = path}, stores_);
  ASSERT_FALSE(empty);
  EXPECT_EQ(empty.error().detail, path + " has no certificate in PEM");
}

TEST_F(TlsCertificateTest, ATrustStoreIsParsedOnceForAllWhoUseIt) {
  const PemFile file{"a.pem", certificate({"a.example"}).certificate};
  const auto first = stores_.of({file}, false);
  EXPECT_EQ(*first, *stores_.of({file}, false));
}

}  // namespace
}  // namespace trunkd

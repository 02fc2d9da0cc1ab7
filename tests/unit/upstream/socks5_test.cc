// SOCKS 5 byte by byte, as RFC 1928 and RFC 1929 write it.

#include "upstream/socks5.h"

#include <gtest/gtest.h>
#include <utility>

namespace trunkd {
namespace {

using namespace std::string_literals;

const Socks5Client::Login kLogin{"user", "pass"};
const std::string kOpen = "\5\0\0\1\x7f\0\0\1\x1f\x90"s;

// What the client says to these bytes of the proxy, given whole and one at a time.
struct Talk {
  std::string said;
  size_t used = 0;
  bool open = false;
  std::optional<Socks5Client::Failure> failure;
};

Talk talk(const std::string& host, const std::optional<Socks5Client::Login>& login,
          std::string_view proxy, size_t piece) {
  Socks5Client client(host, 443, login);
  Talk talk;
  while (talk.used < proxy.size()) {
    const size_t used = client.read(proxy.substr(talk.used, piece), talk.said);
    talk.used += used;
    if (used == 0) break;
  }
  talk.open = client.open();
  talk.failure = client.failure();
  return talk;
}

Talk talk(const std::string& host, const std::optional<Socks5Client::Login>& login,
          std::string_view proxy) {
  Talk whole = talk(host, login, proxy, proxy.size());
  const Talk split = talk(host, login, proxy, 1);
  EXPECT_EQ(whole.said, split.said);
  EXPECT_EQ(whole.used, split.used);
  EXPECT_EQ(whole.open, split.open);
  EXPECT_EQ(whole.failure.has_value(), split.failure.has_value());
  return whole;
}

TEST(Socks5Test, ALoginIsOfferedOnlyIfThereIsOne) {
  EXPECT_EQ(Socks5Client("api.example", 443, std::nullopt).greeting(), "\5\1\0"s);
  EXPECT_EQ(Socks5Client("api.example", 443, kLogin).greeting(), "\5\2\0\2"s);
}

TEST(Socks5Test, TheNameIsTheProxysToLookUp) {
  const Talk all = talk("api.example", std::nullopt, "\5\0"s + kOpen);
  EXPECT_EQ(all.said, "\5\1\0\3\x0b"s + "api.example" + "\1\xbb"s);
  EXPECT_TRUE(all.open);
}

TEST(Socks5Test, AnAddressGoesAsAnAddress) {
  EXPECT_EQ(talk("192.0.2.1", std::nullopt, "\5\0"s).said, "\5\1\0\1\xc0\0\2\1\1\xbb"s);
  EXPECT_EQ(talk("2001:db8::1", std::nullopt, "\5\0"s).said,
            "\5\1\0\4\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1\1\xbb"s);
}

TEST(Socks5Test, UserAndPasswordAreShownIfTheProxyAsksForThem) {
  const std::string login = "\1\4user\4pass"s;
  const std::string request = "\5\1\0\3\1a\1\xbb"s;
  EXPECT_EQ(talk("a", kLogin, "\5\2"s).said, login);
  const Talk all = talk("a", kLogin, "\5\2\1\0"s + kOpen);
  EXPECT_EQ(all.said, login + request);
  EXPECT_TRUE(all.open);
  EXPECT_EQ(talk("a", kLogin, "\5\0"s).said, request);  // it lets in anybody
}

TEST(Socks5Test, WhereTheProxyConnectsFromIsSkippedInEverySpelling) {
  for (const std::string& bound : {"\1\x7f\0\0\1"s, "\4"s + std::string(16, 'x'), "\3\0"s,
                                   "\3\5hello"s, "\3\xff"s + std::string(255, 'x')}) {
    const Talk all = talk("a", std::nullopt, "\5\0\5\0\0"s + bound + "\0\0"s + "behind");
    EXPECT_TRUE(all.open) << bound;
    EXPECT_EQ(all.used, 5 + bound.size() + 2);  // the rest is the origin's
  }
}

TEST(Socks5Test, EveryResultIsToldInWords) {
  const std::pair<char, ErrorKind> results[] = {
      {'\1', ErrorKind::proxy_failed},  {'\2', ErrorKind::proxy_refused},
      {'\3', ErrorKind::proxy_failed},  {'\4', ErrorKind::proxy_failed},
      {'\5', ErrorKind::proxy_failed},  {'\6', ErrorKind::proxy_failed},
      {'\7', ErrorKind::proxy_refused}, {'\x8', ErrorKind::proxy_refused},
      {'\x9', ErrorKind::proxy_failed}, {'\xff', ErrorKind::proxy_failed}};
  std::string last;
  for (const auto& [result, kind] : results) {
    const Talk all = talk("a", std::nullopt, "\5\0\5"s + result);  // nothing need follow
    ASSERT_TRUE(all.failure);
    EXPECT_FALSE(all.open);
    EXPECT_EQ(all.failure->kind, kind) << all.failure->what;
    EXPECT_NE(all.failure->what, last);
    last = all.failure->what;
  }
}

TEST(Socks5Test, ALoginThatIsNotTakenIsOneOfTheLogin) {
  const auto failure = [](const std::optional<Socks5Client::Login>& login, std::string_view proxy) {
    return talk("a", login, proxy).failure->kind;
  };
  EXPECT_EQ(failure(std::nullopt, "\5\xff"s), ErrorKind::proxy_auth);
  EXPECT_EQ(failure(kLogin, "\5\xff"s), ErrorKind::proxy_auth);
  EXPECT_EQ(failure(kLogin, "\5\2\1\1"s), ErrorKind::proxy_auth);
}

TEST(Socks5Test, WhatIsNoSocks5IsSeenAtOnce) {
  const auto is_broken = [](const std::optional<Socks5Client::Login>& login,
                            std::string_view proxy) {
    const Talk all = talk("a", login, proxy);
    return all.failure && all.failure->kind == ErrorKind::proxy_protocol && !all.open;
  };
  EXPECT_TRUE(is_broken(std::nullopt, "HTTP/1.1 400 Bad Request\r\n"));
  EXPECT_TRUE(is_broken(std::nullopt, "\4\0"s));
  EXPECT_TRUE(is_broken(std::nullopt, "\5\2"s));  // was not offered
  EXPECT_TRUE(is_broken(kLogin, "\5\1"s));        // GSSAPI was not
  EXPECT_TRUE(is_broken(kLogin, "\5\2\5\0"s));
  EXPECT_TRUE(is_broken(std::nullopt, "\5\0\4\0"s));
  EXPECT_TRUE(is_broken(std::nullopt, "\5\0\5\0\0\2\0"s));  // a type of address
}

}  // namespace
}  // namespace trunkd

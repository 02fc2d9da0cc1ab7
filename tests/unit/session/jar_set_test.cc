// Which jar a request has, and what becomes of jars over time.

#include "session/jar_set.h"

#include <gtest/gtest.h>

#include "support/fake_journal.h"
#include "support/fake_loop.h"

namespace trunkd {
namespace {

class JarSetTest : public testing::Test {
 protected:
  static CookiesConfig settings(CookiesConfig::Keep keep, bool by_header) {
    CookiesConfig settings;
    settings.keep = keep;
    settings.by_header = by_header;
    settings.max_jars = 2;
    settings.forget_after = 1h;
    return settings;
  }
  static Headers with_jar(std::string_view value) {
    Headers headers;
    headers.add("Trunkd-Jar", value);
    return headers;
  }
  std::string cookies_of(Jar& jar) { return jar.cookie_header(url_, loop_.wall_now()); }

  FakeLoop loop_;
  Log log_{LogLevel::error, LogFormat::text};
  PublicSuffixes suffixes_;
  FakeJournals journals_;
  JarParts parts_{loop_, log_, suffixes_, journals_, "/state"};
  const Url url_ = *parse_url("https://shop.example/");
};

TEST_F(JarSetTest, AllRequestsOfASessionHaveOneJarInMemory) {
  JarSet jars(parts_, settings(CookiesConfig::Keep::memory, false), "shop");
  const auto first = jars.jar_for({});
  const auto second = jars.jar_for(with_jar("jane"));
  ASSERT_TRUE(first && *first);
  EXPECT_EQ(*first, *second);
  EXPECT_TRUE((*first)->is_read());
  EXPECT_TRUE((*first)->store("a=1", url_, loop_.wall_now()));
  EXPECT_EQ(cookies_of(**first), "a=1");
}

TEST_F(JarSetTest, WithoutTheHeaderARequestHasNoJarAtAll) {
  JarSet jars(parts_, settings(CookiesConfig::Keep::memory, true), "shop");
  const auto jar = jars.jar_for({});
  ASSERT_TRUE(jar);
  EXPECT_EQ(*jar, nullptr);
}

TEST_F(JarSetTest, EachValueHasAJarOfItsOwn) {
  JarSet jars(parts_, settings(CookiesConfig::Keep::memory, true), "shop");
  const auto jane = *jars.jar_for(with_jar("jane"));
  jane->store("a=1", url_, loop_.wall_now());
  EXPECT_EQ(cookies_of(**jars.jar_for(with_jar("joe"))), "");
  EXPECT_EQ(cookies_of(**jars.jar_for(with_jar("jane"))), "a=1");
}

TEST_F(JarSetTest, AValueThatIsNoFileNameIsRefused) {
  JarSet jars(parts_, settings(CookiesConfig::Keep::memory, true), "shop");
  for (const char* value : {"", "../jane", ".hidden", "a/b", "a b"}) {
    const auto jar = jars.jar_for(with_jar(value));
    ASSERT_FALSE(jar) << value;
    EXPECT_EQ(jar.error().kind, ErrorKind::malformed_request);
  }
  Headers twice = with_jar("a");
  twice.add("Trunkd-Jar", "b");
  EXPECT_FALSE(jars.jar_for(twice));
}

TEST_F(JarSetTest, OneJarTooManyIsRefusedUntilAnUnusedOneIsForgotten) {
  JarSet jars(parts_, settings(CookiesConfig::Keep::memory, true), "shop");
  EXPECT_TRUE(jars.jar_for(with_jar("a")));
  EXPECT_TRUE(jars.jar_for(with_jar("b")));
  const auto third = jars.jar_for(with_jar("c"));
  ASSERT_FALSE(third);
  EXPECT_EQ(third.error().kind, ErrorKind::jar_limit);
  loop_.advance(3h);
  EXPECT_EQ(jars.size(), 0u);
  EXPECT_TRUE(jars.jar_for(with_jar("c")));
}

TEST_F(JarSetTest, AJarThatIsInUseIsNotForgotten) {
  JarSet jars(parts_, settings(CookiesConfig::Keep::memory, true), "shop");
  const auto in_use = *jars.jar_for(with_jar("a"));
  in_use->store("a=1", url_, loop_.wall_now());
  loop_.advance(3h);
  EXPECT_EQ(*jars.jar_for(with_jar("a")), in_use);
}

TEST_F(JarSetTest, APersistentJarIsReadBeforeItIsUsed) {
  journals_.files["/state/cookies/shop.txt"].content =
      "shop.example\tFALSE\t/\tFALSE\t0\tsid\tx1\n";
  JarSet jars(parts_, settings(CookiesConfig::Keep::persist, false), "shop");
  const auto jar = *jars.jar_for({});
  EXPECT_FALSE(jar->is_read());
  bool told = false;
  JarWaiter waiter([&] { told = true; });
  waiter.wait(jar);
  journals_.finish_opening();
  EXPECT_TRUE(told);
  EXPECT_TRUE(jar->is_read());
  EXPECT_EQ(cookies_of(*jar), "sid=x1");
}

TEST_F(JarSetTest, AJarThatCannotBeReadSaysWhyAndIsTriedAgain) {
  JarSet jars(parts_, settings(CookiesConfig::Keep::persist, false), "shop");
  const auto jar = *jars.jar_for({});
  bool told = false;
  JarWaiter waiter([&] { told = true; });
  waiter.wait(jar);
  journals_.fail_opening();
  EXPECT_EQ(parts_.counts->failed_reads, 1u);
  EXPECT_TRUE(told);
  ASSERT_TRUE(jar->failure());
  EXPECT_FALSE(jar->is_read());
  EXPECT_TRUE(journals_.openings.empty());
  EXPECT_TRUE(jars.jar_for({}));
  EXPECT_EQ(journals_.openings.size(), 1u);
}

TEST_F(JarSetTest, WhatIsStoredIsWaitedForUntilItIsInTheFile) {
  JarSet jars(parts_, settings(CookiesConfig::Keep::persist, false), "shop");
  const auto jar = *jars.jar_for({});
  journals_.finish_opening();
  bool written = false;
  WriteWaiter waiter([&] { written = true; });
  EXPECT_FALSE(jar->wait_until_written(waiter));
  jar->store("sid=x1; Max-Age=3600", url_, loop_.wall_now());
  EXPECT_TRUE(jar->wait_until_written(waiter));
  loop_.run();
  EXPECT_FALSE(written);
  FakeJournalFile& file = journals_.files["/state/cookies/shop.txt"];
  file.finish();
  EXPECT_TRUE(written);
  EXPECT_NE(file.content.find("\tsid\tx1\n"), std::string::npos);
}

TEST_F(JarSetTest, JarsOfAnEarlierRunCountAndAreForgottenWithTheirFiles) {
  journals_.stored = {"a", "b", "no name"};
  journals_.files["/state/cookies/shop/a.txt"].content = "";
  JarSet jars(parts_, settings(CookiesConfig::Keep::persist, true), "shop");
  EXPECT_EQ(jars.size(), 2u);
  EXPECT_FALSE(jars.jar_for(with_jar("c")));
  loop_.advance(3h);
  EXPECT_EQ(jars.size(), 0u);
  EXPECT_EQ(journals_.files.count("/state/cookies/shop/a.txt"), 0u);
}

}  // namespace
}  // namespace trunkd

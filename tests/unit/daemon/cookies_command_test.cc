#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <sstream>
#include <unistd.h>

#include "daemon/commands/cookies.h"
#include "event/file_lock.h"

namespace trunkd {
namespace {

using Verb = CookiesCommand::Verb;

constexpr WallTime kNow{Duration(1'767'225'600s)};  // 2026-01-01T00:00:00Z

class CookiesCommandTest : public testing::Test {
 protected:
  void SetUp() override {
    char pattern[] = "/tmp/trunkd-cookies-XXXXXX";
    directory_ = mkdtemp(pattern);
    for (const char* name : {"shop", "plain", "crawler", "other"}) {
      SessionConfig session;
      session.name = name;
      config_.sessions.push_back(session);
    }
    config_.sessions[0].cookies.keep = CookiesConfig::Keep::persist;
    config_.sessions[2].cookies.keep = CookiesConfig::Keep::persist;
    config_.sessions[2].cookies.by_header = true;
    config_.sessions[3].cookies.keep = CookiesConfig::Keep::persist;
    config_.sessions[3].cookies.jar = "shared";
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  int run(CookiesCommand command, const std::string& input = "") {
    std::istringstream in(input);
    out_.str("");
    err_.str("");
    return run_cookies(command, config_, directory_, kNow, {in, out_, err_});
  }
  static CookiesCommand command(Verb verb, std::string session = "shop") {
    CookiesCommand made;
    made.verb = verb;
    made.session = std::move(session);
    return made;
  }

  void put(const std::string& name, const std::string& text) {
    const std::filesystem::path path(directory_ + "/cookies/" + name);
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text;
  }
  std::string content(const std::string& name) {
    std::ifstream file(directory_ + "/cookies/" + name);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
  }
  // The values of the lines about cookies, in order.
  std::string values(const std::string& name) {
    std::istringstream lines(content(name));
    std::string values;
    for (std::string line; std::getline(lines, line);) {
      if (line.empty() || (line[0] == '#' && !line.starts_with("#HttpOnly_"))) continue;
      values += (values.empty() ? "" : " ") + line.substr(line.rfind('\t') + 1);
    }
    return values;
  }

  const std::string kThree =
      "#trunkd created=1700000000.000000 samesite=lax\n"
      "#HttpOnly_example.com\tFALSE\t/\tTRUE\t1798761600\tsid\tsecret1\n"
      ".example.com\tTRUE\t/shop\tFALSE\t0\ttheme\tsecret2\n"
      "sub.example.com\tFALSE\t/\tFALSE\t0\tsid\tsecret3\n";
  std::string directory_;
  Config config_;
  std::ostringstream out_, err_;
};

TEST_F(CookiesCommandTest, ListShowsEverythingButTheValues) {
  put("shop.txt", kThree);
  EXPECT_EQ(run(command(Verb::list)), 0);
  EXPECT_EQ(out_.str(),
            "DOMAIN           PATH   NAME   EXPIRES               FLAGS\n"
            "example.com      /      sid    2027-01-01T00:00:00Z  Secure HttpOnly SameSite=Lax\n"
            ".example.com     /shop  theme  session\n"
            "sub.example.com  /      sid    session\n");
  EXPECT_EQ(err_.str(), "");
}

TEST_F(CookiesCommandTest, ListAsJsonHasTheSame) {
  put("shop.txt", kThree.substr(0, kThree.find(".example.com\tTRUE")));
  CookiesCommand list = command(Verb::list);
  list.json = true;
  EXPECT_EQ(run(list), 0);
  EXPECT_EQ(out_.str(), R"([
  {
    "domain": "example.com",
    "host_only": true,
    "path": "/",
    "name": "sid",
    "expires": "2027-01-01T00:00:00Z",
    "secure": true,
    "http_only": true,
    "same_site": "Lax",
    "created": "2023-11-14T22:13:20Z"
  }
]
)");
}

TEST_F(CookiesCommandTest, ANameCannotDisturbTheTerminal) {
  put("shop.txt", "example.com\tFALSE\t/\tFALSE\t0\t\xc3\x9b\t1\n");
  EXPECT_EQ(run(command(Verb::list)), 0);
  EXPECT_NE(out_.str().find("\\xc3\\x9b"), std::string::npos);
}

TEST_F(CookiesCommandTest, AJarWithoutAFileIsEmpty) {
  EXPECT_EQ(run(command(Verb::list)), 0);
  EXPECT_EQ(out_.str(), "There are no cookies.\n");
  EXPECT_EQ(run(command(Verb::clear)), 0);
  EXPECT_EQ(out_.str(), "Removed 0 cookies, 0 are left.\n");
  EXPECT_EQ(content("shop.txt"), "");
}

TEST_F(CookiesCommandTest, ExportIsAFileForOtherPrograms) {
  put("shop.txt", kThree + "example.com\tFALSE\t/\tTRUE\t1\tsid\t\n");
  EXPECT_EQ(run(command(Verb::export_file)), 0);
  EXPECT_EQ(out_.str().substr(0, 28), "# Netscape HTTP Cookie File\n");
  EXPECT_EQ(out_.str().find("secret1"), std::string::npos);
  EXPECT_NE(out_.str().find("\tsecret2\n"), std::string::npos);
}

TEST_F(CookiesCommandTest, ImportMergesAndWins) {
  put("shop.txt", kThree);
  const std::string text =
      "# Netscape HTTP Cookie File\n"
      "example.com\tFALSE\t/\tFALSE\t0\tsid\tnew1\n"
      "rubbish\n"
      "example.org\tFALSE\t/\tFALSE\t0\ta\tnew2\n";
  EXPECT_EQ(run(command(Verb::import_file), text), 0);
  EXPECT_EQ(out_.str(), "Imported 2 cookies, there are 4 now.\n");
  EXPECT_EQ(err_.str(), "trunkd: 1 line cannot be read, the first is line 3\n");
  EXPECT_EQ(values("shop.txt"), "new1 secret2 secret3 new2");
}

TEST_F(CookiesCommandTest, ImportReadsAFile) {
  put("export", "example.org\tFALSE\t/\tFALSE\t0\ta\t1\n");
  CookiesCommand import = command(Verb::import_file);
  import.file = directory_ + "/cookies/export";
  EXPECT_EQ(run(import), 0);
  EXPECT_EQ(values("shop.txt"), "1");
  import.file = directory_ + "/none";
  EXPECT_EQ(run(import), 1);
  EXPECT_EQ(err_.str(), "trunkd: cannot open " + directory_ + "/none: No such file or directory\n");
}

TEST_F(CookiesCommandTest, WhatHasNoCookieIsNotImported) {
  EXPECT_EQ(run(command(Verb::import_file), "a=1; b=2\n"), 1);
  EXPECT_EQ(err_.str(),
            "trunkd: 1 line cannot be read, the first is line 1\n"
            "trunkd: there is no cookie in what was to be imported\n");
  EXPECT_EQ(content("shop.txt"), "");
}

TEST_F(CookiesCommandTest, ClearRemovesAllOrWhatItIsToldTo) {
  put("shop.txt", kThree);
  CookiesCommand clear = command(Verb::clear);
  clear.domain = ".SUB.example.com";
  EXPECT_EQ(run(clear), 0);
  EXPECT_EQ(out_.str(), "Removed 1 cookie, 2 are left.\n");
  EXPECT_EQ(values("shop.txt"), "secret1 secret2");
  clear.domain = "example.com";
  clear.name = "theme";
  EXPECT_EQ(run(clear), 0);
  EXPECT_EQ(values("shop.txt"), "secret1");
  EXPECT_EQ(run(command(Verb::clear)), 0);
  EXPECT_EQ(values("shop.txt"), "");
  clear.domain = "no host";
  EXPECT_EQ(run(clear), 2);
}

TEST_F(CookiesCommandTest, AJarInUseIsLeftAlone) {
  put("shop.txt", kThree);
  const auto lock = FileLock::take(directory_ + "/cookies/.shop.lock", "");
  ASSERT_TRUE(lock);
  for (const Verb verb : {Verb::list, Verb::clear, Verb::import_file, Verb::export_file}) {
    EXPECT_EQ(run(command(verb)), 1);
    EXPECT_EQ(err_.str(), "trunkd: the jar shop is in use by another trunkd (pid " +
                              std::to_string(getpid()) + ")\n");
  }
  EXPECT_EQ(content("shop.txt"), kThree);
}

TEST_F(CookiesCommandTest, ASharedJarGoesByItsOwnNameAndByItsSessions) {
  put("shared.txt", kThree);
  for (const char* name : {"other", "shared"}) {
    EXPECT_EQ(run(command(Verb::export_file, name)), 0);
    EXPECT_NE(out_.str().find("secret1"), std::string::npos);
  }
}

TEST_F(CookiesCommandTest, AJarOfAHeaderIsNamedByItsValue) {
  CookiesCommand list = command(Verb::list, "crawler");
  const std::string asks =
      "trunkd: session crawler has a jar for each value of Trunkd-Jar, name one with --jar ";
  EXPECT_EQ(run(list), 2);
  EXPECT_EQ(err_.str(), asks + "(there is none yet)\n");
  put("crawler/bob.txt", kThree);
  put("crawler/alice.txt", "");
  put("crawler/alice.txt.new", "");
  EXPECT_EQ(run(list), 2);
  EXPECT_EQ(err_.str(), asks + "(there are: alice, bob)\n");
  list.jar = "bob";
  EXPECT_EQ(run(list), 0);
  EXPECT_NE(out_.str().find("theme"), std::string::npos);
  list.jar = "../shop";
  EXPECT_EQ(run(list), 2);
}

TEST_F(CookiesCommandTest, WhatThereIsNotIsSaid) {
  EXPECT_EQ(run(command(Verb::list, "shopp")), 2);
  EXPECT_EQ(err_.str(),
            "trunkd: no session and no jar is named \"shopp\", did you mean \"shop\"?\n");
  EXPECT_EQ(run(command(Verb::list, "plain")), 2);
  EXPECT_EQ(err_.str(),
            "trunkd: session plain keeps no cookies in a file, see sessions.plain.cookies\n");
  CookiesCommand list = command(Verb::list);
  list.jar = "bob";
  EXPECT_EQ(run(list), 2);
  EXPECT_EQ(err_.str(), "trunkd: session shop has one jar only, --jar is for scope: header\n");
}

}  // namespace
}  // namespace trunkd

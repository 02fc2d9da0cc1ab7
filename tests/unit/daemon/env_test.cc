#include "daemon/commands/env.h"

#include <gtest/gtest.h>
#include <map>
#include <sstream>

#include "config/config_loader.h"

namespace trunkd {
namespace {

class EnvTest : public testing::Test {
 protected:
  std::string print(const std::string& yaml) {
    const LoadedConfig loaded = load_config_text(yaml, "test.yaml");
    for (const ConfigMistake& mistake : loaded.mistakes) ADD_FAILURE() << mistake.text();
    if (!loaded.config) return {};
    std::istringstream in;
    std::ostringstream out, err;
    code_ = run_env(command_, *loaded.config, environment(), {in, out, err});
    error_ = err.str();
    return out.str();
  }
  Environment environment() const {
    return [this](const std::string& name) -> std::optional<std::string> {
      const auto found = variables_.find(name);
      if (found == variables_.end()) return std::nullopt;
      return found->second;
    };
  }

  const std::string kTwo =
      "sessions:\n"
      "  git-hub: {listen: 8101, base_url: https://api.github.com}\n"
      "  crawler: {allow_hosts: [\"*.example.com\"], listen: 8102}\n";
  const std::string kDirect =
      "export NO_PROXY=localhost,127.0.0.1,::1;\nexport no_proxy=localhost,127.0.0.1,::1;\n";
  EnvCommand command_;
  std::map<std::string, std::string> variables_;
  int code_ = 0;
  std::string error_;
};

TEST_F(EnvTest, EachSessionHasItsUrlAndOneWithManyHostsAPathToNameThemIn) {
  EXPECT_EQ(print(kTwo),
            "export TRUNKD_URL=http://127.0.0.1:7480;\n"
            "export TRUNKD_GIT_HUB_URL=http://127.0.0.1:8101;\n"
            "export TRUNKD_CRAWLER_URL=http://127.0.0.1:7480/s/crawler;\n" +
                kDirect);
  EXPECT_EQ(code_, 0);
}

TEST_F(EnvTest, OneSessionCanHaveAnyVariable) {
  command_.sessions = {"GIT-HUB"};
  command_.as = "OPENAI_BASE_URL";
  EXPECT_EQ(print(kTwo), "export OPENAI_BASE_URL=http://127.0.0.1:8101;\n" + kDirect);
}

TEST_F(EnvTest, FishHasItsOwnWayToSaySo) {
  command_.sessions = {"git-hub"};
  command_.shell = EnvCommand::Shell::fish;
  EXPECT_EQ(print(kTwo),
            "set -gx TRUNKD_GIT_HUB_URL 'http://127.0.0.1:8101';\n"
            "set -gx NO_PROXY 'localhost,127.0.0.1,::1';\n"
            "set -gx no_proxy 'localhost,127.0.0.1,::1';\n");
}

TEST_F(EnvTest, AProxyIsTheSharedPortWithTheSessionAsUserElseItsOwnPort) {
  command_.proxy = "crawler";
  EXPECT_EQ(print(kTwo), "export http_proxy=http://crawler:x@127.0.0.1:7480;\n" + kDirect);
  EXPECT_EQ(print("listen: off\n" + kTwo), "export http_proxy=http://127.0.0.1:8102;\n" + kDirect);
}

TEST_F(EnvTest, ManyHostsHaveNoBaseUrlOnAPortOfTheirOwn) {
  EXPECT_EQ(print("listen: off\n" + kTwo),
            "export TRUNKD_GIT_HUB_URL=http://127.0.0.1:8101;\n" + kDirect);
  EXPECT_EQ(code_, 0);
  EXPECT_NE(error_.find("trunkd env --proxy crawler"), std::string::npos) << error_;
  command_.sessions = {"crawler"};
  EXPECT_EQ(print("listen: off\n" + kTwo), "");
  EXPECT_EQ(code_, 1);
}

TEST_F(EnvTest, WhatIsSetInNoProxyStays) {
  variables_ = {{"no_proxy", "10.0.0.1, LOCALHOST a.example"},
                {"NO_PROXY", ".corp.example,10.0.0.1"}};
  EXPECT_EQ(merged_no_proxy(environment()),
            "10.0.0.1,LOCALHOST,a.example,.corp.example,127.0.0.1,::1");
  variables_ = {{"NO_PROXY", "*"}};
  EXPECT_EQ(merged_no_proxy(environment()), "*");
  variables_ = {{"NO_PROXY", "a';touch\t/tmp/x;'"}};
  EXPECT_NE(print(kTwo).find("NO_PROXY='a'\\'';touch\t/tmp/x;'\\'',localhost"), std::string::npos);
}

TEST_F(EnvTest, AddressesForAllAreReachedByTheLoopback) {
  EXPECT_EQ(client_url({ListenAddress::Kind::tcp, "0.0.0.0", 80, "", 0, ""}),
            "http://127.0.0.1:80");
  EXPECT_EQ(client_url({ListenAddress::Kind::tcp, "::", 80, "", 0, ""}), "http://[::1]:80");
  EXPECT_EQ(client_url({ListenAddress::Kind::tcp, "10.0.0.1", 80, "", 0, ""}),
            "http://10.0.0.1:80");
  EXPECT_EQ(client_url({}), std::nullopt);
}

TEST_F(EnvTest, ASessionWithAUnixSocketAloneHasThat) {
  EXPECT_EQ(print("listen: off\nsessions:\n  a: {listen: \"unix:/run/a.sock\", base_url: "
                  "http://a.example}\n"),
            "export TRUNKD_A_SOCKET=/run/a.sock;\n" + kDirect);
}

TEST_F(EnvTest, WhatHasNoAddressIsSaidAndIsAnErrorIfItWasAskedFor) {
  const std::string yaml =
      "listen: off\nsessions:\n  a: {listen: 0, base_url: http://a.example}\n"
      "  b: {listen: 8102, base_url: http://b.example}\n";
  EXPECT_EQ(print(yaml), "export TRUNKD_B_URL=http://127.0.0.1:8102;\n" + kDirect);
  EXPECT_EQ(code_, 0);
  EXPECT_EQ(error_.find("trunkd: session a has no address"), 0u);
  command_.sessions = {"a"};
  EXPECT_EQ(print(yaml), "");
  EXPECT_EQ(code_, 1);
}

TEST_F(EnvTest, AnUnknownSessionIsAMistakeOfTheCommandLine) {
  command_.sessions = {"git-hubb"};
  EXPECT_EQ(print(kTwo), "");
  EXPECT_EQ(code_, 2);
  EXPECT_EQ(error_, "trunkd: no session is named \"git-hubb\", did you mean \"git-hub\"?\n");
}

}  // namespace
}  // namespace trunkd

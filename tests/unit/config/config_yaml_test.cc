#include "config/config_yaml.h"

#include <gtest/gtest.h>

#include "config/config_loader.h"

namespace trunkd {
namespace {

TEST(ConfigYamlTest, ValuesThatYamlWouldMistakeAreQuoted) {
  Config config;
  config.listen.emplace();
  config.log.access = "/var/log/$x: #1.log";
  config.admin.group = "on";
  SessionConfig session;
  session.name = "123";
  session.origin = {Scheme::https, "::1", 8443};
  session.base_path = "/a:b/$c";
  config.sessions.push_back(session);

  const std::string text = to_yaml(config);

  EXPECT_NE(text.find("access: \"/var/log/$$x: #1.log\"\n"), std::string::npos) << text;
  EXPECT_NE(text.find("group: \"on\"\n"), std::string::npos) << text;
  EXPECT_NE(text.find("\"123\":\n"), std::string::npos) << text;
  EXPECT_NE(text.find("base_url: \"https://[::1]:8443/a:b/$$c\"\n"), std::string::npos) << text;
  const LoadedConfig loaded = load_config_text(text, "t.yaml");
  for (const ConfigMistake& mistake : loaded.mistakes) ADD_FAILURE() << mistake.text();
}

TEST(ConfigYamlTest, TheSharedPortOffIsPrintedSo) {
  SessionConfig session;
  session.name = "a";
  session.origin.host = "a.example";
  session.listen.emplace_back().port = 8101;
  Config config;
  config.sessions.push_back(session);
  EXPECT_EQ(to_yaml(config).substr(0, 12), "listen: off\n");
}

}  // namespace
}  // namespace trunkd

#include "config/config_loader.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <unistd.h>

namespace trunkd {
namespace {

namespace fs = std::filesystem;

std::optional<std::string> no_variable_is_set(const std::string&) { return std::nullopt; }

Config load(std::string_view text) {
  const LoadedConfig loaded = load_config_text(text, "t.yaml", no_variable_is_set);
  for (const ConfigMistake& mistake : loaded.mistakes) ADD_FAILURE() << mistake.text();
  return loaded.config ? *loaded.config : Config{};
}

std::vector<std::string> mistakes_of(const LoadedConfig& loaded) {
  EXPECT_EQ(loaded.config == nullptr, !loaded.mistakes.empty());
  std::vector<std::string> texts;
  for (const ConfigMistake& mistake : loaded.mistakes) texts.push_back(mistake.text());
  return texts;
}

std::vector<std::string> mistakes_in(std::string_view text) {
  return mistakes_of(load_config_text(text, "trunkd.yaml", no_variable_is_set));
}

using Mistakes = std::vector<std::string>;

// A folder with files, gone at the end of the test.
class Folder {
 public:
  Folder() {
    std::string pattern = (fs::temp_directory_path() / "trunkd-config-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  ~Folder() { fs::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::string write(const std::string& name, std::string_view text) const {
    std::ofstream(path_ / name) << text;
    return (path_ / name).string();
  }
  std::string path(const std::string& name) const { return (path_ / name).string(); }

 private:
  fs::path path_;
};

TEST(ConfigLoaderTest, AnEmptyFileGivesTheDefaults) {
  const Config config = load("");
  ASSERT_TRUE(config.listen);
  EXPECT_EQ(config.listen->text(), "7480");
  EXPECT_EQ(config.drain_timeout, 25s);
  EXPECT_EQ(config.downstream.idle, 5min);
  EXPECT_TRUE(config.sessions.empty());
}

TEST(ConfigLoaderTest, ASessionForOneHostHasOneConnectionAndOneForManyHasTwenty) {
  const Config config = load(
      "sessions:\n"
      "  one: {base_url: 'https://a.example'}\n"
      "  many: {allow_hosts: [a.example]}\n"
      "  few: {allow_hosts: [a.example], connections: 3}\n");
  EXPECT_EQ(config.sessions[0].connections, 1U);
  EXPECT_EQ(config.sessions[1].connections, 20U);
  EXPECT_EQ(config.sessions[1].connections_per_host, 20U);
  EXPECT_EQ(config.sessions[2].connections_per_host, 3U);
  EXPECT_FALSE(config.sessions[0].multi_host);
  EXPECT_TRUE(config.sessions[1].multi_host);
}

TEST(ConfigLoaderTest, BasePathAndEndpointMeetAtOneSlashAndStayAsWritten) {
  const auto base_path = [](const std::string& url, const std::string& endpoint) {
    return load("sessions: {a: {base_url: '" + url + "', endpoint: '" + endpoint + "'}}")
        .sessions.at(0)
        .base_path;
  };
  EXPECT_EQ(base_path("http://h", "off"), "");
  EXPECT_EQ(base_path("http://h/", "off"), "");
  EXPECT_EQ(base_path("http://h/v1/", "off"), "/v1/");
  EXPECT_EQ(base_path("http://h", "asks/test"), "/asks/test");
  EXPECT_EQ(base_path("http://h/v1", "asks/test"), "/v1/asks/test");
  EXPECT_EQ(base_path("http://h/v1/", "/asks/test/"), "/v1/asks/test/");
  EXPECT_EQ(base_path("http://h/a//b/%2e./", "/../x"), "/a//b/%2e./../x");
}

TEST(ConfigLoaderTest, HostsAreNormalized) {
  const Config config = load(
      "names: [Trunkd.Example.]\n"
      "sessions:\n"
      "  a: {base_url: 'HTTPS://API.Example.com.:443'}\n"
      "  b: {allow_hosts: ['*.Bücher.example', '[0::1]:80', '::1']}\n");
  EXPECT_EQ(config.names, std::vector<std::string>{"trunkd.example"});
  EXPECT_EQ(config.sessions[0].origin, (Origin{Scheme::https, "api.example.com", 443}));
  const auto& hosts = config.sessions[1].allow_hosts;
  EXPECT_EQ(hosts[0], (HostPattern{"xn--bcher-kva.example", true, std::nullopt}));
  EXPECT_EQ(hosts[1], (HostPattern{"::1", false, 80}));
  EXPECT_EQ(hosts[2], (HostPattern{"::1", false, std::nullopt}));
}

TEST(ConfigLoaderTest, DefaultsApplyFieldByFieldAndListsAreReplaced) {
  const Config config = load(
      "sessions:\n"
      "  a: {base_url: 'http://a.example', queue: {max: 3}, upgrade: [mqtt]}\n"
      "  b: {base_url: 'http://b.example'}\n"
      "defaults: {queue: {max: 7, timeout: 1s}, upgrade: [websocket, x], connections: 9}\n");
  EXPECT_EQ(config.sessions[0].queue, (QueueConfig{3, 1s}));
  EXPECT_EQ(config.sessions[1].queue, (QueueConfig{7, 1s}));
  EXPECT_EQ(config.sessions[0].upgrade, std::vector<std::string>{"mqtt"});
  EXPECT_EQ(config.sessions[1].upgrade.size(), 2U);
  EXPECT_EQ(config.sessions[1].connections, 9U);
}

TEST(ConfigLoaderTest, ASessionsOwnTargetBeatsTheOtherKindInDefaults) {
  const Config config = load(
      "defaults: {base_url: 'http://d.example', endpoint: v1}\n"
      "sessions: {a: , b: {allow_hosts: [b.example]}, c: {base_url: 'http://c.example'}}\n");
  EXPECT_EQ(config.sessions[0].origin.host, "d.example");
  EXPECT_TRUE(config.sessions[1].multi_host);
  EXPECT_EQ(config.sessions[1].base_path, "");
  EXPECT_EQ(config.sessions[2].origin.host, "c.example");
  EXPECT_EQ(config.sessions[2].base_path, "/v1");
}

TEST(ConfigLoaderTest, OwnKeysBeatMergedOnesAndEarlierSourcesLaterOnes) {
  const Config config = load(
      "x-a: &a {connections: 2, queue: {max: 2}}\n"
      "x-b: &b {connections: 3, via: true}\n"
      "sessions: {s: {<<: [*a, *b], base_url: 'http://a.example', queue: {timeout: 2s}}}\n");
  const SessionConfig& session = config.sessions.at(0);
  EXPECT_EQ(session.connections, 2U);
  EXPECT_TRUE(session.via);
  EXPECT_EQ(session.queue, (QueueConfig{10000, 2s}));  // a merge takes whole values
}

TEST(ConfigLoaderTest, SessionsKeepTheOrderOfTheFile) {
  const Config config =
      load("sessions: {z: {base_url: 'http://z.example'}, a: {base_url: 'http://a.example'}}");
  EXPECT_EQ(config.sessions[0].name, "z");
  EXPECT_EQ(config.sessions[1].name, "a");
}

TEST(ConfigLoaderTest, AMistakeSaysFileLineColumnPathAndSuggestion) {
  EXPECT_EQ(mistakes_in("sessions:\n"
                        "  github:\n"
                        "    conections: 8\n"
                        "    base_url: https://api.github.com\n"),
            Mistakes{"trunkd.yaml:3:5: sessions.github.conections: unknown key, did you mean "
                     "\"connections\"?"});
}

TEST(ConfigLoaderTest, AMistakeOfAnAliasedValueIsToldWhereTheValueStands) {
  EXPECT_EQ(mistakes_in("x-n: &n 0\n"
                        "sessions:\n"
                        "  a: {base_url: 'http://a.example', connections: *n}\n"),
            Mistakes{"trunkd.yaml:1:6: sessions.a.connections: must be at least 1, is 0"});
}

TEST(ConfigLoaderTest, AMistakeInDefaultsIsToldOnce) {
  EXPECT_EQ(mistakes_in("defaults: {connections: 0, base_url: x}\n"
                        "sessions: {a: , b: {connections_per_host: 9}}\n"),
            (Mistakes{"trunkd.yaml:1:25: defaults.connections: must be at least 1, is 0",
                      "trunkd.yaml:1:38: defaults.base_url: must be a URL that begins with "
                      "https:// or http://"}));
}

TEST(ConfigLoaderTest, NoMessageRepeatsAPassword) {
  for (const char* url : {"https://u:secret@h/", "ftp://u:secret@h/", "u:secret@h",
                          "https://h/?token=secret", "http://u:secret @h"}) {
    for (const std::string& text :
         mistakes_in("sessions: {a: {base_url: '" + std::string(url) + "'}}")) {
      EXPECT_EQ(text.find("secret"), std::string::npos) << text;
    }
  }
}

TEST(ConfigLoaderTest, FilesAreMergedAndTheLaterValueCounts) {
  const Folder folder;
  const auto main = folder.write("trunkd.yaml",
                                 "listen: 7000\n"
                                 "log: {level: debug, access: off}\n"
                                 "defaults: {connections: 2}\n"
                                 "sessions: {a: {base_url: 'http://a.example'}}\n");
  const auto more = folder.write("more.yaml",
                                 "listen: 7001\n"
                                 "log: {level: error}\n"
                                 "defaults: {via: true}\n"
                                 "sessions: {b: {base_url: 'http://b.example'}}\n");
  const LoadedConfig loaded = load_config({main, more}, no_variable_is_set);
  ASSERT_EQ(mistakes_of(loaded), Mistakes{});
  EXPECT_EQ(loaded.config->listen->port, 7001);
  EXPECT_EQ(loaded.config->log.level, LogLevelSetting::error);
  EXPECT_EQ(loaded.config->log.access, "");
  ASSERT_EQ(loaded.config->sessions.size(), 2U);
  EXPECT_EQ(loaded.config->sessions[0].connections, 2U);
  EXPECT_TRUE(loaded.config->sessions[0].via);
}

TEST(ConfigLoaderTest, ASessionInTwoFilesIsAMistakeInTheLaterOne) {
  const Folder folder;
  const auto first = folder.write("1.yaml", "sessions: {a: {base_url: 'http://a.example'}}\n");
  const auto second = folder.write("2.yaml", "\nsessions: {a: {base_url: 'http://a.example'}}\n");
  EXPECT_EQ(mistakes_of(load_config({first, second}, no_variable_is_set)),
            Mistakes{second + ":2:12: sessions.a: is already defined in " + first + ", line 1"});
}

TEST(ConfigLoaderTest, MistakesOfAllFilesAreToldInTheirOrder) {
  const Folder folder;
  const auto first = folder.write("1.yaml", "listn: 1\n");
  const auto missing = folder.path("2.yaml");
  const auto third = folder.write("3.yaml", "drain_timeout: 1\nlisten: x\n");
  const Mistakes mistakes = mistakes_of(load_config({first, missing, third}, no_variable_is_set));
  ASSERT_EQ(mistakes.size(), 4U);
  EXPECT_EQ(mistakes[0], first + ":1:1: listn: unknown key, did you mean \"listen\"?");
  EXPECT_EQ(mistakes[1], missing + ": cannot be read: No such file or directory");
  EXPECT_EQ(mistakes[2], third + ":1:16: drain_timeout: needs a unit (1ms, 1s, 1m or 1h)");
  EXPECT_EQ(mistakes[3], third + ":2:9: listen: must be a port, HOST:PORT or unix:PATH, is \"x\"");
}

TEST(ConfigLoaderTest, ExposeInOneFileCoversTheListenersOfAllOthers) {
  const Folder folder;
  const auto first = folder.write("1.yaml", "listen: 0.0.0.0:7480\n");
  const auto second = folder.write("2.yaml", "expose: true\n");
  EXPECT_EQ(mistakes_of(load_config({first, second}, no_variable_is_set)), Mistakes{});
}

TEST(ConfigLoaderTest, NoFileAtAllIsAMistakeAndSoIsOneThatIsTooLarge) {
  EXPECT_EQ(mistakes_of(load_config({}, no_variable_is_set)).size(), 1U);
  const Folder folder;
  const auto large = folder.write("large.yaml", std::string(1024 * 1024 + 1, '#'));
  EXPECT_EQ(mistakes_of(load_config({large}, no_variable_is_set)),
            Mistakes{large + ": larger than 1 MiB"});
}

}  // namespace
}  // namespace trunkd

#include "daemon/commands/init.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <sstream>

#include "config/config_loader.h"
#include "daemon/commands/check.h"
#include "daemon/commands/starter.h"

namespace trunkd {
namespace {

class InitTest : public testing::Test {
 protected:
  void SetUp() override {
    char pattern[] = "/tmp/trunkd-init-XXXXXX";
    directory_ = mkdtemp(pattern);
    command_.file = directory_ + "/trunkd.yaml";
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  int run() {
    std::istringstream in;
    out_.str("");
    err_.str("");
    return run_init(command_, {in, out_, err_});
  }
  std::string written() const {
    std::ifstream file(command_.file);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
  }

  std::string directory_;
  InitCommand command_;
  std::ostringstream out_, err_;
};

TEST_F(InitTest, TheFilePassesCheckAndIsThatOfTheRepository) {
  EXPECT_EQ(run(), 0);
  EXPECT_EQ(written(), starter_file());
  std::ostringstream out, err;
  EXPECT_EQ(run_check({command_.file}, {}, out, err), 0) << err.str();
  EXPECT_NE(out_.str().find("trunkd check --live -c " + command_.file), std::string::npos);
}

TEST_F(InitTest, WhatIsCommentedOutInItIsGoodAsWell) {
  std::istringstream lines{std::string(starter_file())};
  std::string text;
  for (std::string line; std::getline(lines, line);) {
    // "#key: value" is a field, "# Text" a comment.
    const size_t at = line.find_first_not_of(' ');
    const bool is_field = at != std::string::npos && line[at] == '#' && line.size() > at + 1 &&
                          (line[at + 1] != ' ' || line.compare(at, 4, "#  a") == 0 ||
                           line.compare(at, 4, "#  c") == 0);
    if (is_field) line.replace(at, 1, "");
    text += line + '\n';
  }
  const LoadedConfig loaded = load_config_text(text, "starter.yaml");
  for (const ConfigMistake& mistake : loaded.mistakes) ADD_FAILURE() << mistake.text();
  ASSERT_TRUE(loaded.config);
  EXPECT_EQ(loaded.config->sessions.size(), 2u);
  EXPECT_EQ(loaded.config->sessions.front().auth.kind, AuthConfig::Kind::bearer);
  EXPECT_EQ(loaded.config->sessions.front().follow_redirects, 5u);
}

TEST_F(InitTest, AFileThatIsThereStaysAsItIs) {
  std::ofstream(command_.file) << "mine\n";
  EXPECT_EQ(run(), 1);
  EXPECT_EQ(written(), "mine\n");
  EXPECT_EQ(err_.str().find("trunkd: " + command_.file + " is there already"), 0u);
  EXPECT_EQ(out_.str(), "");
}

TEST_F(InitTest, ALinkToNowhereIsNotFollowed) {
  std::filesystem::create_symlink(directory_ + "/elsewhere", command_.file);
  EXPECT_EQ(run(), 1);
  EXPECT_FALSE(std::filesystem::exists(directory_ + "/elsewhere"));
}

TEST_F(InitTest, SessionAddressAndPortAreFilledInEverywhere) {
  command_.file = "-";
  command_.session = "github";
  command_.base_url = "https://api.github.com/v3";
  command_.listen = 9001;
  EXPECT_EQ(run(), 0);
  const LoadedConfig loaded = load_config_text(out_.str(), "-");
  ASSERT_TRUE(loaded.config);
  const SessionConfig& session = loaded.config->sessions.front();
  EXPECT_EQ(session.name, "github");
  EXPECT_EQ(session.origin.host, "api.github.com");
  EXPECT_EQ(session.listen.front().port, 9001);
  for (const char* gone : {"/s/example/", "example.token", "8101", "https://api.example.com"}) {
    EXPECT_EQ(out_.str().find(gone), std::string::npos) << gone;
  }
  EXPECT_NE(err_.str().find("trunkd serve -c FILE"), std::string::npos);
}

TEST_F(InitTest, AnAddressStaysAsItIsWhateverItHasInIt) {
  command_.file = "-";
  command_.session = "github";
  command_.base_url = "https://a.example/s/example/v1";
  command_.listen = 9001;
  EXPECT_EQ(run(), 0);
  const LoadedConfig loaded = load_config_text(out_.str(), "-");
  ASSERT_TRUE(loaded.config);
  EXPECT_EQ(loaded.config->sessions.front().base_path, "/s/example/v1");
}

TEST_F(InitTest, WhatIsNotValidWritesNothing) {
  command_.session = "Not a name";
  EXPECT_EQ(run(), 2);
  command_.session = "x-shop";  // would be ignored
  EXPECT_EQ(run(), 2);
  command_.session.reset();
  command_.base_url = "https://ann:sesame@a.example";
  EXPECT_EQ(run(), 2);
  EXPECT_EQ(err_.str().find("sesame"), std::string::npos);
  command_.base_url.reset();
  command_.listen = 7480;  // the shared port's
  EXPECT_EQ(run(), 2);
  EXPECT_FALSE(std::filesystem::exists(command_.file));
}

TEST_F(InitTest, AFileThatCannotBeMadeIsSaid) {
  command_.file = directory_ + "/none/trunkd.yaml";
  EXPECT_EQ(run(), 1);
  EXPECT_NE(err_.str().find("No such file or directory"), std::string::npos);
}

}  // namespace
}  // namespace trunkd

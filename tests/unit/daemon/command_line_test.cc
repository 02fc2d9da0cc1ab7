#include "daemon/command_line.h"

#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "daemon/exit_codes.h"

namespace trunkd {
namespace {

// The first line of what a command line that is wrong gets.
std::string answer_to(std::vector<std::string> words) {
  words.insert(words.begin(), "trunkd");
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  testing::internal::CaptureStderr();
  const int code = CommandLine().run(static_cast<int>(words.size()), argv.data());
  const std::string text = testing::internal::GetCapturedStderr();
  EXPECT_EQ(code, kExitUsage);
  return text.substr(0, text.find('\n'));
}

TEST(CommandLineTest, ACommandThatIsOneOfAGroupIsNamedWithIt) {
  EXPECT_EQ(answer_to({"status"}),
            "trunkd: unknown command \"status\", did you mean \"ctl status\"?");
  EXPECT_EQ(answer_to({"reload"}),
            "trunkd: unknown command \"reload\", did you mean \"ctl reload\"?");
  EXPECT_EQ(answer_to({"pools"}), "trunkd: unknown command \"pools\", did you mean \"ctl pools\"?");
  EXPECT_EQ(answer_to({"chek"}), "trunkd: unknown command \"chek\", did you mean \"check\"?");
  EXPECT_EQ(answer_to({"ctl", "stauts"}),
            "trunkd: unknown command \"ctl stauts\", did you mean \"ctl status\"?");
  EXPECT_EQ(answer_to({"frobnicate"}), "trunkd: unknown command \"frobnicate\"");
}

TEST(CommandLineTest, HelpAndVersionAreOptions) {
  EXPECT_EQ(answer_to({"help"}), "trunkd: unknown command \"help\", did you mean \"--help\"?");
  EXPECT_EQ(answer_to({"help", "serve"}),
            "trunkd: unknown command \"help\", did you mean \"serve --help\"?");
  EXPECT_EQ(answer_to({"ctl", "help", "top"}),
            "trunkd: unknown command \"ctl help\", did you mean \"ctl top --help\"?");
  EXPECT_EQ(answer_to({"help", "nonsense"}),
            "trunkd: unknown command \"help\", did you mean \"--help\"?");
  EXPECT_EQ(answer_to({"version"}),
            "trunkd: unknown command \"version\", did you mean \"--version\"?");
}

TEST(CommandLineTest, AConfigurationFileIsNamedWithAnOptionBehindTheCommand) {
  EXPECT_EQ(answer_to({"check", "m.yaml"}),
            "trunkd: \"m.yaml\" was not expected, did you mean: trunkd check -c m.yaml");
  EXPECT_EQ(answer_to({"serve", "/etc/a b.yml", "--config", "x.yaml", "m.yaml"}),
            "trunkd: \"/etc/a b.yml\" was not expected, did you mean: trunkd serve -c "
            "'/etc/a b.yml' -c m.yaml");
  EXPECT_EQ(answer_to({"--config", "m.yaml", "check"}),
            "trunkd: \"--config\" was not expected, did you mean: trunkd check -c m.yaml");
  EXPECT_EQ(answer_to({"ctl", "top", "m.yaml"}),
            "trunkd: \"m.yaml\" was not expected, did you mean: trunkd ctl top -c m.yaml");
  EXPECT_EQ(answer_to({"schema", "m.yaml"}), "The following argument was not expected: m.yaml");
  EXPECT_EQ(answer_to({"check", "now"}), "The following argument was not expected: now");
  EXPECT_EQ(answer_to({"check", "m.yaml", "--liv"}).substr(0, 14), "The following ");
}

}  // namespace
}  // namespace trunkd

#include <fstream>
#include <gtest/gtest.h>
#include <sstream>

#include "daemon/commands/check.h"
#include "daemon/commands/config.h"
#include "daemon/commands/schema.h"

namespace trunkd {
namespace {

const std::string kFiles = std::string(TRUNKD_SOURCE_DIR) + "/tests/unit/config/files/";

TEST(CommandsTest, CheckReturnsZeroAndOneSentenceForAGoodFile) {
  std::ostringstream out, err;
  const std::string file = kFiles + "good/one_host.yaml";
  EXPECT_EQ(run_check({file}, {}, out, err), 0);
  EXPECT_EQ(out.str(), "The configuration is good: 1 session in " + file + ".\n");
  EXPECT_EQ(err.str(), "");
}

TEST(CommandsTest, CheckReturns78AndEveryMistakeForABadFile) {
  std::ostringstream out, err;
  const std::string file = kFiles + "bad/just_text.yaml";
  EXPECT_EQ(run_check({file}, {}, out, err), 78);
  EXPECT_EQ(out.str(), "");
  EXPECT_EQ(err.str(), file + ":1:1: must be a mapping (\"key: value\"), is \"listen 7480\"\n");
}

TEST(CommandsTest, ConfigPrintsTheEffectiveConfigurationOrTheMistakes) {
  std::ostringstream out, err;
  EXPECT_EQ(run_config({kFiles + "good/one_host.yaml"}, out, err), 0);
  EXPECT_NE(out.str().find("    connections: 1\n"), std::string::npos);
  EXPECT_EQ(err.str(), "");

  std::ostringstream no_out;
  EXPECT_EQ(run_config({kFiles + "bad/numbers.yaml"}, no_out, err), 78);
  EXPECT_EQ(no_out.str(), "");
  EXPECT_NE(err.str(), "");
}

TEST(CommandsTest, SchemaPrintsAJsonDocument) {
  std::ostringstream out;
  EXPECT_EQ(run_schema(out), 0);
  EXPECT_EQ(out.str().substr(0, 2), "{\n");
}

}  // namespace
}  // namespace trunkd

#include "daemon/manual/manual.h"

#include <gtest/gtest.h>

#include "config/config_loader.h"
#include "daemon/manual/roff.h"

namespace trunkd {
namespace {

Roff page() { return {"TRUNKD", "8", "2026-11-28", "trunkd 1.0", "Tests"}; }

// What a page has below its first line and its heading.
std::string body_of(const Roff& page) {
  const std::string mark = ".SH TEST\n";
  return page.text().substr(page.text().find(mark) + mark.size());
}

TEST(RoffTest, NothingInATextIsTakenForACommand) {
  Roff roff = page();
  roff.section("TEST");
  roff.paragraph(".so /etc/passwd");
  EXPECT_EQ(body_of(roff), "\\&.so /etc/passwd\n");
}

TEST(RoffTest, WhatIsTypedCanBePastedIntoAShell) {
  Roff roff = page();
  roff.section("TEST");
  roff.paragraph("Say `trunkd 'a' --b \\ ~/c`.");
  EXPECT_EQ(body_of(roff), "Say \\fBtrunkd \\(aqa\\(aq \\-\\-b \\e \\(ti/c\\fR.\n");
}

TEST(RoffTest, ParagraphsAreApartButNotFromTheirHeading) {
  Roff roff = page();
  roff.section("TEST");
  roff.paragraph("One");
  roff.paragraph("Two");
  EXPECT_EQ(body_of(roff), "One\n.PP\nTwo\n");
}

TEST(RoffTest, EachFurtherLineOfAnItemIsAParagraph) {
  Roff roff = page();
  roff.section("TEST");
  roff.item(bold("a"), "One.");
  roff.more("Two.\n\n.three\n");
  EXPECT_EQ(body_of(roff), ".TP\n\\fBa\\fR\nOne.\n.IP\nTwo.\n.IP\n\\&.three\n");
}

TEST(ManualTest, TheExampleOfTheConfigurationIsValid) {
  const LoadedConfig loaded = load_config_text(kManualExample, "example");
  for (const ConfigMistake& mistake : loaded.mistakes) ADD_FAILURE() << mistake.text();
  ASSERT_TRUE(loaded.config);
  EXPECT_EQ(loaded.config->sessions.size(), 2U);
}

}  // namespace
}  // namespace trunkd

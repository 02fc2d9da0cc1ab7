#include "session/cookie_field.h"

#include <gtest/gtest.h>

namespace trunkd {
namespace {

TEST(CookieFieldTest, TheClientWinsByName) {
  const struct {
    const char *own, *jar, *merged;
  } rows[] = {
      {"", "a=1; b=2", "a=1; b=2"},
      {"c=3", "a=1; b=2", "c=3; a=1; b=2"},
      {"b=9; c=3", "a=1; b=2; b=3", "b=9; c=3; a=1"},
      {"B=9", "b=2", "B=9; b=2"},  // names have a case
      {" a = 9 ;", "a=1; b=2", "a = 9; b=2"},
      {"a=9;b", "", "a=9;b"},
      {"nameless", "other; a=1", "nameless; a=1"},
      {"x=a=1", "a=1", "x=a=1; a=1"},
      {"; ;", "a=1", "a=1"},
      {"", "", ""},
  };
  for (const auto& row : rows) EXPECT_EQ(merged_cookies(row.own, row.jar), row.merged) << row.own;
}

}  // namespace
}  // namespace trunkd

#include "cookie/jar_path.h"

#include <gtest/gtest.h>

namespace trunkd {
namespace {

TEST(JarPathTest, AJarIsAFileBelowTheStateDirectory) {
  EXPECT_EQ(jar_path("shop"), "cookies/shop.txt");
  EXPECT_EQ(jar_path("shop", "alice"), "cookies/shop/alice.txt");
  EXPECT_EQ(jar_directory("shop"), "cookies/shop");
  EXPECT_EQ(jar_lock_path("shop"), "cookies/.shop.lock");
}

TEST(JarPathTest, AJarValueIsAFileNameAndNothingElse) {
  for (const char* value : {"a", "Alice.Smith_2-x", "-", "_", "a..b", "0"}) {
    EXPECT_TRUE(valid_jar_value(value)) << value;
  }
  EXPECT_TRUE(valid_jar_value(std::string(64, 'a')));
  EXPECT_FALSE(valid_jar_value(std::string(65, 'a')));
  for (const char* value : {"", ".", "..", ".hidden", "a/b", "a b", "a\n", "\xc3\xa4", "a%2e"}) {
    EXPECT_FALSE(valid_jar_value(value)) << value;
  }
  EXPECT_FALSE(valid_jar_value(std::string_view("a\0b", 3)));
}

}  // namespace
}  // namespace trunkd

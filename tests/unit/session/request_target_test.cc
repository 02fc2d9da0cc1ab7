#include "session/request_target.h"

#include <gtest/gtest.h>

namespace trunkd {
namespace {

TEST(RequestTargetTest, BaseAndPathAreJoinedWithOneSlash) {
  const struct {
    const char *base, *target, *joined;
  } rows[] = {
      {"", "/", "/"},
      {"", "/a", "/a"},
      {"", "/?q", "/?q"},
      {"", "?q", "/?q"},
      {"", "", "/"},
      {"/", "/a", "/a"},
      {"/", "/", "/"},
      {"/v1", "/", "/v1"},
      {"/v1/", "/", "/v1/"},
      {"/v1", "/?q=/", "/v1?q=/"},
      {"/v1/", "?q", "/v1/?q"},
      {"/v1", "/a", "/v1/a"},
      {"/v1/", "/a", "/v1/a"},
      {"/v1/asks/test", "/1?x=y?z", "/v1/asks/test/1?x=y?z"},
      {"/v1", "/a/../b/./c", "/v1/a/../b/./c"},
      {"/v1", "/%2e%2e/x", "/v1/%2e%2e/x"},
      {"/v1", "/../x", "/v1/../x"},
      {"/v1", "/a//b/", "/v1/a//b/"},
      {"/v1", "//a", "/v1//a"},
      {"", "//a", "//a"},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(join_target(row.base, row.target), row.joined) << row.base << " + " << row.target;
  }
}

TEST(RequestTargetTest, APrefixIsAWholeSegment) {
  const auto name = [](std::string_view path) {
    const auto prefix = session_prefix(path);
    return prefix ? std::string(prefix->name) + '|' + std::string(prefix->rest) : "none";
  };
  EXPECT_EQ(name("/s/shop"), "shop|");
  EXPECT_EQ(name("/s/shop/a/b?q"), "shop|/a/b?q");
  EXPECT_EQ(name("/s/shop?q=/x"), "shop|?q=/x");
  EXPECT_EQ(name("/s/"), "none");
  EXPECT_EQ(name("/s"), "none");
  EXPECT_EQ(name("/s//x"), "none");
  EXPECT_EQ(name("/S/shop"), "none");
  EXPECT_EQ(name("/sub/shop"), "none");
  EXPECT_EQ(name("*"), "none");
}

TEST(RequestTargetTest, APathTargetIsSchemeAndAuthority) {
  const auto parts = [](std::string_view path) {
    const auto target = path_target(path);
    if (!target) return std::string("none");
    return std::string(target->scheme) + '|' + std::string(target->authority) + '|' +
           std::string(target->rest);
  };
  EXPECT_EQ(parts("/https/h:8443/p?q"), "https|h:8443|/p?q");
  EXPECT_EQ(parts("/http/[::1]"), "http|[::1]|");
  EXPECT_EQ(parts("/http/h?q"), "http|h|?q");
  EXPECT_EQ(parts("/http/"), "http||");
  EXPECT_EQ(parts("/http"), "none");
  EXPECT_EQ(parts("/http?q"), "none");
  EXPECT_EQ(parts("/ftp/h/p"), "none");
  EXPECT_EQ(parts(""), "none");
  EXPECT_EQ(parts("?q"), "none");
}

}  // namespace
}  // namespace trunkd

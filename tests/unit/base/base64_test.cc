#include "base/base64.h"

#include <gtest/gtest.h>

namespace trunkd {
namespace {

std::string encoded(std::string_view bytes) {
  std::string out;
  append_base64(out, bytes);
  return out;
}

TEST(Base64Test, TheExamplesOfTheRfcGoBothWays) {
  const struct {
    const char *plain, *text;
  } rows[] = {{"", ""},
              {"f", "Zg=="},
              {"fo", "Zm8="},
              {"foo", "Zm9v"},
              {"foob", "Zm9vYg=="},
              {"fooba", "Zm9vYmE="},
              {"foobar", "Zm9vYmFy"}};
  for (const auto& row : rows) {
    EXPECT_EQ(encoded(row.plain), row.text);
    EXPECT_EQ(decode_base64(row.text), row.plain);
  }
}

TEST(Base64Test, EveryByteGoesBothWays) {
  std::string bytes;
  for (int byte = 0; byte < 256; ++byte) bytes += static_cast<char>(byte);
  for (size_t size = 250; size <= bytes.size(); ++size) {
    EXPECT_EQ(decode_base64(encoded(bytes.substr(0, size))), bytes.substr(0, size));
  }
  EXPECT_EQ(encoded("\xfb\xff\xbf"), "+/+/");
}

TEST(Base64Test, MissingPaddingIsForgivenAndNothingElse) {
  EXPECT_EQ(decode_base64("Zg"), "f");
  for (const char* bad : {"Z", "Zg===", "Zm-v", "Zm v", "Zm9v\n"}) {
    EXPECT_FALSE(decode_base64(bad)) << bad;
  }
}

}  // namespace
}  // namespace trunkd

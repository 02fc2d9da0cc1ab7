// What is read from a cookies.txt is written in a form that is read as the same, as a file and as
// the changes that lead there.

#include <cstdint>
#include <cstdlib>

#include "cookie/cookies_txt.h"
#include "cookie/cookies_txt_reader.h"

namespace trunkd {
namespace {

constexpr WallTime kNow{Duration(1'767'225'600s)};

void check(bool holds) {
  if (!holds) std::abort();
}

std::vector<Cookie> read(std::string_view text) {
  CookiesTxtReader reader(kNow);
  reader.read(text);
  check(reader.malformed() == 0);
  return reader.cookies();
}

}  // namespace
}  // namespace trunkd

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace trunkd;
  CookiesTxtReader reader(kNow);
  reader.read({reinterpret_cast<const char*>(data), size});
  const std::vector<Cookie> cookies = reader.cookies();
  check(reader.records() >= cookies.size());
  check((reader.malformed() == 0) == (reader.first_malformed() == 0));

  const std::string text = cookies_txt(cookies);
  check(read(text) == cookies);
  check(cookies_txt(read(text)) == text);

  std::string changes;
  for (const Cookie& one : cookies) append_cookie_change(changes, {one, false});
  check(read(changes) == cookies);
  for (const Cookie& one : cookies) append_cookie_change(changes, {one, true});
  check(read(changes).empty());
  return 0;
}

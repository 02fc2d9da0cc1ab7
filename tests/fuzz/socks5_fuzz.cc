// The first two bytes decide whether there is a login and where the rest is split. However it is
// split, the client says the same, uses the same bytes and comes to the same end.

#include <cstdlib>

#include "fuzz/split.h"
#include "upstream/socks5.h"

namespace trunkd {
namespace {

struct SocksTalk {
  explicit SocksTalk(bool with_login)
      : client("api.example", 443,
               with_login ? std::optional(Socks5Client::Login{"user", "password"}) : std::nullopt) {
  }
  // Up to the end of the dialogue.
  template <typename NextSize>
  void hear(std::string_view input, NextSize next_size) {
    while (used < input.size() && !client.open() && !client.failure()) {
      used += client.read(input.substr(used, next_size()), said);
    }
  }

  Socks5Client client;
  std::string said;
  size_t used = 0;
};

}  // namespace
}  // namespace trunkd

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace trunkd;
  if (size < 2) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data) + 2, size - 2);
  const bool with_login = (data[0] & 1) != 0;
  SocksTalk whole(with_login), split(with_login);
  whole.hear(input, [&] { return input.size(); });
  Splitter splitter(data[1]);
  split.hear(input, [&] { return splitter.next(); });
  if (whole.used != split.used || whole.said != split.said) std::abort();
  if (whole.client.open() != split.client.open()) std::abort();
  if (whole.client.failure().has_value() != split.client.failure().has_value()) std::abort();
  // The longest dialogue: method, status of the login, result, a name of 255 bytes and a port.
  if (whole.used > 2 + 2 + 2 + 3 + 255 + 2) std::abort();
  return 0;
}

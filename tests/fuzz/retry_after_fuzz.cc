// Whatever fields an answer has, the pause that is read out of them is none or a possible one.

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "session/retry_after.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace trunkd;
  // "Name: value" in each line.
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  Headers headers;
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(line.size() < rest.size() ? line.size() + 1 : rest.size());
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    headers.add(line.substr(0, colon), line.substr(colon + 1));
  }
  RetryConfig retry;
  for (const bool rate_headers : {false, true}) {
    retry.rate_headers = rate_headers;
    for (const int status : {200, 429, 503}) {
      const auto pause = pause_asked(status, headers, WallTime(1'767'225'600s), retry);
      if (pause && (*pause <= Duration::zero() || *pause > kLongestPause)) std::abort();
      if (pause && status == 200 && !rate_headers) std::abort();
    }
  }
  return 0;
}

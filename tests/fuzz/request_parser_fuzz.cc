// The first byte decides where the rest is split. However it is split, the parser says the same,
// and after an error it says nothing.

#include <cstdlib>

#include "fuzz/split.h"
#include "http/request_parser.h"
#include "unit/http/parser_events.h"

namespace trunkd {
namespace {

void parse_split(RequestParser& parser, std::string_view input, uint32_t seed) {
  Splitter splitter(seed);
  size_t used = 0;
  while (used < input.size() && !parser.failed()) {
    used += parser.parse(input.substr(used, splitter.next()));
  }
}

}  // namespace
}  // namespace trunkd

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace trunkd;
  if (size == 0) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  // Small enough for the fuzzer to reach.
  const HeadLimits limits{.head = 2048, .target = 256, .fields = 16};

  RequestLog whole, split;
  RequestParser whole_parser(whole, limits), split_parser(split, limits);
  give(whole_parser, input, input.size());
  parse_split(split_parser, input, data[0]);

  if (whole.events != split.events) std::abort();
  if (whole_parser.failed() != split_parser.failed()) std::abort();
  if (whole_parser.between_messages() != split_parser.between_messages()) std::abort();
  if (whole_parser.failed() && whole_parser.parse("GET / HTTP/1.1\r\n") != 0) std::abort();
  return 0;
}

// The first two bytes decide what was asked and where the rest is split. However it is split, the
// parser says the same, uses the same bytes and ends the same way with the stream.

#include <cstdlib>

#include "fuzz/split.h"
#include "http/response_parser.h"
#include "unit/http/parser_events.h"

namespace trunkd {
namespace {

size_t parse_split(ResponseParser& parser, std::string_view input, uint32_t seed) {
  Splitter splitter(seed);
  size_t used = 0;
  while (used < input.size() && parser.expecting()) {
    used += parser.parse(input.substr(used, splitter.next()));
  }
  return used;
}

}  // namespace
}  // namespace trunkd

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace trunkd;
  if (size < 2) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data) + 2, size - 2);
  const HeadLimits limits{.head = 2048, .target = 256, .fields = 16};

  ResponseLog whole, split;
  ResponseParser whole_parser(whole, limits), split_parser(split, limits);
  for (ResponseParser* parser : {&whole_parser, &split_parser}) {
    parser->expect((data[0] & 1) != 0, (data[0] & 2) != 0);
  }
  const size_t whole_used = give(whole_parser, input, input.size());
  const size_t split_used = parse_split(split_parser, input, data[1]);
  if (!whole_parser.failed() && whole_used != split_used) std::abort();

  whole_parser.end_of_stream();
  split_parser.end_of_stream();
  if (whole.events != split.events) std::abort();
  if (whole_parser.expecting() || split_parser.expecting()) std::abort();
  return 0;
}

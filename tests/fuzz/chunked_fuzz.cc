// What our writer frames in chunks, our parser gives back: the first byte decides how the payload
// is cut into chunks and how the result is split on its way.

#include <algorithm>
#include <cstdlib>

#include "fuzz/split.h"
#include "http/writer.h"
#include "unit/http/parser_events.h"

namespace {

std::string in_chunks(std::string_view payload, uint32_t seed) {
  using namespace trunkd;
  std::string out;
  append_status_line(out, 200, "OK");
  append_framing(out, {Framing::chunked});
  append_end_of_head(out);
  Splitter splitter(seed);
  while (!payload.empty()) {
    const std::string_view chunk = payload.substr(0, splitter.next());
    append_chunk_head(out, chunk.size());
    out.append(chunk).append(kChunkTail);
    payload.remove_prefix(chunk.size());
  }
  Headers trailers;
  trailers.add("Digest", "x");
  trailers.add("Transfer-Encoding", "chunked");  // must not come through
  append_last_chunk(out, trailers);
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace trunkd;
  if (size == 0) return 0;
  const std::string_view payload(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::string message = in_chunks(payload, data[0]);

  ResponseLog log;
  ResponseParser parser(log, {});
  parser.expect(false, false);
  Splitter splitter(data[0] + 1u);
  size_t used = 0;
  while (used < message.size() && parser.expecting()) {
    used += parser.parse(std::string_view(message).substr(used, splitter.next()));
  }

  std::vector<std::string> expected = {
      "head 200 OK 1.1 keep, chunked [Transfer-Encoding: chunked]"};
  if (!payload.empty()) expected.push_back("body " + std::string(payload));
  expected.emplace_back("end [Digest: x]");
  if (log.events != expected || used != message.size()) std::abort();
  return 0;
}

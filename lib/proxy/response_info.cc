#include "proxy/response_info.h"

#include <algorithm>
#include <charconv>

namespace trunkd {
namespace {

void append_number(std::string& out, uint64_t number) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  out.append(digits, end);
}

// Milliseconds with three decimals, from whole microseconds.
void append_duration(std::string& out, std::string_view name, Duration duration) {
  const auto micros = static_cast<uint64_t>(std::max<Duration::rep>(0, duration.count()));
  out += name;
  out += ";dur=";
  append_number(out, micros / 1000);
  const uint64_t rest = micros % 1000;
  out += '.';
  out += static_cast<char>('0' + rest / 100);
  out += static_cast<char>('0' + rest / 10 % 10);
  out += static_cast<char>('0' + rest % 10);
}

}  // namespace

std::string request_id(std::string_view prefix, uint64_t number) {
  std::string id(prefix);
  id += '-';
  append_number(id, number);
  return id;
}

void append_response_info(std::string& out, const AttemptFacts& facts, std::string_view id_prefix,
                          uint64_t number) {
  append_duration(out, "Server-Timing: queue", facts.queue);
  append_duration(out, ", dns", facts.times.dns);
  append_duration(out, ", connect", facts.times.connect);
  append_duration(out, ", tls", facts.times.tls);
  append_duration(out, ", ttfb", facts.ttfb.value_or(Duration{}));
  out += "\r\nTrunkd-Connection: ";
  if (facts.connection_id == 0) {
    out += "none";
  } else {
    out += facts.reused ? "reused; id=" : "new; id=";
    append_number(out, facts.connection_id);
    out += "; uses=";
    append_number(out, facts.uses);
  }
  out += "\r\nTrunkd-Request-Id: ";
  out += id_prefix;
  out += '-';
  append_number(out, number);
  out += "\r\n";
}

}  // namespace trunkd

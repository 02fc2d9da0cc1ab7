#include "observe/recent_exchanges.h"

#include <algorithm>

namespace trunkd {

void RecentExchange::assign(const ExchangeRecord& record) {
  number = record.number;
  started = record.started;
  total = record.total;
  queue = record.queue;
  dns = record.dns;
  connect = record.connect;
  tls = record.tls;
  ttfb = record.ttfb;
  session = record.session;
  method = record.method;
  scheme = record.scheme;
  host = record.host;
  path = record.path;
  detail = record.detail;
  error = record.error;
  bytes_in = record.bytes_in;
  bytes_out = record.bytes_out;
  connection_id = record.connection_id;
  connection_uses = record.connection_uses;
  status = record.status;
  attempts = record.attempts;
  reused = record.reused;
}

RecentExchange& RecentExchanges::Ring::next_place(size_t limit) {
  if (entries.size() < limit) entries.emplace_back();
  RecentExchange& place = entries[next];
  next = (next + 1) % limit;
  return place;
}

void RecentExchanges::add(const ExchangeRecord& record) {
  RecentExchange& added = all_.next_place(kAll);
  added.assign(record);  // in place: this runs for each request
  if (added.notable()) notable_.next_place(kNotable).assign(record);
}

const RecentExchange* RecentExchanges::find(uint64_t number) const {
  for (const Ring* ring : {&all_, &notable_}) {
    const auto found = std::find_if(ring->entries.begin(), ring->entries.end(),
                                    [&](const auto& one) { return one.number == number; });
    if (found != ring->entries.end()) return &*found;
  }
  return nullptr;
}

std::vector<const RecentExchange*> RecentExchanges::notable(std::string_view session,
                                                            size_t most) const {
  std::vector<const RecentExchange*> found;
  const std::vector<RecentExchange>& entries = notable_.entries;
  for (size_t i = 1; i <= entries.size() && found.size() < most; ++i) {
    const RecentExchange& one = entries[(notable_.next + entries.size() - i) % entries.size()];
    if (session.empty() || one.session.view() == session) found.push_back(&one);
  }
  return found;
}

}  // namespace trunkd

#include "observe/recent_exchanges.h"

#include <algorithm>

namespace trunkd {

void RecentExchanges::Ring::add(const RecentExchange& exchange, size_t limit) {
  if (entries.size() < limit) {
    entries.push_back(exchange);
  } else {
    entries[next] = exchange;
  }
  next = (next + 1) % limit;
}

void RecentExchanges::add(const RecentExchange& exchange) {
  all_.add(exchange, kAll);
  if (exchange.notable()) notable_.add(exchange, kNotable);
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

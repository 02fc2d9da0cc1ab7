// The exchanges that ended last, for `trunkd ctl why` and the admin interface.

#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/fixed_text.h"
#include "observe/exchange_record.h"

namespace trunkd {

// An ExchangeRecord that is kept. Long texts are cut off.
struct RecentExchange {
  uint64_t number = 0;  // of request_id()
  WallTime started{};
  Duration total{};
  std::optional<Duration> queue, dns, connect, tls, ttfb;
  FixedText<63> session;  // empty: none was found
  FixedText<16> method;
  std::string_view scheme;  // a literal; empty: no origin was tried
  FixedText<80> host;
  FixedText<160> path;
  FixedText<200> detail;   // why it failed, in a sentence
  std::string_view error;  // a literal, the word of failure_of(); or empty
  uint64_t bytes_in = 0, bytes_out = 0;
  uint64_t connection_id = 0, connection_uses = 0;  // 0: there was no connection
  int status = 0;                                   // 0: the client left before there was one
  int attempts = 0;
  bool reused = false;

  void assign(const ExchangeRecord& record);
  // Worth a look: it failed, or took long.
  bool notable() const { return !error.empty() || status >= 500 || total >= kSlow; }
  static constexpr Duration kSlow = 1s;
};

// Memory is bounded: the last kAll of all, and of the notable ones the last kNotable, which stay
// when others have come after them.
class RecentExchanges {
 public:
  static constexpr size_t kAll = 1000;
  static constexpr size_t kNotable = 200;

  void add(const ExchangeRecord& record);

  // Null if it is not known any more. Good until the next add().
  const RecentExchange* find(uint64_t number) const;
  // The newest first. `session`: of that one only, unless empty.
  std::vector<const RecentExchange*> notable(std::string_view session, size_t most) const;

 private:
  struct Ring {
    std::vector<RecentExchange> entries;  // grows to its limit, then the oldest is overwritten
    size_t next = 0;
    RecentExchange& next_place(size_t limit);
  };

  Ring all_, notable_;
};

}  // namespace trunkd

// AddressCache: what is known of host names. Answers at once where it can, keeps what is in use
// fresh, and lives on old answers while there are no new ones.
//
// Pure logic over a NameLookup; no sockets.

#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/duration_histogram.h"
#include "base/scheduler.h"
#include "event/resolver.h"

namespace trunkd {

struct AddressCacheSettings {
  Duration life = 30s;           // of an answer; a new one is asked for after three quarters of it
  Duration life_of_no = 1s;      // of "there is no such name", and until a failure is tried again
  Duration patience = 500ms;     // how long a new answer is waited for while there is an old one
  Duration longest_outage = 1h;  // how long an old answer serves
  Duration life_of_choice = 10min;  // how long the address that worked is preferred
  size_t max_hosts = 1024;          // that are remembered without being in use
  size_t max_lookups = 8;           // at once: as many threads as libuv lends to lookups
  size_t max_lookups_of_asker = 2;  // so that one who waits for a dead server delays nobody else
};

// Numbers since the start.
struct AddressCacheCounts {
  // What was asked for by name: answered with what was known, or after waiting for a lookup.
  uint64_t known = 0, waited = 0;
  uint64_t lookups_found = 0, lookups_no_such_name = 0, lookups_failed = 0;
  DurationHistogram lookup_time;  // of all three, without the time in the cache's own queue
};

// Somebody uses an address of a host. Destroying it ends that.
class AddressWatch {
 public:
  virtual ~AddressWatch() = default;
};

class AddressCache {
 public:
  using Done = NameLookup::Done;
  using Warn = std::function<void(std::string_view)>;

  // `scheduler` and `lookup` must outlive the cache, and the cache all that it hands out. `warn`
  // may be empty; it hears once of each time that old answers have to serve.
  AddressCache(Scheduler& scheduler, NameLookup& lookup, Warn warn = {},
               const AddressCacheSettings& settings = {});
  ~AddressCache();
  AddressCache(const AddressCache&) = delete;
  AddressCache& operator=(const AddressCache&) = delete;

  // Never none; errors: dns_failed. `done` is never called from inside. An address literal needs no
  // lookup; equal lookups at the same time are one. `asker` only tells who else asks for the same
  // one: a session, say.
  std::unique_ptr<Lookup> resolve(const std::string& host, uint16_t port, Done done,
                                  const void* asker = nullptr);
  // The same for addresses that are known already.
  std::unique_ptr<Lookup> answer(Addresses known, uint16_t port, Done done);

  // Keeps `host` fresh while the watch lives, and calls once when its name has left `address` (its
  // port does not matter): two answers in a row that agree with each other lack it, or eight that
  // do not. So a name that has moved is left within the life of an answer, while one whose
  // answers rotate through a larger set does not have all its connections replaced by each of them.
  // Null for an address literal. `on_gone` must not destroy a watch.
  std::unique_ptr<AddressWatch> watch(const std::string& host, const SocketAddress& address,
                                      std::function<void()> on_gone);

  // The next who asks for `host` gets a new answer, unless that takes longer than `patience`.
  void renew(const std::string& host);

  // The address that is to be tried first, because it worked where an earlier one did not.
  void prefer(const std::string& host, const SocketAddress& address);
  void forget_preferred(const std::string& host);
  std::optional<SocketAddress> preferred(const std::string& host) const;

  size_t hosts() const { return entries_.size(); }
  const AddressCacheCounts& counts() const { return counts_; }

 private:
  class Waiting;
  class Watch;
  struct Entry;
  struct Preferred {
    SocketAddress address;
    SteadyTime until;
  };

  Entry& entry_of(const std::string& host);
  void make_room();
  void want(Entry& entry);
  void start_next();
  Entry* take_queued();
  void on_answer(Entry& entry, Result<Addresses> found);
  void accept(Entry& entry, Addresses addresses);
  void fail(Entry& entry, const Error& error);
  void tell(Entry& entry);
  bool note_absences(Entry& entry, bool settled);
  void keep_fresh(Entry& entry);
  bool serves(const Entry& entry) const;

  Scheduler& scheduler_;
  NameLookup& lookup_;
  const Warn warn_;
  const AddressCacheSettings settings_;
  std::unordered_map<std::string, std::unique_ptr<Entry>> entries_;
  std::unordered_map<std::string, Preferred> preferred_;
  std::deque<Entry*> queue_;  // wait for a lookup to end
  size_t running_ = 0;
  std::unordered_map<const void*, size_t> running_of_asker_;
  AddressCacheCounts counts_;
  bool warned_ = false;  // of the outage that lasts
};

}  // namespace trunkd

#include "net/address_cache.h"

#include <algorithm>
#include <utility>

namespace trunkd {
namespace {

constexpr int kAbsencesAgreed = 2;
constexpr int kAbsencesInRotation = 8;

bool contains(const Addresses& addresses, const SocketAddress& address) {
  return std::find(addresses.begin(), addresses.end(), address) != addresses.end();
}

bool same_set(const Addresses& a, const Addresses& b) {
  const auto in = [](const Addresses& other) {
    return [&other](const SocketAddress& address) { return contains(other, address); };
  };
  return std::all_of(a.begin(), a.end(), in(b)) && std::all_of(b.begin(), b.end(), in(a));
}

}  // namespace

// A host name, as long as it is in use or there is room for it.
struct AddressCache::Entry {
  // no -> queued -> running -> no
  enum class Asking : uint8_t { no, queued, running };

  Entry(Scheduler& scheduler, AddressCache& cache, std::string name)
      : host(std::move(name)),
        refresh(scheduler, [this, &cache] { cache.want(*this); }),
        patience(scheduler, [this, &cache] {
          in_doubt = true;
          if (!addresses.empty()) cache.tell(*this);
        }) {}

  bool in_use() const { return asking != Asking::no || !waiting.empty() || !watches.empty(); }

  const std::string host;
  Addresses addresses;         // of the last answer, if it serves still
  Addresses last_answer;       // also if it was that there is no such name
  std::optional<Error> error;  // why there are none
  SteadyTime answered_at{};    // when `addresses` came
  SteadyTime refresh_at{};     // from then on a new answer is wanted
  SteadyTime used_at{};
  bool in_doubt = false;  // the last lookup failed or takes too long: nobody waits for the next one
  std::optional<SteadyTime> outdated_since;  // somebody wants a newer answer, whatever its age
  const void* asker = nullptr;               // for whom it is looked up
  Asking asking = Asking::no;
  std::unique_ptr<Lookup> lookup;
  SteadyTime lookup_since{};
  std::vector<Waiting*> waiting;
  std::vector<Watch*> watches;
  Timer refresh;   // while it is watched
  Timer patience;  // while somebody waits although there is an old answer
};

// Somebody who waits for a host's addresses; its destructor leaves the list.
class AddressCache::Waiting final : public Lookup {
 public:
  Waiting(Scheduler& scheduler, uint16_t port, Done done)
      : port_(port), done_(std::move(done)), finish_(scheduler, [this] { finish(); }) {}

  ~Waiting() override {
    if (entry_ != nullptr) std::erase(entry_->waiting, this);
  }

  void wait_for(Entry& entry) {
    entry_ = &entry;
    entry.waiting.push_back(this);
  }

  // Said by a call of its own, so that none who waits can destroy another one under the list.
  void answer_later(Result<Addresses> found) {
    entry_ = nullptr;
    found_ = std::move(found);
    finish_.schedule();
  }

 private:
  void finish() {
    if (found_) {
      for (SocketAddress& address : *found_) address = address.with_port(port_);
    }
    const Done done = std::exchange(done_, nullptr);
    done(std::move(found_));  // may destroy this lookup
  }

  Entry* entry_ = nullptr;  // while it waits there
  const uint16_t port_;
  Done done_;
  Result<Addresses> found_;
  DeferredCall finish_;
};

class AddressCache::Watch final : public AddressWatch {
 public:
  Watch(Entry& entry, const SocketAddress& address, std::function<void()> on_gone)
      : entry_(entry), address_(address), on_gone_(std::move(on_gone)) {
    entry_.watches.push_back(this);
    if (!contains(entry_.last_answer, address_)) absences_ = 1;  // a newer answer came meanwhile
  }

  ~Watch() override {
    std::erase(entry_.watches, this);
    if (entry_.watches.empty()) entry_.refresh.stop();
  }

  // True if the next answer should come soon, since it may settle what this one leaves open.
  bool note(const Addresses& answer, bool settled) {
    absences_ = contains(answer, address_) ? 0 : absences_ + 1;
    const bool gone = absences_ >= (settled ? kAbsencesAgreed : kAbsencesInRotation);
    if (gone && on_gone_) std::exchange(on_gone_, nullptr)();
    return absences_ == 1;
  }

 private:
  Entry& entry_;
  const SocketAddress address_;
  std::function<void()> on_gone_;  // empty once said
  int absences_ = 0;               // answers in a row that lack the address
};

AddressCache::AddressCache(Scheduler& scheduler, NameLookup& lookup, Warn warn,
                           const AddressCacheSettings& settings)
    : scheduler_(scheduler), lookup_(lookup), warn_(std::move(warn)), settings_(settings) {}

AddressCache::~AddressCache() = default;

std::unique_ptr<Lookup> AddressCache::answer(Addresses known, uint16_t port, Done done) {
  auto waiting = std::make_unique<Waiting>(scheduler_, port, std::move(done));
  waiting->answer_later(std::move(known));
  return waiting;
}

std::unique_ptr<Lookup> AddressCache::resolve(const std::string& host, uint16_t port, Done done,
                                              const void* asker) {
  if (const auto literal = SocketAddress::parse(host, port)) {
    return answer({*literal}, port, std::move(done));
  }
  auto waiting = std::make_unique<Waiting>(scheduler_, port, std::move(done));
  Entry& entry = entry_of(host);
  const SteadyTime now = scheduler_.now();
  entry.used_at = now;
  if (now >= entry.answered_at + settings_.longest_outage) entry.addresses.clear();
  if (serves(entry)) {
    ++counts_.known;
    waiting->answer_later(entry.addresses);
  } else if (entry.addresses.empty() && entry.error && now < entry.refresh_at) {
    ++counts_.known;
    waiting->answer_later(tl::unexpected(*entry.error));
  } else {
    ++counts_.waited;
    waiting->wait_for(entry);
    const bool can_do_without = !entry.addresses.empty() && !entry.patience.running();
    if (can_do_without) entry.patience.start_at(now + settings_.patience);
  }
  if (entry.asking == Entry::Asking::no) entry.asker = asker;
  if (now >= entry.refresh_at) want(entry);
  return waiting;
}

// Nobody waits within an answer's life, nor while lookups are known to fail.
bool AddressCache::serves(const Entry& entry) const {
  if (entry.addresses.empty()) return false;
  if (entry.in_doubt) return true;
  return !entry.outdated_since && scheduler_.now() < entry.answered_at + settings_.life;
}

AddressCache::Entry& AddressCache::entry_of(const std::string& host) {
  const auto found = entries_.find(host);
  if (found != entries_.end()) return *found->second;
  if (entries_.size() >= settings_.max_hosts) make_room();
  auto& entry = entries_[host];
  entry = std::make_unique<Entry>(scheduler_, *this, host);
  return *entry;
}

// The one that nobody has asked for the longest time. Those in use stay; there are no more of them
// than connections.
void AddressCache::make_room() {
  auto oldest = entries_.end();
  for (auto it = entries_.begin(); it != entries_.end(); ++it) {
    if (it->second->in_use()) continue;
    if (oldest == entries_.end() || it->second->used_at < oldest->second->used_at) oldest = it;
  }
  if (oldest != entries_.end()) entries_.erase(oldest);
}

// --- lookups

void AddressCache::want(Entry& entry) {
  if (entry.asking != Entry::Asking::no) return;
  entry.asking = Entry::Asking::queued;
  queue_.push_back(&entry);
  start_next();
}

void AddressCache::start_next() {
  while (Entry* entry = take_queued()) {
    if (entry->waiting.empty() && entry->watches.empty() && entry->addresses.empty()) {
      entry->asking = Entry::Asking::no;  // everybody has left meanwhile
      continue;
    }
    ++running_;
    ++running_of_asker_[entry->asker];
    entry->asking = Entry::Asking::running;
    entry->lookup_since = scheduler_.now();
    entry->lookup = lookup_.look_up(
        entry->host, [this, entry](auto found) { on_answer(*entry, std::move(found)); });
  }
}

// The first whose asker may have one more.
AddressCache::Entry* AddressCache::take_queued() {
  if (running_ >= settings_.max_lookups) return nullptr;
  const auto next = std::find_if(queue_.begin(), queue_.end(), [this](const Entry* entry) {
    const auto running = running_of_asker_.find(entry->asker);
    return running == running_of_asker_.end() || running->second < settings_.max_lookups_of_asker;
  });
  if (next == queue_.end()) return nullptr;
  Entry* const entry = *next;
  queue_.erase(next);
  return entry;
}

void AddressCache::on_answer(Entry& entry, Result<Addresses> found) {
  --running_;
  const auto running = running_of_asker_.find(entry.asker);
  if (--running->second == 0) running_of_asker_.erase(running);
  entry.asking = Entry::Asking::no;
  const std::unique_ptr<Lookup> over = std::move(entry.lookup);
  counts_.lookup_time.observe(scheduler_.now() - entry.lookup_since);
  if (found) {
    ++(found->empty() ? counts_.lookups_no_such_name : counts_.lookups_found);
    accept(entry, std::move(*found));
  } else {
    ++counts_.lookups_failed;
    fail(entry, found.error());
  }
  // An answer to a question from before that moment may be as old as the one that is not wanted.
  if (entry.outdated_since && entry.lookup_since < *entry.outdated_since) {
    entry.refresh_at = scheduler_.now();
  } else {
    entry.outdated_since.reset();
  }
  keep_fresh(entry);
  tell(entry);
  start_next();
}

// That there is no such name is an answer like others, and counts at once.
void AddressCache::accept(Entry& entry, Addresses addresses) {
  const SteadyTime now = scheduler_.now();
  const bool settled = same_set(addresses, entry.last_answer);
  entry.last_answer = addresses;
  entry.addresses = std::move(addresses);
  entry.answered_at = now;
  entry.in_doubt = warned_ = false;
  const bool open_question = note_absences(entry, settled);
  if (entry.addresses.empty()) {
    entry.error = Error{
        ErrorKind::dns_failed, "looking up " + entry.host + ": there is no such host name", {}};
    entry.refresh_at = now + settings_.life_of_no;
    return;
  }
  entry.error.reset();
  entry.refresh_at = now + (open_question ? settings_.life / 10 : settings_.life * 3 / 4);
}

void AddressCache::fail(Entry& entry, const Error& error) {
  const SteadyTime now = scheduler_.now();
  entry.refresh_at = now + settings_.life_of_no;
  entry.in_doubt = true;
  entry.error = error;
  if (now >= entry.answered_at + settings_.longest_outage) entry.addresses.clear();
  if (entry.addresses.empty() || std::exchange(warned_, true) || !warn_) return;
  warn_(error.detail + "; the addresses that are known serve on, each for an hour at most");
}

bool AddressCache::note_absences(Entry& entry, bool settled) {
  bool open_question = false;
  for (Watch* watch : entry.watches) {
    open_question = watch->note(entry.last_answer, settled) || open_question;
  }
  return open_question;
}

void AddressCache::tell(Entry& entry) {
  entry.patience.stop();
  for (Waiting* who : std::exchange(entry.waiting, {})) {
    if (entry.addresses.empty()) {
      who->answer_later(tl::unexpected(*entry.error));
    } else {
      who->answer_later(entry.addresses);
    }
  }
}

// Connections at work ask for no addresses, so somebody must ask for them.
void AddressCache::keep_fresh(Entry& entry) {
  if (entry.watches.empty()) return;
  const SteadyTime soon = scheduler_.now() + settings_.life / 4;
  entry.refresh.start_at(entry.error ? soon : entry.refresh_at);
}

// --- watches and choices

std::unique_ptr<AddressWatch> AddressCache::watch(const std::string& host,
                                                  const SocketAddress& address,
                                                  std::function<void()> on_gone) {
  if (SocketAddress::parse(host, 0)) return nullptr;
  Entry& entry = entry_of(host);
  auto watch = std::make_unique<Watch>(entry, address.with_port(0), std::move(on_gone));
  if (!entry.refresh.running()) entry.refresh.start_at(entry.refresh_at);
  return watch;
}

void AddressCache::renew(const std::string& host) {
  const auto found = entries_.find(host);
  if (found == entries_.end()) return;
  Entry& entry = *found->second;
  entry.outdated_since = entry.refresh_at = scheduler_.now();
}

void AddressCache::prefer(const std::string& host, const SocketAddress& address) {
  const SteadyTime now = scheduler_.now();
  if (preferred_.size() >= settings_.max_hosts) {
    std::erase_if(preferred_, [&](const auto& one) { return one.second.until <= now; });
  }
  if (preferred_.size() >= settings_.max_hosts) preferred_.erase(preferred_.begin());
  preferred_[host] = {address.with_port(0), now + settings_.life_of_choice};
}

void AddressCache::forget_preferred(const std::string& host) { preferred_.erase(host); }

std::optional<SocketAddress> AddressCache::preferred(const std::string& host) const {
  const auto found = preferred_.find(host);
  if (found == preferred_.end() || found->second.until <= scheduler_.now()) return std::nullopt;
  return found->second.address;
}

}  // namespace trunkd

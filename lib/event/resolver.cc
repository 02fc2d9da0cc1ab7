#include "event/resolver.h"

#include <deque>
#include <map>
#include <netdb.h>
#include <utility>
#include <uv.h>

namespace trunkd {
namespace {

constexpr size_t kMaxRunning = 2;
constexpr Duration kRemembered = 5s;  // connections that are opened together ask once
constexpr size_t kMaxRemembered = 256;

using Addresses = std::vector<SocketAddress>;

bool is_localhost(std::string_view host) {
  return host == "localhost" || host.ends_with(".localhost");
}

Addresses addresses_of(const addrinfo* list) {
  Addresses addresses;
  for (; list != nullptr; list = list->ai_next) {
    if (list->ai_family == AF_INET || list->ai_family == AF_INET6) {
      addresses.emplace_back(list->ai_addr);
    }
  }
  return addresses;
}

// These names are the machine's own whatever the system says of them (RFC 6761, 6.3); a container
// often has no /etc/hosts.
Addresses own_addresses() {
  return {*SocketAddress::parse("127.0.0.1", 0), *SocketAddress::parse("::1", 0)};
}

std::string in_words(const std::string& host, int status) {
  const std::string what = "looking up " + host + ": ";
  if (status == UV_EAI_AGAIN) return what + "the name servers did not answer";
  if (status == UV_EAI_NONAME || status == UV_EAI_NODATA || status == 0) {
    return what + "there is no such host name";
  }
  return what + uv_strerror(status);
}

}  // namespace

struct Resolver::State : std::enable_shared_from_this<State> {
  class Waiting;
  struct Query;  // one call of getaddrinfo
  struct Answer {
    Addresses addresses;
    SteadyTime until;
  };

  Loop& loop;
  std::map<std::string, std::vector<Waiting*>> waiting;  // by host; running or queued
  std::deque<std::string> queued;
  std::map<std::string, Answer> remembered;
  size_t running = 0;

  explicit State(Loop& on) : loop(on) {}
  void ask(const std::string& host, Waiting& who);
  void start_next();
  void answer(const std::string& host, const Result<Addresses>& found);
  void remember(const std::string& host, const Addresses& addresses);
};

// Somebody who waits for a host's addresses; its destructor leaves the list.
class Resolver::State::Waiting final : public Lookup {
 public:
  Waiting(std::shared_ptr<State> state, std::string host, uint16_t port, Done done)
      : state_(std::move(state)),
        host_(std::move(host)),
        port_(port),
        done_(std::move(done)),
        finish_(state_->loop, [this] { finish(); }) {}

  ~Waiting() override {
    const auto list = state_->waiting.find(host_);
    if (list != state_->waiting.end()) std::erase(list->second, this);
  }

  // Said by a call of its own, so that none who waits can destroy another one under the list.
  void answer_later(Result<Addresses> found) {
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

  const std::shared_ptr<State> state_;
  const std::string host_;
  const uint16_t port_;
  Done done_;
  Result<Addresses> found_;
  DeferredCall finish_;
};

// Owns what getaddrinfo needs until its callback; the resolver may be gone by then.
struct Resolver::State::Query {
  uv_getaddrinfo_t uv{};
  std::weak_ptr<State> state;
  std::string host;

  static void on_done(uv_getaddrinfo_t* uv, int status, addrinfo* list) {
    const std::unique_ptr<Query> query(static_cast<Query*>(uv->data));
    Addresses addresses = addresses_of(list);
    uv_freeaddrinfo(list);
    const auto state = query->state.lock();
    if (!state) return;
    --state->running;
    if (addresses.empty() && is_localhost(query->host)) addresses = own_addresses();
    if (addresses.empty()) {
      state->answer(query->host, failure(ErrorKind::dns_failed, in_words(query->host, status)));
    } else {
      state->remember(query->host, addresses);
      state->answer(query->host, addresses);
    }
    state->start_next();
  }
};

void Resolver::State::ask(const std::string& host, Waiting& who) {
  const auto known = remembered.find(host);
  if (known != remembered.end() && known->second.until > loop.now()) {
    who.answer_later(known->second.addresses);
    return;
  }
  auto& list = waiting[host];
  list.push_back(&who);
  if (list.size() > 1) return;  // asked already
  queued.push_back(host);
  start_next();
}

void Resolver::State::start_next() {
  while (running < kMaxRunning && !queued.empty()) {
    auto query = std::make_unique<Query>();
    query->host = std::move(queued.front());
    queued.pop_front();
    const auto list = waiting.find(query->host);
    if (list == waiting.end() || list->second.empty()) {  // everybody has left meanwhile
      if (list != waiting.end()) waiting.erase(list);
      continue;
    }
    query->uv.data = query.get();
    query->state = weak_from_this();
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    const int status = uv_getaddrinfo(loop.uv(), &query->uv, &Query::on_done, query->host.c_str(),
                                      nullptr, &hints);
    if (status != 0) {  // what cannot be a name, because it is too long, say
      answer(query->host, failure(ErrorKind::dns_failed, in_words(query->host, status)));
      continue;
    }
    ++running;
    (void)query.release();  // libuv's until on_done()
  }
}

void Resolver::State::answer(const std::string& host, const Result<Addresses>& found) {
  const auto list = waiting.extract(host);
  if (list.empty()) return;
  for (Waiting* who : list.mapped()) who->answer_later(found);
}

void Resolver::State::remember(const std::string& host, const Addresses& addresses) {
  const SteadyTime now = loop.now();
  if (remembered.size() >= kMaxRemembered) {
    std::erase_if(remembered, [&](const auto& entry) { return entry.second.until <= now; });
  }
  if (remembered.size() >= kMaxRemembered) remembered.clear();
  remembered[host] = {addresses, now + kRemembered};
}

Resolver::Resolver(Loop& loop) : state_(std::make_shared<State>(loop)) {}

Resolver::~Resolver() = default;

std::unique_ptr<Lookup> Resolver::resolve(const std::string& host, uint16_t port, Done done) {
  auto lookup = std::make_unique<State::Waiting>(state_, host, port, std::move(done));
  if (const auto literal = SocketAddress::parse(host, port)) {
    lookup->answer_later(Addresses{*literal});
  } else {
    state_->ask(host, *lookup);
  }
  return lookup;
}

}  // namespace trunkd

// The whole way of a request without a network: the input says what clients and origins send, when
// they end or break, and how time passes. Nothing may crash, the limit holds, and in the end every
// exchange has left exactly one log line and no connection is held.

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <string_view>
#include <vector>

#include "base/log.h"
#include "config/config.h"
#include "observe/access_log.h"
#include "proxy/downstream_set.h"
#include "support/fake_file_sink.h"
#include "support/fake_journal.h"
#include "support/fake_loop.h"
#include "support/fake_transport.h"
#include "upstream/upstream_connection.h"

namespace trunkd {
namespace {

constexpr size_t kConnections = 2;

void require(bool condition) {
  if (!condition) std::abort();
}

// Opens connections whose far end the fuzzer holds.
class FuzzFactory final : public ConnectionFactory {
 public:
  struct Open final : PendingOpen {
    explicit Open(FuzzFactory& owner) : factory(owner) { factory.pending.push_back(this); }
    ~Open() override { std::erase(factory.pending, this); }
    FuzzFactory& factory;
    Origin origin;
    OpenListener* listener = nullptr;
  };

  explicit FuzzFactory(FakeLoop& fake_loop) : loop(fake_loop) {}
  std::unique_ptr<PendingOpen> open(const Origin& origin, OpenListener& listener) override {
    auto open = std::make_unique<Open>(*this);
    open->origin = origin;
    open->listener = &listener;
    return open;
  }
  void renew(const Origin&) override {}
  void finish(bool well) {
    if (pending.empty()) return;
    Open* open = pending.front();
    pending.erase(pending.begin());
    if (!well) {
      open->listener->on_open_failed(*open, {ErrorKind::connection_refused, "fuzz", ""});
      return;
    }
    peers.push_back(std::make_unique<FakePeer>(loop));
    Dialled dialled;
    dialled.transport = peers.back()->transport();
    open->listener->on_opened(*open, std::make_unique<UpstreamConnection>(
                                         loop, open->origin, std::move(dialled), peers.size(), 5s));
  }

  FakeLoop& loop;
  std::vector<Open*> pending;
  std::vector<std::unique_ptr<FakePeer>> peers;
};

// A session whose credential comes and goes.
class FuzzSecret final : public Secret {
 public:
  explicit FuzzSecret(const bool& available) : available_(available) {}
  Result<std::string_view> value() const override {
    if (!available_) return no_secret("file:/fuzz", "it is not there");
    return "secret";
  }

 private:
  const bool& available_;
};

struct FuzzParts final : SessionParts {
  explicit FuzzParts(FakeLoop& fake_loop) : loop(fake_loop) {}
  Result<std::unique_ptr<ConnectionFactory>> make_factory(const SessionConfig&) override {
    auto made = std::make_unique<FuzzFactory>(loop);
    factory = made.get();
    return made;
  }
  std::unique_ptr<Secret> open_secret(const SessionConfig&, const SecretRef&) override {
    return std::make_unique<FuzzSecret>(secret_available);
  }
  std::shared_ptr<SessionMetrics> metrics(const SessionConfig&) override { return counts; }
  const JarParts& jar_parts() override { return jars; }

  // Of the jar's file: it is opened, or the next step of writing it is done or fails.
  void work_on_disk(bool well) {
    if (!journals.openings.empty()) {
      return well ? journals.finish_opening() : journals.fail_opening();
    }
    for (auto& [path, file] : journals.files) {
      if (!file.steps.empty()) return well ? file.finish() : file.fail();
    }
  }

  FakeLoop& loop;
  Log log{LogLevel::error, LogFormat::text};
  PublicSuffixes suffixes;
  FakeJournals journals;
  JarParts jars{loop, log, suffixes, journals, "/fuzz"};
  FuzzFactory* factory = nullptr;  // the session's
  std::shared_ptr<SessionMetrics> counts = std::make_shared<SessionMetrics>();
  bool secret_available = true;
};

std::shared_ptr<const Config> configuration() {
  auto config = std::make_shared<Config>();
  SessionConfig session;
  session.name = "fuzz";
  session.origin = {Scheme::http, "origin.example", 80};
  session.connections = session.connections_per_host = kConnections;
  session.queue.max = 3;
  session.queue.timeout = 20s;
  session.params = {{"v", "1"}};
  session.headers = {{"Accept", "text/plain"}};
  session.set_headers = {{"X-Set", "1"}};
  session.remove_headers = {"User-Agent"};
  session.auth.kind = AuthConfig::Kind::query;
  session.auth.name = "key";
  session.cookies.keep = CookiesConfig::Keep::persist;
  session.follow_redirects = 3;
  session.retry.statuses = {429, 503};
  session.rate.count = 20;
  session.rate.per = 1s;
  session.rate.burst = 4;
  session.timeouts.total = 40s;
  session.tunnels = true;
  session.timeouts.tunnel = 10s;
  config->sessions.push_back(session);
  return config;
}

constexpr std::string_view kRequests[] = {
    "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "HEAD /a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\nbody",
    "PUT / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n",
    "GET / HTTP/1.0\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n",
    "CONNECT origin.example:80 HTTP/1.1\r\nHost: origin.example:80\r\n\r\nearly",
};
constexpr std::string_view kResponses[] = {
    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
    "HTTP/1.1 200 OK\r\n\r\nuntil the end",
    "HTTP/1.1 204 No Content\r\n\r\n",
    "HTTP/1.1 100 Continue\r\n\r\n",
    "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
    "HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nContent-Length: 2\r\n\r\nok",
    "HTTP/1.1 101 Up\r\nSet-Cookie: a=1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
    "HTTP/1.1 303 See Other\r\nLocation: /b\r\nSet-Cookie: b=2\r\nContent-Length: 2\r\n\r\nok",
    "HTTP/1.1 307 Moved\r\nLocation: /c\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 429 Slow\r\nRetry-After: 3\r\nContent-Length: 4\r\n\r\nslow",
    "HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy",
};

class World {
 public:
  World() : access_log_(loop_, &sink_, AccessLog::Format::json) {
    auto config = configuration();
    context_.table = *SessionTable::create(loop_, parts_, config);
    arrival_.own_session = 0;
    arrival_.local_ip = "127.0.0.1";
  }

  void step(uint8_t verb, uint8_t which, std::string_view bytes) {
    switch (verb % 15) {
      case 0:
        return connect();
      case 1:
        return client(which, [&](FakePeer& peer) { peer.send(bytes); });
      case 2:
        return client(which, [&](FakePeer& peer) {
          peer.send(kRequests[bytes.size() % std::size(kRequests)]);
        });
      case 3:
        return client(which, [](FakePeer& peer) { peer.end(); });
      case 4:
        return client(which, [](FakePeer& peer) { peer.fail(ErrorKind::connection_terminated); });
      case 5:
        return client(which, [&](FakePeer& peer) { peer.take_only(bytes.size()); });
      case 6:
        return client(which, [](FakePeer& peer) { peer.take_all(); });
      case 7:
        return parts_.factory->finish(which % 4 != 0);
      case 8:
        return origin(which, [&](FakePeer& peer) { peer.send(bytes); });
      case 9:
        return origin(which, [&](FakePeer& peer) {
          peer.send(kResponses[bytes.size() % std::size(kResponses)]);
        });
      case 10:
        return origin(which, [](FakePeer& peer) { peer.end(); });
      case 11:
        return origin(which, [](FakePeer& peer) { peer.fail(ErrorKind::connection_terminated); });
      case 12:
        return origin(which, [&](FakePeer& peer) { peer.take_only(bytes.size()); });
      default:
        if (which >= 0xf0) parts_.secret_available = which % 2 == 0;
        return loop_.advance(std::chrono::seconds(which % 8));
    }
  }

  void check() {
    loop_.run();
    const PoolSnapshot pool = context_.table->sessions()[0]->pool().snapshot();
    require(pool.total() <= kConnections);
  }

  // Everybody leaves: no slot may stay taken, and each exchange has its line.
  void finish() {
    clients_.close_all();
    loop_.run();
    const PoolSnapshot pool = context_.table->sessions()[0]->pool().snapshot();
    require(pool.leased == 0 && pool.waiting == 0);
    sink_.finish();
    const auto lines =
        static_cast<uint64_t>(std::count(sink_.written.begin(), sink_.written.end(), '\n'));
    require(lines >= context_.requests);  // refused heads have a line too
    const auto ids = count("\"id\":\"fuzz-");
    require(ids == context_.requests);
    require(balance(*parts_.counts) + balance(context_.unrouted) == lines);
    context_.table.reset();
    loop_.run();
  }

 private:
  // Everybody who began has ended, one way and once. How many they were.
  static uint64_t balance(const SessionMetrics& metrics) {
    require(metrics.active == 0 && metrics.tunnels_active == 0);
    require(metrics.requests ==
            metrics.from_origin.all() + metrics.from_us.all() + metrics.aborted.all());
    require(metrics.errors.all() <= metrics.from_us.all());
    require(metrics.total.count() <= metrics.requests && metrics.tunnels <= metrics.requests);
    return metrics.requests;
  }

  void connect() {
    if (peers_.size() >= 8) return;
    peers_.push_back(std::make_unique<FakePeer>(loop_));
    clients_.accept(peers_.back()->transport(), arrival_);
  }
  template <typename Act>
  void client(uint8_t which, Act act) {
    if (!peers_.empty()) act(*peers_[which % peers_.size()]);
  }
  template <typename Act>
  void origin(uint8_t which, Act act) {
    auto& peers = parts_.factory->peers;
    if (!peers.empty()) act(*peers[peers.size() - 1 - which % std::min<size_t>(peers.size(), 3)]);
  }
  uint64_t count(std::string_view needle) const {
    uint64_t found = 0;
    for (size_t at = sink_.written.find(needle); at != std::string::npos;
         at = sink_.written.find(needle, at + 1)) {
      ++found;
    }
    return found;
  }

  FakeLoop loop_;
  FakeFileSink sink_;
  AccessLog access_log_;
  Log log_{LogLevel::error, LogFormat::text};
  ProxyContext context_{loop_, access_log_, log_, nullptr, "fuzz"};
  FuzzParts parts_{loop_};
  Arrival arrival_;
  std::vector<std::unique_ptr<FakePeer>> peers_;
  DownstreamSet clients_{context_, 100};
};

}  // namespace
}  // namespace trunkd

// Each step: a verb, who it is for, a length, and so many bytes.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  trunkd::World world;
  std::string_view input(reinterpret_cast<const char*>(data), size);
  while (input.size() >= 3) {
    const auto verb = static_cast<uint8_t>(input[0]);
    const auto which = static_cast<uint8_t>(input[1]);
    const auto length = std::min<size_t>(static_cast<uint8_t>(input[2]), input.size() - 3);
    world.step(verb, which, input.substr(3, length));
    world.check();
    input.remove_prefix(3 + length);
  }
  world.finish();
  return 0;
}

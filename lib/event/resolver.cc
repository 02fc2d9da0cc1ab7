#include "event/resolver.h"

#include <netdb.h>
#include <utility>
#include <uv.h>

namespace trunkd {
namespace {

bool is_localhost(std::string_view host) {
  return host == "localhost" || host.ends_with(".localhost");
}

Addresses addresses_of(const addrinfo* list) {
  Addresses addresses;
  for (; list != nullptr; list = list->ai_next) {
    if (list->ai_family == AF_INET || list->ai_family == AF_INET6) {
      addresses.push_back(SocketAddress(list->ai_addr).with_port(0));
    }
  }
  return addresses;
}

// These names are the machine's own whatever the system would say of them (RFC 6761, 6.3).
Addresses own_addresses() {
  return {*SocketAddress::parse("127.0.0.1", 0), *SocketAddress::parse("::1", 0)};
}

Result<Addresses> outcome(const std::string& host, int status, Addresses addresses) {
  if (status == 0 || status == UV_EAI_NONAME || status == UV_EAI_NODATA) return addresses;
  return failure(
      ErrorKind::dns_failed,
      "looking up " + host + ": " +
          (status == UV_EAI_AGAIN ? "the name servers did not answer" : uv_strerror(status)));
}

class SystemLookup final : public Lookup {
 public:
  SystemLookup(Loop& loop, std::string host, NameLookup::Done done)
      : host_(std::move(host)),
        done_(std::move(done)),
        no_query_(loop, [this] { finish(known_); }) {
    if (is_localhost(host_)) {
      known_ = own_addresses();
      no_query_.schedule();
      return;
    }
    auto query = std::make_unique<Query>();
    query->uv.data = query.get();
    query->asked_by = this;
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    status_ = uv_getaddrinfo(loop.uv(), &query->uv, &on_done, host_.c_str(), nullptr, &hints);
    if (status_ == 0) {
      query_ = query.release();  // libuv's until on_done()
    } else {
      no_query_.schedule();  // what cannot be a name, because it is too long
    }
  }

  ~SystemLookup() override {
    if (query_ == nullptr) return;
    query_->asked_by = nullptr;
    uv_cancel(reinterpret_cast<uv_req_t*>(&query_->uv));  // unless a thread is at it
  }

 private:
  struct Query {
    uv_getaddrinfo_t uv{};
    SystemLookup* asked_by = nullptr;
  };

  static void on_done(uv_getaddrinfo_t* uv, int status, addrinfo* list) {
    const std::unique_ptr<Query> query(static_cast<Query*>(uv->data));
    Addresses addresses = addresses_of(list);
    uv_freeaddrinfo(list);
    SystemLookup* lookup = query->asked_by;
    if (lookup == nullptr) return;
    lookup->query_ = nullptr;
    lookup->status_ = status;
    lookup->finish(std::move(addresses));
  }

  void finish(Addresses addresses) {
    const NameLookup::Done done = std::exchange(done_, nullptr);
    done(outcome(host_, status_, std::move(addresses)));  // may destroy this lookup
  }

  const std::string host_;
  NameLookup::Done done_;
  DeferredCall no_query_;  // answers what the system is not asked for
  Addresses known_;
  int status_ = 0;
  Query* query_ = nullptr;  // while libuv has it
};

}  // namespace

std::unique_ptr<Lookup> Resolver::look_up(const std::string& host, Done done) {
  return std::make_unique<SystemLookup>(loop_, host, std::move(done));
}

}  // namespace trunkd

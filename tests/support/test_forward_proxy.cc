#include "support/test_forward_proxy.h"

#include <stdexcept>
#include <utility>

#include "event/tcp_connect.h"
#include "proxy/tunnel.h"

namespace trunkd {
namespace {

uint16_t port_of(const std::string& authority) {
  return static_cast<uint16_t>(std::stoul(authority.substr(authority.rfind(':') + 1)));
}

}  // namespace

// Until it is a tunnel, all that came is in `received_`.
class TestForwardProxy::Connection final : private TransportListener, private TunnelOwner {
 public:
  Connection(TestForwardProxy& proxy, std::unique_ptr<Transport> transport)
      : proxy_(proxy), transport_(std::move(transport)) {
    transport_->set_listener(this);
    transport_->start_reading();
  }
  ~Connection() {
    if (transport_) transport_->set_listener(nullptr);
  }

 private:
  void on_bytes(std::string_view bytes) override {
    received_ += bytes;
    if (dial_) return;
    if (proxy_.speaks_ == Speaks::http) {
      read_heads();
    } else {
      read_socks();
    }
  }
  void on_end() override { close(); }
  void on_transport_error(const Error&) override { close(); }
  void on_drained() override {}
  void on_tunnel_end() override { proxy_.loop_.dispose(std::move(tunnel_)); }

  void close() {
    if (!transport_) return;
    transport_->set_listener(nullptr);
    proxy_.loop_.dispose(std::move(transport_));
  }

  void read_heads() {
    for (size_t end = received_.find("\r\n\r\n"); end != std::string::npos && transport_;
         end = received_.find("\r\n\r\n")) {
      const std::string head = received_.substr(0, end + 4);
      proxy_.asked_.push_back(head);
      if (!proxy_.answer_) return serve(head);
      received_.erase(0, end + 4);
      transport_->write(*proxy_.answer_);
    }
  }

  void serve(const std::string& head) {
    const size_t start = head.find(' ') + 1;
    const std::string target = head.substr(start, head.find(' ', start) - start);
    if (head.starts_with("CONNECT ")) {
      received_.erase(0, head.size());
      return dial(port_of(target), proxy_.tunnel_answer_);
    }
    // Handed on as it is: origins understand absolute form too (RFC 9112, 3.2.2).
    const size_t host = target.find("://") + 3;
    dial(port_of(target.substr(host, target.find('/', host) - host)), "");
  }

  uint8_t at(size_t index) const { return static_cast<uint8_t>(received_[index]); }

  void read_socks() {
    switch (step_) {
      case Step::methods: {
        if (received_.size() < 2 || received_.size() < size_t{2} + at(1)) return;
        const char method = proxy_.login_ ? 2 : 0;
        const bool offered = received_.find(method, 2) < size_t{2} + at(1);
        received_.erase(0, size_t{2} + at(1));
        transport_->write(std::string{'\5', offered ? method : '\xff'});
        step_ = proxy_.login_ ? Step::login : Step::request;
        return read_socks();
      }
      case Step::login: {
        if (received_.size() < 2 || received_.size() < size_t{3} + at(1)) return;
        const size_t user = at(1), password = at(2 + user);
        if (received_.size() < 3 + user + password) return;
        const bool good = *proxy_.login_ ==
                          received_.substr(2, user) + ':' + received_.substr(3 + user, password);
        received_.erase(0, 3 + user + password);
        transport_->write(std::string{'\1', good ? '\0' : '\1'});
        step_ = Step::request;
        return read_socks();
      }
      case Step::request:
        return read_socks_request();
    }
  }

  // A name or an IPv4 address.
  void read_socks_request() {
    if (received_.size() < 5) return;
    const bool is_name = at(3) == 3;
    const size_t start = is_name ? 5 : 4, size = is_name ? at(4) : 4;
    if (received_.size() < start + size + 2) return;
    std::string host;
    for (size_t i = 0; i < size; ++i) {
      if (is_name) host += received_[start + i];
      if (!is_name) host += (i > 0 ? "." : "") + std::to_string(at(start + i));
    }
    const auto port = static_cast<uint16_t>(at(start + size) * 256 + at(start + size + 1));
    received_.erase(0, start + size + 2);
    proxy_.asked_.push_back(host + ':' + std::to_string(port));
    const std::string reply{'\5', static_cast<char>(proxy_.result_), 0, 1, 127, 0, 0, 1, 0, 80};
    if (proxy_.result_ == 0) return dial(port, reply);
    transport_->write(reply);
  }

  void dial(uint16_t port, const std::string& reply) {
    dial_ = connect_tcp(proxy_.loop_, *SocketAddress::parse("127.0.0.1", port),
                        [this, reply](Result<std::unique_ptr<Transport>> origin) {
                          if (!origin) return close();
                          if (transport_) tunnel_to(std::move(*origin), reply);
                        });
  }

  void tunnel_to(std::unique_ptr<Transport> origin, const std::string& reply) {
    transport_->write(reply);
    tunnel_ = std::make_unique<Tunnel>(proxy_.loop_, static_cast<TunnelOwner&>(*this),
                                       std::move(transport_), std::move(origin), Duration{});
    tunnel_->start(received_, "", false);
  }

  enum class Step : uint8_t { methods, login, request };

  TestForwardProxy& proxy_;
  std::unique_ptr<Transport> transport_;  // null in a tunnel and after the end
  std::string received_;
  Step step_ = Step::methods;
  std::unique_ptr<TcpConnect> dial_;
  std::unique_ptr<Tunnel> tunnel_;
};

TestForwardProxy::TestForwardProxy(Loop& loop, Speaks speaks) : loop_(loop), speaks_(speaks) {
  auto listener = Listener::tcp(
      loop, *SocketAddress::parse("127.0.0.1", 0), [this](std::unique_ptr<Transport> transport) {
        connections_.push_back(std::make_unique<Connection>(*this, std::move(transport)));
      });
  if (!listener) throw std::runtime_error(listener.error().detail);
  listener_ = std::move(*listener);
}

TestForwardProxy::~TestForwardProxy() = default;

}  // namespace trunkd

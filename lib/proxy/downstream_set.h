// DownstreamSet: the clients' connections, all listeners together.

#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "proxy/downstream_connection.h"

namespace trunkd {

class DownstreamSet final : private DownstreamOwner {
 public:
  // `context` must outlive the set. Beyond `max` connections a new one is closed at once, and
  // counted.
  DownstreamSet(ProxyContext& context, size_t max) : context_(context), max_(max) {}

  // `arrival` is the listener's and must outlive the connection.
  void accept(std::unique_ptr<Transport> transport, const Arrival& arrival);

  size_t size() const { return connections_.size(); }
  size_t max() const { return max_; }
  void set_max(size_t max) { max_ = max; }  // for new ones
  uint64_t accepted() const { return accepted_; }
  uint64_t refused() const { return refused_; }

  // Idle connections end a moment later, the others with the answer that is under way; `on_empty`
  // is called when none is left (at once if there is none now).
  void drain(std::function<void()> on_empty);
  // Likewise those of one listener only.
  void drain_of(const Arrival& arrival);
  bool has_any_of(const Arrival& arrival) const;
  void close_all();  // now
  // Ends what is under way for this session; clients stay, but for those with a tunnel.
  void kill(std::string_view session);

 private:
  void on_downstream_closed(DownstreamConnection& connection) override;

  ProxyContext& context_;
  size_t max_;
  std::vector<std::unique_ptr<DownstreamConnection>> connections_;
  std::function<void()> on_empty_;
  uint64_t accepted_ = 0;
  uint64_t refused_ = 0;
};

}  // namespace trunkd

#include "proxy/downstream_set.h"

#include <algorithm>
#include <utility>

namespace trunkd {

void DownstreamSet::accept(std::unique_ptr<Transport> transport, const Arrival& arrival) {
  if (connections_.size() >= max_) {
    if (refused_++ == 0) {
      context_.log.warning("downstream.max is reached: " + std::to_string(max_) +
                           " clients are connected, further ones are turned away");
    }
    context_.scheduler.dispose(std::move(transport));
    return;
  }
  auto connection = std::make_unique<DownstreamConnection>(
      context_, static_cast<DownstreamOwner&>(*this), arrival, std::move(transport));
  ++accepted_;
  connection->slot = connections_.size();
  connections_.push_back(std::move(connection));
}

void DownstreamSet::drain(std::function<void()> on_empty) {
  on_empty_ = std::move(on_empty);
  for (const auto& connection : connections_) connection->drain();
  if (connections_.empty() && on_empty_) std::exchange(on_empty_, nullptr)();
}

void DownstreamSet::drain_of(const Arrival& arrival) {
  for (const auto& connection : connections_) {
    if (&connection->arrival() == &arrival) connection->drain();
  }
}

bool DownstreamSet::has_any_of(const Arrival& arrival) const {
  return std::any_of(connections_.begin(), connections_.end(),
                     [&](const auto& connection) { return &connection->arrival() == &arrival; });
}

void DownstreamSet::close_all() {
  while (!connections_.empty()) connections_.back()->close_now();
}

// Those that end on the way are disposed of, so they are still there.
void DownstreamSet::kill(std::string_view session) {
  std::vector<DownstreamConnection*> all;
  all.reserve(connections_.size());
  for (const auto& connection : connections_) all.push_back(connection.get());
  for (DownstreamConnection* connection : all) connection->kill(session);
}

void DownstreamSet::on_downstream_closed(DownstreamConnection& connection) {
  const size_t slot = connection.slot;
  context_.scheduler.dispose(std::move(connections_[slot]));
  if (slot + 1 < connections_.size()) {
    connections_[slot] = std::move(connections_.back());
    connections_[slot]->slot = slot;
  }
  connections_.pop_back();
  if (connections_.empty() && on_empty_) std::exchange(on_empty_, nullptr)();
}

}  // namespace trunkd

#include "daemon/demo/control_channel.h"

#include <utility>

namespace trunkd {

ControlChannel::ControlChannel(std::unique_ptr<Transport> transport, OnLine on_line, OnGone on_gone)
    : transport_(std::move(transport)), on_line_(std::move(on_line)), on_gone_(std::move(on_gone)) {
  transport_->set_listener(this);
  transport_->start_reading();
}

void ControlChannel::send(std::string line) {
  line += '\n';
  transport_->write(line);
}

void ControlChannel::on_bytes(std::string_view bytes) {
  received_ += bytes;
  for (size_t end = received_.find('\n'); end != std::string::npos; end = received_.find('\n')) {
    const std::string line = received_.substr(0, end);
    received_.erase(0, end + 1);
    on_line_(line);
  }
}

}  // namespace trunkd

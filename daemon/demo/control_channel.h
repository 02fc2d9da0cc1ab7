// ControlChannel: lines of text between the processes of the demo, over a Unix socket.

#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/transport.h"

namespace trunkd {

class ControlChannel final : private TransportListener {
 public:
  using OnLine = std::function<void(std::string_view line)>;  // without the line break
  using OnGone = std::function<void()>;                       // the other process has ended

  // Neither may destroy the channel.
  ControlChannel(std::unique_ptr<Transport> transport, OnLine on_line, OnGone on_gone);

  void send(std::string line);

 private:
  void on_bytes(std::string_view bytes) override;
  void on_end() override { on_gone_(); }
  void on_transport_error(const Error&) override { on_gone_(); }
  void on_drained() override {}

  std::unique_ptr<Transport> transport_;
  OnLine on_line_;
  OnGone on_gone_;
  std::string received_;
};

}  // namespace trunkd

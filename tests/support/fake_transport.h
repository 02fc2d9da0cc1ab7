// A byte stream without a network: the code under test owns a FakeTransport, the test holds the
// FakePeer at its other end.

#pragma once

#include <algorithm>
#include <cassert>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/transport.h"

namespace trunkd {

// What both ends share, so that each may be destroyed first.
struct FakeStream {
  TransportListener* listener = nullptr;  // null as well once the transport is gone
  bool reading = false;
  std::string input;  // sent by the peer, not yet given to the listener
  bool end_pending = false;
  bool ended = false;
  bool failed = false;
  bool buffered_input = false;
  bool unheard_end = false;  // the peer has ended, and the event loop has not come to it yet
  Duration dead_after{};

  std::string sent;      // what the socket has taken
  std::string unsent;    // what it has not
  size_t allowance = 0;  // bytes that the socket still takes ...
  bool limited = false;  // ... if it is limited at all
  bool shutdown_asked = false;
  bool reset_asked = false;
  bool closed = false;
  int writes = 0;

  void take_what_is_allowed() {
    const size_t count = limited ? std::min(allowance, unsent.size()) : unsent.size();
    sent.append(unsent, 0, count);
    unsent.erase(0, count);
    if (limited) allowance -= count;
  }

  // Gives the listener what it may have by now: bytes, then the end. The listener may stop
  // reading, or leave, in each call.
  void deliver() {
    while (reading && listener != nullptr && !failed && !input.empty()) {
      listener->on_bytes(std::exchange(input, {}));
    }
    if (reading && listener != nullptr && !failed && input.empty() && end_pending) {
      end_pending = false;
      ended = true;
      listener->on_end();
    }
  }
};

class FakeTransport final : public Transport {
 public:
  FakeTransport(TaskQueue& queue, std::shared_ptr<FakeStream> stream)
      : stream_(std::move(stream)), deliver_later_(queue, [stream = stream_] {
          stream->deliver();  // may destroy this transport
        }) {}
  ~FakeTransport() override {
    stream_->listener = nullptr;
    stream_->reading = false;
    stream_->closed = true;
  }

  void set_listener(TransportListener* listener) override {
    stream_->listener = listener;
    deliver_later_.schedule();
  }
  void start_reading() override {
    stream_->reading = true;
    deliver_later_.schedule();  // never from inside a command
  }
  void stop_reading() override { stream_->reading = false; }

  using Transport::write;
  size_t write(std::span<const std::string_view> parts) override {
    if (stream_->failed || stream_->shutdown_asked) return queued();
    ++stream_->writes;
    for (const std::string_view part : parts) stream_->unsent.append(part);
    stream_->take_what_is_allowed();
    return queued();
  }
  size_t queued() const override { return stream_->unsent.size(); }

  void shutdown() override { stream_->shutdown_asked = true; }
  void reset_on_close() override { stream_->reset_asked = true; }
  bool has_buffered_input() const override { return stream_->buffered_input; }
  bool quiet() const override {
    return stream_->input.empty() && !stream_->end_pending && !stream_->unheard_end;
  }
  void set_dead_after(Duration time) override { stream_->dead_after = time; }

 private:
  std::shared_ptr<FakeStream> stream_;
  DeferredCall deliver_later_;
};

// The other end. Sends and ends arrive at once while the transport reads, else when it reads again
// (and the loop has run).
class FakePeer {
 public:
  explicit FakePeer(TaskQueue& queue) : queue_(queue), stream_(std::make_shared<FakeStream>()) {}

  // Once: the near end, for the code under test to own.
  std::unique_ptr<Transport> transport() {
    assert(!taken_);
    taken_ = true;
    return std::make_unique<FakeTransport>(queue_, stream_);
  }

  // --- what the peer does

  void send(std::string_view bytes) {
    const auto stream = stream_;  // the listener may destroy this peer
    stream->input.append(bytes);
    stream->deliver();
  }
  void send_byte_by_byte(std::string_view bytes) {
    const auto stream = stream_;
    for (const char byte : bytes) {
      stream->input.push_back(byte);
      stream->deliver();
    }
  }
  void end() {
    const auto stream = stream_;
    if (!stream->ended) stream->end_pending = true;
    stream->deliver();
  }
  // Heard at once, also by one that does not read; what it has not read yet is lost.
  void fail(ErrorKind kind, std::string detail = "broken by the test") {
    const auto stream = stream_;
    if (std::exchange(stream->failed, true)) return;
    stream->unsent.clear();
    if (stream->listener != nullptr) stream->listener->on_transport_error({kind, detail, ""});
  }

  // --- back-pressure: how much the socket takes

  // From now on so many bytes and no more; what waits already counts.
  void take_only(size_t bytes) {
    stream_->limited = true;
    stream_->allowance = bytes;
    take();
  }
  void take_all() {
    stream_->limited = false;
    take();
  }

  // --- what the code under test did

  const std::string& received() const { return stream_->sent; }
  // The same, and forgets it, so that the next look sees only what is new.
  std::string take_received() { return std::exchange(stream_->sent, {}); }
  size_t waiting() const { return stream_->unsent.size(); }  // written, not taken
  int writes() const { return stream_->writes; }             // calls of write()
  bool reading() const { return stream_->reading; }
  Duration dead_after() const { return stream_->dead_after; }
  // It has ended, and the event loop has not come to that yet.
  void end_unheard() { stream_->unheard_end = true; }
  bool has_listener() const { return stream_->listener != nullptr; }
  bool saw_end() const {  // after all that was written
    return (stream_->shutdown_asked || (stream_->closed && !stream_->reset_asked)) &&
           stream_->unsent.empty();
  }
  bool shut_down() const { return stream_->shutdown_asked; }
  bool closed() const { return stream_->closed; }  // destroyed
  bool was_reset() const { return stream_->closed && stream_->reset_asked; }

  // TLS only: bytes were received that belong to no message.
  void set_buffered_input(bool has_some) { stream_->buffered_input = has_some; }

 private:
  void take() {
    const auto stream = stream_;
    const bool waited = !stream->unsent.empty();
    stream->take_what_is_allowed();
    if (waited && stream->unsent.empty() && stream->listener != nullptr) {
      stream->listener->on_drained();
    }
  }

  TaskQueue& queue_;
  std::shared_ptr<FakeStream> stream_;
  bool taken_ = false;
};

}  // namespace trunkd

// TlsTransport: a Transport over another Transport, encrypted by mbedTLS.

#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/buffer.h"
#include "base/result.h"
#include "base/scheduler.h"
#include "base/transport.h"
#include "net/record_boundary.h"
#include "net/tls_facts.h"
#include "net/tls_side.h"

namespace trunkd {

// Destroying sends no close_notify: that is for shutdown(), the clean end.
class TlsTransport final : public Transport, private TransportListener {
 public:
  using Done = std::function<void(Result<void>)>;

  TlsTransport(Scheduler& scheduler, std::unique_ptr<Transport> lower,
               std::shared_ptr<TlsShared> shared, std::unique_ptr<TlsSide> side);
  ~TlsTransport() override;

  // To be called first, and to be finished before anything else. `done` is never called from
  // inside; it may destroy this transport.
  void handshake(Done done);
  bool resumed() const { return side_->resumed(); }
  TlsFacts facts() const;  // once the handshake has succeeded

  void set_listener(TransportListener* listener) override;
  void start_reading() override;
  void stop_reading() override;
  size_t write(std::span<const std::string_view> parts) override;
  size_t queued() const override { return lower_->queued(); }
  void shutdown() override;
  void reset_on_close() override { lower_->reset_on_close(); }
  bool has_buffered_input() const override;
  bool quiet() const override { return !has_buffered_input() && lower_->quiet(); }
  void set_dead_after(Duration time) override { lower_->set_dead_after(time); }

 private:
  enum class State { handshaking, open, broken };

  void on_bytes(std::string_view bytes) override;
  void on_end() override;
  void on_transport_error(const Error& error) override;
  void on_drained() override;

  static int receive(void* self, unsigned char* into, size_t size);
  static int send(void* self, const unsigned char* bytes, size_t size);

  bool wants_bytes() const;
  size_t unread() const { return left_over_.size() + fresh_.size(); }
  void process();
  void step_handshake();
  void step_reading();
  void finish_handshake(Result<void> result);
  void report();
  bool deliver(std::string_view bytes);
  int seal(const char* bytes, size_t size);
  void flush();
  template <typename Call>
  bool survives(Call call);

  std::shared_ptr<TlsShared> shared_;
  std::unique_ptr<Transport> lower_;
  std::unique_ptr<TlsSide> side_;
  TlsConnectionStruct tls_;
  TransportListener* listener_ = nullptr;
  Done handshake_done_;
  DeferredCall process_later_;
  RecordBoundary boundary_;
  std::string_view fresh_;      // from below, during on_bytes() only
  Buffer left_over_;            // from below, not wanted yet
  std::optional<Error> error_;  // to be told
  const std::shared_ptr<void> alive_ = std::make_shared<char>();  // ends with this transport
  State state_ = State::handshaking;
  bool reading_ = false;
  bool lower_ended_ = false;
  bool ended_ = false;  // close_notify came
  bool error_told_ = false;
  bool shut_down_ = false;
  bool got_bytes_ = false;
};

}  // namespace trunkd

#include "event/signals.h"

#include <utility>
#include <uv.h>

#include "event/handle.h"

namespace trunkd {
namespace {

class Watch final : public SignalWatch {
 public:
  Watch(Loop& loop, int signal, std::function<void()> on_signal)
      : on_signal_(std::move(on_signal)) {
    auto* handle = new uv_signal_t{};
    uv_signal_init(loop.uv(), handle);
    handle->data = this;
    handle_.reset(handle);
    uv_signal_start(
        handle,
        [](uv_signal_t* raised, int) {
          if (auto* self = static_cast<Watch*>(raised->data)) self->on_signal_();
        },
        signal);
  }

 private:
  std::function<void()> on_signal_;
  Handle<uv_signal_t> handle_;
};

}  // namespace

std::unique_ptr<SignalWatch> watch_signal(Loop& loop, int signal, std::function<void()> on_signal) {
  return std::make_unique<Watch>(loop, signal, std::move(on_signal));
}

}  // namespace trunkd

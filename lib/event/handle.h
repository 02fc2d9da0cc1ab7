// Handle<T>: owns a libuv handle through its close callback.

#pragma once

#include <memory>
#include <uv.h>

namespace trunkd {

// Ours ends when the owner drops the pointer, libuv's in the close callback. The memory goes with
// the second, and data == nullptr tells a late callback that nobody is waiting. The handle must
// have been initialised (uv_*_init) before it is put into a Handle.
template <typename T>
struct CloseHandle {
  void operator()(T* handle) const {
    auto* any = reinterpret_cast<uv_handle_t*>(handle);
    any->data = nullptr;
    if (uv_is_closing(any)) return;  // uv_tcp_close_reset() came first
    uv_close(any, &delete_closed);
  }

  static void delete_closed(uv_handle_t* closed) { delete reinterpret_cast<T*>(closed); }
};

template <typename T>
using Handle = std::unique_ptr<T, CloseHandle<T>>;

}  // namespace trunkd

#include "pool/slot.h"

#include <utility>

#include "pool/connection_pool.h"

namespace trunkd {

void Slot::on_opened(PendingOpen&, std::unique_ptr<PooledConnection> opened) {
  connection = std::move(opened);
  pool.note_opened(*this);
}

void Slot::on_open_failed(PendingOpen&, const Error& reason) {
  error = reason;
  pool.note_failed(*this);
}

void Slot::on_idle_connection_lost(PooledConnection&, IdleEnd end) {
  if (state != SlotState::idle) return;
  end == IdleEnd::by_origin ? pool.note_ended(*this) : pool.note_lost(*this, CloseReason::retired);
}

}  // namespace trunkd

#include "pool/lease.h"

#include "pool/connection_pool.h"
#include "pool/slot.h"

namespace trunkd {

Lease& Lease::operator=(Lease&& other) noexcept {
  if (this == &other) return *this;
  give_back();
  slot_ = std::exchange(other.slot_, nullptr);
  connection_ = other.connection_;
  reused_ = other.reused_;
  kept_ = other.kept_;
  return *this;
}

void Lease::note_carried() { slot_->group.memory.idle.carried_after(slot_->was_idle); }

void Lease::note_stale() { slot_->pool.note_stale(*slot_); }

void Lease::give_back() {
  if (slot_ != nullptr) slot_->pool.note(*slot_, SlotState::returned);
}

}  // namespace trunkd

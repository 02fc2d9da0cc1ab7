// Journals on libuv's thread pool.

#pragma once

#include <memory>

#include "base/journal.h"
#include "event/loop.h"

namespace trunkd {

// `loop` must outlive it and every journal that it opened; the loop's end waits for what they have
// handed in.
std::unique_ptr<Journals> make_journals(Loop& loop);

}  // namespace trunkd

// TlsFacts: what a handshake has shown.

#pragma once

#include <optional>

#include "base/clock.h"
#include "net/tls_context.h"

namespace trunkd {

struct TlsFacts {
  TlsVersion version = TlsVersion::tls12;
  // The end of the other side's own certificate, to the second. None if that was not seen: where a
  // TLS session was resumed it need not be.
  std::optional<WallTime> certificate_not_after{};
};

}  // namespace trunkd

// The inside of a TrustStore, for lib/net only.

#pragma once

#include "net/mbedtls_owned.h"
#include "net/trust_store.h"

namespace trunkd {

class TrustStore {
 public:
  Certificates certificates;
  int unread = 0;  // certificates of the file that mbedTLS cannot use
};

}  // namespace trunkd

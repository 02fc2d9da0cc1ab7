// ClientIdentity: the certificate and key by which a session proves to an origin who it is.

#pragma once

#include <memory>

#include "base/result.h"
#include "net/mbedtls_owned.h"
#include "net/pem_file.h"

namespace trunkd {

struct ClientIdentity {
  Certificates chain;  // the leaf first, then its issuers, as they are sent
  PrivateKey key;
};

// Fails with a sentence that names the file: no certificate, no key, one that is encrypted, or one
// that belongs to another certificate. Both may be in one file.
Result<std::shared_ptr<ClientIdentity>> make_client_identity(const PemFile& certificate,
                                                             const PemFile& key);

}  // namespace trunkd

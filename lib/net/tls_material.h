// TlsMaterial: what the files make of which a session's TLS settings speak.

#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "event/followed_files.h"
#include "net/client_identity.h"
#include "net/tls_context.h"

namespace trunkd {

struct TlsMaterial {
  std::shared_ptr<TrustStore> trust;         // null: the system's alone, or nothing is verified
  std::shared_ptr<ClientIdentity> identity;  // null: none
};

// The files that `settings` name, each once.
std::vector<std::string> tls_files(const TlsSettings& settings);

// From what stands in tls_files(). Fails with a sentence that names the file.
Result<TlsMaterial> make_tls_material(const TlsSettings& settings, const FileContents& contents,
                                      TrustStores& stores);

}  // namespace trunkd

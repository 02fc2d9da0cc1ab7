// TrustStore: the certificates of the authorities that are believed.

#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "net/pem_file.h"

namespace trunkd {

class TrustStore;

// Parses the same content once for all who use it at the same time: the system's store has some 140
// authorities. Owned by the server; must outlive the contexts that are made with it.
class TrustStores {
 public:
  // Fails with a sentence that names the file.
  Result<std::shared_ptr<TrustStore>> system();
  // The authorities of all `files`, and of the system's store too if asked for. A file without any
  // is an error, which names it.
  Result<std::shared_ptr<TrustStore>> of(const std::vector<PemFile>& files, bool with_system);

 private:
  Result<std::shared_ptr<TrustStore>> parsed(const std::vector<PemFile>& files);

  std::weak_ptr<TrustStore> system_;
  std::map<std::string, std::weak_ptr<TrustStore>> parsed_;  // by all that went into it
};

}  // namespace trunkd

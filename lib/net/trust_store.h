// TrustStore: the certificates of the authorities that are believed, from one file.

#pragma once

#include <map>
#include <memory>
#include <string>

#include "base/result.h"

namespace trunkd {

class TrustStore;

// Parses each file once for all who use it at the same time: the system's has some 140 authorities.
// Owned by the server; must outlive the contexts that are made with it.
class TrustStores {
 public:
  // `ca_file` is PEM; empty stands for the system's store. Fails with a sentence that names the
  // file.
  Result<std::shared_ptr<TrustStore>> load(const std::string& ca_file);

 private:
  std::map<std::string, std::weak_ptr<TrustStore>> loaded_;
};

}  // namespace trunkd

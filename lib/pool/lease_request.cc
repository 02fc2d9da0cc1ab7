#include "pool/lease_request.h"

#include "pool/connection_pool.h"

namespace trunkd {

LeaseRequest::~LeaseRequest() {
  if (pool_ != nullptr) pool_->leave(*this);
}

}  // namespace trunkd

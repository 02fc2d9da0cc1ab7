#include "cookie/public_suffix.h"

#include <libpsl.h>

#include "http/url.h"

namespace trunkd {

void PublicSuffixes::Free::operator()(psl_ctx_st* list) const { psl_free(list); }

PublicSuffixes::PublicSuffixes() : list_(psl_latest(nullptr)) {}

bool PublicSuffixes::contains(const std::string& host) const {
  if (is_ip_literal(host)) return false;
  return !list_ || psl_is_public_suffix(list_.get(), host.c_str()) != 0;
}

}  // namespace trunkd

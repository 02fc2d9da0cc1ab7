// Which names are nobody's own: "com", "co.uk", "github.io" (https://publicsuffix.org).

#pragma once

#include <memory>
#include <string>

struct psl_ctx_st;

namespace trunkd {

// Meant to be made once, at start: all jars use the same. The system's list is taken if it is newer
// than the one compiled into libpsl, since Debian brings the first up to date and never the second;
// after that no file is read.
class PublicSuffixes {
 public:
  PublicSuffixes();

  // `host` is as normalize_host makes it. A name that no rule knows has its last label as suffix,
  // so "localhost" is one. An IP address is none. Without any list, which a libpsl can be built to
  // have, every name is one: cookies then stay with the host that set them.
  bool contains(const std::string& host) const;

 private:
  struct Free {
    void operator()(psl_ctx_st* list) const;
  };
  std::unique_ptr<psl_ctx_st, Free> list_;
};

}  // namespace trunkd

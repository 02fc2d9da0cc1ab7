// Every connection is a descriptor: the soft limit of them is raised to the hard one at start.

#pragma once

#include <sys/resource.h>

namespace trunkd {

inline void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace trunkd

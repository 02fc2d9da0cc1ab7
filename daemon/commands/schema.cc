#include "daemon/commands/schema.h"

#include <ostream>

#include "config/config_schema.h"
#include "daemon/exit_codes.h"

namespace trunkd {

int run_schema(std::ostream& out) {
  out << config_schema();
  return kExitOk;
}

}  // namespace trunkd

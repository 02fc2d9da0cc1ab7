#include "config/mistake.h"

namespace trunkd {

std::string ConfigMistake::text() const {
  std::string out = file;
  if (line > 0) out += ':' + std::to_string(line) + ':' + std::to_string(column);
  out += ": ";
  if (!path.empty()) out += path + ": ";
  return out + message;
}

}  // namespace trunkd

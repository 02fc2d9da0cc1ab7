// PemFile: what stands in a file that the configuration names, and the file's name for errors.

#pragma once

#include <cstddef>
#include <string>

namespace trunkd {

constexpr size_t kMaxPemFile = size_t{4} * 1024 * 1024;  // ten times the stores of today's systems

struct PemFile {
  std::string path;
  std::string pem;

  // As mbedTLS parses PEM: with its NUL.
  const unsigned char* bytes() const { return reinterpret_cast<const unsigned char*>(pem.c_str()); }
  size_t size() const { return pem.size() + 1; }
};

}  // namespace trunkd

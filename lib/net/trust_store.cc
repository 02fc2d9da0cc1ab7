#include "net/trust_store.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <unistd.h>

#include "net/trust_store_certificates.h"

namespace trunkd {
namespace {

// Debian, Fedora, SUSE, Alpine.
constexpr std::array kSystemStores = {
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
};

Result<std::string> system_store() {
  for (const char* path : kSystemStores) {
    if (access(path, R_OK) == 0) return path;
  }
  return tl::unexpected(
      Error{ErrorKind::tls_certificate,
            std::string("there is no store of trusted certificates at ") + kSystemStores[0],
            "Install the system's package ca-certificates, or let tls.ca_file name one."});
}

Result<std::shared_ptr<TrustStore>> read(const std::string& path) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::string pem{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (!file.is_open() || file.bad()) {
    return failure(ErrorKind::tls_certificate, "cannot read " + path + ": " + std::strerror(errno));
  }
  auto store = std::make_shared<TrustStore>();
  const int status = mbedtls_x509_crt_parse(store->certificates.get(),
                                            reinterpret_cast<const unsigned char*>(pem.c_str()),
                                            pem.size() + 1);  // PEM is parsed with its NUL
  if (status < 0 || store->certificates->raw.p == nullptr) {
    return failure(ErrorKind::tls_certificate, path + " has no certificate in PEM");
  }
  store->unread = status;
  return store;
}

}  // namespace

Result<std::shared_ptr<TrustStore>> TrustStores::load(const std::string& ca_file) {
  Result<std::string> path = ca_file.empty() ? system_store() : Result<std::string>(ca_file);
  if (!path) return tl::unexpected(path.error());
  if (auto store = loaded_[*path].lock()) return store;
  auto store = read(*path);
  if (store) loaded_[*path] = *store;
  return store;
}

}  // namespace trunkd

#include "net/trust_store.h"

#include <array>
#include <unistd.h>
#include <utility>

#include "event/read_file.h"
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

Result<PemFile> system_file() {
  for (const char* path : kSystemStores) {
    if (access(path, R_OK) != 0) continue;
    auto pem = read_regular_file(path, kMaxPemFile);
    if (pem) return PemFile{path, std::move(*pem)};
    return failure(ErrorKind::tls_certificate,
                   std::string("cannot read ") + path + ": " + pem.error().detail);
  }
  return tl::unexpected(
      Error{ErrorKind::tls_certificate,
            std::string("there is no store of trusted certificates at ") + kSystemStores[0],
            "Install the system's package ca-certificates, or let tls.ca_file name one."});
}

Result<void> add(TrustStore& store, const PemFile& file) {
  Certificates& list = store.certificates;
  const mbedtls_x509_crt* last = list.get();
  while (last->next != nullptr) last = last->next;
  const bool was_empty = list->raw.p == nullptr;
  const int status = mbedtls_x509_crt_parse(list.get(), file.bytes(), file.size());
  const bool grew = was_empty ? list->raw.p != nullptr : last->next != nullptr;
  if (status < 0 || !grew) {
    return failure(ErrorKind::tls_certificate, file.path + " has no certificate in PEM");
  }
  store.unread += status;
  return {};
}

}  // namespace

Result<std::shared_ptr<TrustStore>> TrustStores::system() {
  if (auto store = system_.lock()) return store;
  auto file = system_file();
  if (!file) return tl::unexpected(file.error());
  auto store = parsed({*file});
  if (store) system_ = *store;
  return store;
}

Result<std::shared_ptr<TrustStore>> TrustStores::of(const std::vector<PemFile>& files,
                                                    bool with_system) {
  std::vector<PemFile> all = files;
  if (with_system) {
    auto file = system_file();
    if (!file) return tl::unexpected(file.error());
    all.push_back(std::move(*file));
  }
  return parsed(all);
}

Result<std::shared_ptr<TrustStore>> TrustStores::parsed(const std::vector<PemFile>& files) {
  std::string key;
  for (const PemFile& file : files) key += file.pem + '\0';
  if (const auto found = parsed_.find(key); found != parsed_.end()) {
    if (auto store = found->second.lock()) return store;
  }
  auto store = std::make_shared<TrustStore>();
  for (const PemFile& file : files) {
    if (auto added = add(*store, file); !added) return tl::unexpected(added.error());
  }
  std::erase_if(parsed_, [](const auto& entry) { return entry.second.expired(); });
  parsed_[std::move(key)] = store;
  return store;
}

}  // namespace trunkd

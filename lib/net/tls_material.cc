#include "net/tls_material.h"

#include <algorithm>
#include <utility>

namespace trunkd {
namespace {

// In the key's place if there is no file for it alone.
const std::string& key_file(const TlsSettings& settings) {
  return settings.client_key.empty() ? settings.client_cert : settings.client_key;
}

// The contents by name; the first one that could not be read is remembered.
class Files {
 public:
  Files(const TlsSettings& settings, const FileContents& contents)
      : paths_(tls_files(settings)), contents_(contents) {}

  PemFile get(const std::string& path) {
    const auto at = std::find(paths_.begin(), paths_.end(), path);
    const auto& found = contents_.at(static_cast<size_t>(at - paths_.begin()));
    if (found) return {path, *found};
    if (problem_.detail.empty()) {
      problem_ = {ErrorKind::tls_certificate, "cannot read " + path + ": " + found.error().detail,
                  "", found.error().system_error};
    }
    return {path, {}};
  }
  // Empty detail: all could be read.
  const Error& problem() const { return problem_; }

 private:
  const std::vector<std::string> paths_;
  const FileContents& contents_;
  Error problem_;
};

}  // namespace

std::vector<std::string> tls_files(const TlsSettings& settings) {
  std::vector<std::string> files;
  const auto add = [&](const std::string& path) {
    if (path.empty() || std::find(files.begin(), files.end(), path) != files.end()) return;
    files.push_back(path);
  };
  if (settings.verify) {
    add(settings.ca_file);
    add(settings.extra_ca_file);
  }
  add(settings.client_cert);
  add(key_file(settings));
  return files;
}

Result<TlsMaterial> make_tls_material(const TlsSettings& settings, const FileContents& contents,
                                      TrustStores& stores) {
  Files files(settings, contents);
  std::vector<PemFile> authorities;
  if (settings.verify) {
    for (const std::string& path : {settings.ca_file, settings.extra_ca_file}) {
      if (!path.empty()) authorities.push_back(files.get(path));
    }
  }
  PemFile certificate, key;
  if (!settings.client_cert.empty()) {
    certificate = files.get(settings.client_cert);
    key = files.get(key_file(settings));
  }
  if (!files.problem().detail.empty()) return tl::unexpected(files.problem());

  TlsMaterial material;
  if (!authorities.empty()) {
    auto trust = stores.of(authorities, settings.ca_file.empty());
    if (!trust) return tl::unexpected(trust.error());
    material.trust = std::move(*trust);
  }
  if (!settings.client_cert.empty()) {
    auto identity = make_client_identity(certificate, key);
    if (!identity) return tl::unexpected(identity.error());
    material.identity = std::move(*identity);
  }
  return material;
}

}  // namespace trunkd

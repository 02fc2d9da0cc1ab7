#include "config/tls_rules.h"

namespace trunkd {

void check_tls_defaults(const std::string& path, SessionDraft& defaults, FieldReader& reader) {
  const auto place = defaults.places.find("tls.verify");
  if (place == defaults.places.end() || defaults.config.tls.verify) return;
  reader.mistake(place->second, path + ".tls.verify",
                 "cannot be false for all sessions at once; say it in each session that needs it, "
                 "or let tls.ca_file name the authority to trust");
  defaults.config.tls.verify = true;
}

void finish_tls(const NamedSession& session, SessionConfig& config, FieldReader& reader) {
  const SessionDraft& draft = session.draft;
  if (is_broken(draft, "tls.client_cert") || !config.tls.client_cert.empty()) return;
  if (says(draft, "tls.client_key") && !config.tls.client_key.empty()) {
    reader.mistake(draft.places.at("tls.client_key"), session.path + ".tls.client_key",
                   "needs tls.client_cert, the certificate that it belongs to");
  }
  config.tls.client_key.clear();
}

}  // namespace trunkd

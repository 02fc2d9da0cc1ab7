// SessionImport: the work of import_session(), part by part.

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/config.h"
#include "daemon/commands/import/credential_choice.h"
#include "daemon/commands/import/curl_url.h"
#include "daemon/commands/import/imported_session.h"

namespace trunkd {

class SessionImport {
 public:
  SessionImport(const CurlCommand& command, const ImportPlace& place,
                const PublicSuffixes& suffixes)
      : command_(command), place_(place), suffixes_(suffixes) {}

  Parsed<ImportedSession> run();

 private:
  void read_options();
  void read_option(const GivenOption& given);
  void finish_curl();
  // What of the request there is to say to the session (session_import_request.cc).
  void take_field(const GivenOption& given);
  void take_field_of_name(const std::string& name, const std::string& value);
  void take_session_field(const std::string& name, const std::string& value, bool always);
  void take_request_field(const std::string& name, const std::string& value);
  void take_login();
  void take_query();
  void take_path();
  void take_data(const GivenOption& given);
  // The parameter as it stays with the client; none if it may be the session's credential.
  std::optional<std::string> take_parameter(std::string_view piece);
  void choose_credential();
  void add_header_fields();
  void take_cookies(const GivenOption& given);
  // How the host is reached (session_import_network.cc).
  void take_timeout(const GivenOption& given);
  void take_retry(const GivenOption& given);
  void take_file(const GivenOption& given);
  void take_resolve(const GivenOption& given);
  void take_proxy(const GivenOption& given);
  void add_network_fields();
  void add_redirects();
  void add_tls();
  void add_proxy();

  void keep(std::string word) { kept_.push_back(std::move(word)); }  // in the curl command
  void keep(const GivenOption& given);
  void leave_out(std::string what, std::string why);
  void leave_out(const GivenOption& given, std::string why) {
    leave_out(given.written, std::move(why));
  }
  void add(std::string name, std::vector<std::string> lines);
  // What stands for a secret in the curl command: the variable that it was, or one named after it.
  std::string stand_in(std::string_view value, std::string_view name);
  // Where the daemon is to look for what was `value` in the command.
  std::string secret_reference(std::string_view value, std::string_view suffix) const;
  // What a file is called seen from anywhere; none if that cannot be known.
  std::optional<std::string> absolute_path(const std::string& path) const;

  const CurlCommand& command_;
  const ImportPlace& place_;
  const PublicSuffixes& suffixes_;
  CurlUrl url_;
  ImportedSession made_;
  std::vector<std::string> kept_;
  std::vector<NameValue> stand_ins_;  // variables that were made up, and what each stands for

  std::vector<NameValue> headers_, set_headers_;
  std::vector<FoundCredential> strong_, fields_, parameters_, doubtful_;  // the first one counts
  std::string login_;
  std::string login_source_;
  bool other_login_ = false;
  bool cookies_ = false;
  bool data_in_query_ = false;

  Duration connect_timeout_{}, max_time_{}, retry_delay_{};
  std::optional<uint64_t> retries_, max_redirects_;
  bool follows_ = false;
  bool tls13_ = false;
  std::string ca_file_, client_cert_, client_key_;
  std::vector<FixedAddresses> resolve_;
  UpstreamProxyConfig proxy_;
  std::string proxy_login_;
  std::string no_proxy_;
};

}  // namespace trunkd

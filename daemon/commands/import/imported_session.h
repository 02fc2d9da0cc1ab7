// What of a curl command is a session's, as a session; what is not, as a curl command that goes
// through it.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "config/parsed.h"
#include "cookie/public_suffix.h"
#include "daemon/commands/import/curl_options.h"

namespace trunkd {

// What the command does not say.
struct ImportPlace {
  std::string session;            // its name; empty: made from the host's
  uint16_t listen = 8101;         // its port
  std::string secret;             // where its secret is to be; empty: a file in secret_directory
  std::string secret_directory;   // absolute
  std::string working_directory;  // absolute; for the files that the command names
  std::string home;               // for "~/"; empty: there is none
};

struct ImportedField {
  std::string name;                // "timeouts"
  std::vector<std::string> lines;  // of YAML, the first begins with the name
};

// Where the daemon will look for a secret that stood in the command, and for what there.
struct ImportedSecret {
  std::string field;  // whose it is: "auth"
  std::string what;   // "the token, without the word Bearer"
  std::string reference;
};

// Something of the command that is not in the session, and why.
struct LeftOut {
  std::string what;  // "-k", "Accept-Encoding"; never a value
  std::string why;
};

// There is no secret of the command anywhere in it.
struct ImportedSession {
  std::string name;
  std::vector<ImportedField> fields;
  std::vector<ImportedSecret> secrets;
  std::vector<LeftOut> left_out;
  std::vector<std::string> advice;  // sentences
  std::vector<std::string> curl;    // words with variables, see shell_words.h
};

// The YAML of the session alone, below "sessions:".
std::string session_yaml(const ImportedSession& session);

// What it returns loads without a mistake: a field that the configuration refuses is left out, with
// its reason. Reads no files.
Parsed<ImportedSession> import_session(const CurlCommand& command, const ImportPlace& place,
                                       const PublicSuffixes& suffixes);

// "github" from "api.github.com": a name that a session can have.
std::string session_name_of_host(const std::string& host, const PublicSuffixes& suffixes);

}  // namespace trunkd

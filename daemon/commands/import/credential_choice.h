// The one way in which a session shows who it is, chosen from all that a command has.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trunkd {

// All values are words with variables, see shell_words.h.
struct FoundCredential {
  enum class Kind : uint8_t { bearer, basic, header, query };
  Kind kind = Kind::bearer;
  std::string name;    // basic: the user; header, query: of the field or parameter
  std::string value;   // what the secret was in the command
  std::string source;  // how the user knows it: "Authorization", "-u", "key"
  std::string what;    // has to be put where the session looks for it
};

// "Bearer TOKEN", "Basic BASE64" or another scheme, as one field. None if there is no value.
std::optional<FoundCredential> credential_of_authorization(std::string_view value);
// "USER:PASSWORD" of `source`. A user that looks like a secret itself, or is a variable, makes it a
// field as a whole.
FoundCredential credential_of_login(std::string_view login, std::string source);

// The lines of `auth`, with the secret at `reference`.
std::vector<std::string> auth_lines(const FoundCredential& credential,
                                    const std::string& reference);
// Ends the name of the file that its secret is in.
std::string_view secret_suffix(const FoundCredential& credential);

// Services that know only a key take it as the user, with no password or a fixed one: "KEY:". A
// user alone is none, since curl asks for the password then.
bool user_is_secret(std::string_view login);

bool is_printable_ascii(std::string_view text);

// The variable that stands for the value of a field or parameter in the curl command: "CURL_TOKEN".
// No shell has set one of these, as it has PATH and USER.
std::string variable_named_after(std::string_view name);

}  // namespace trunkd

#include "daemon/commands/import/secret_names.h"

#include <algorithm>
#include <string>

#include "base/text.h"
#include "http/characters.h"

namespace trunkd {
namespace {

constexpr std::string_view kCredentialWords[] = {
    "key",  "apikey", "auth",       "authorization", "authentication", "credential", "credentials",
    "pass", "pwd",    "passphrase", "jwt",           "bearer",         "appid",      "pin"};
// Also within a word: "authtoken", "clientsecret".
constexpr std::string_view kCredentialParts[] = {"token",     "secret", "passw",
                                                 "accesskey", "apikey", "authkey"};
constexpr std::string_view kPassingWords[] = {"csrf", "xsrf",      "csrftoken", "xsrftoken",
                                              "sig",  "signature", "session",   "sessionid",
                                              "sid",  "nonce",     "otp",       "cookie"};
constexpr std::string_view kPrefixes[] = {"sk-",  "sk_",  "pk_",         "rk_",    "ghp_", "gho_",
                                          "ghs_", "ghu_", "github_pat_", "glpat-", "xox",  "AKIA",
                                          "ASIA", "eyJ",  "SG.",         "ya29.",  "AIza", "hf_"};
constexpr size_t kLongPiece = 16;
constexpr size_t kLongWithPrefix = 12;

constexpr CharSet kSeparators = CharSet().add("-_.:~");

template <size_t N>
bool is_one_of(const std::string_view (&words)[N], std::string_view word) {
  return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

bool is_letter(char c) { return ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Calls `use` with each word of a name, in small letters: "xApiKey" and "x-api_key" have three.
template <typename Use>
void for_each_word(std::string_view name, Use use) {
  std::string word;
  char before = 0;
  for (const char c : name) {
    const bool is_part = is_letter(c) || is_digit(c);
    const bool humped = is_letter(before) && before == ascii_lower(before) && c != ascii_lower(c);
    if ((!is_part || humped) && !word.empty()) {
      use(word);
      word.clear();
    }
    if (is_part) word += ascii_lower(c);
    before = c;
  }
  if (!word.empty()) use(word);
}

bool is_mixed(std::string_view piece, size_t least) {
  const auto letters = std::count_if(piece.begin(), piece.end(), is_letter);
  const auto digits = std::count_if(piece.begin(), piece.end(), is_digit);
  return piece.size() >= least && letters >= 2 && digits >= 2;
}

// 123e4567-e89b-12d3-a456-426614174000
bool is_uuid(std::string_view value) {
  if (value.size() != 36) return false;
  for (size_t i = 0; i < value.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    const bool hex =
        is_digit(value[i]) || (ascii_lower(value[i]) >= 'a' && ascii_lower(value[i]) <= 'f');
    if (dash ? value[i] != '-' : !hex) return false;
  }
  return true;
}

}  // namespace

NameKind kind_of_name(std::string_view name) {
  const std::string lower = to_lower(name);
  NameKind kind = NameKind::plain;
  for (const std::string_view part : kCredentialParts) {
    if (lower.find(part) != std::string::npos) kind = NameKind::credential;
  }
  bool passing = false;
  for_each_word(name, [&](const std::string& word) {
    if (is_one_of(kCredentialWords, word)) kind = NameKind::credential;
    if (is_one_of(kPassingWords, word)) passing = true;
  });
  return passing ? NameKind::passing : kind;
}

bool looks_like_secret(std::string_view value) {
  if (value.find("://") != std::string_view::npos || value.find(' ') != std::string_view::npos) {
    return false;
  }
  for (const std::string_view prefix : kPrefixes) {
    if (value.starts_with(prefix) && value.size() >= kLongWithPrefix) return true;
  }
  if (is_uuid(value)) return true;
  size_t start = 0;
  for (size_t i = 0; i <= value.size(); ++i) {
    if (i < value.size() && !kSeparators.has(value[i])) continue;
    if (is_mixed(value.substr(start, i - start), kLongPiece)) return true;
    start = i + 1;
  }
  return false;
}

}  // namespace trunkd

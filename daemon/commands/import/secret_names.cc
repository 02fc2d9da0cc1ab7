#include "daemon/commands/import/secret_names.h"

#include <algorithm>
#include <string>
#include <vector>

#include "base/text.h"
#include "daemon/commands/import/shell_words.h"
#include "http/characters.h"

namespace trunkd {
namespace {

constexpr std::string_view kCredentialWords[] = {
    "key",  "apikey",  "auth",       "authorization", "authentication", "credential", "credentials",
    "pass", "pwd",     "passphrase", "jwt",           "bearer",         "appid",      "pin",
    "pw",   "passcode"};
// Also within a word: "authtoken", "clientsecret".
constexpr std::string_view kCredentialParts[] = {"token",     "secret",     "passw",
                                                 "accesskey", "apikey",     "appkey",
                                                 "authkey",   "privatekey", "userkey"};
constexpr std::string_view kPassingWords[] = {
    "csrf",      "xsrf", "csrftoken", "xsrftoken", "sig",    "signature", "session",
    "sessionid", "sid",  "nonce",     "otp",       "cookie", "sign",      "hmac"};
constexpr std::string_view kPrefixes[] = {"sk-",  "sk_",  "pk_",         "rk_",    "ghp_", "gho_",
                                          "ghs_", "ghu_", "github_pat_", "glpat-", "xox",  "AKIA",
                                          "ASIA", "eyJ",  "SG.",         "ya29.",  "AIza", "hf_"};
constexpr size_t kLongPiece = 16;
constexpr size_t kLongWithPrefix = 12;

// The ends of paths whose last part is a token, however it looks. In a part, "#" stands for digits,
// "@" for capitals and digits, "*" for anything, each for one character at least.
constexpr std::string_view kTokenPaths[] = {
    "bot#:*",            // Telegram
    "services/T@/B@/*",  // Slack
    "webhooks/#/*",      // Discord
};

// In front of a credential in a field.
constexpr std::string_view kSchemes[] = {"bearer", "basic", "digest", "negotiate", "token"};

constexpr CharSet kSeparators = CharSet().add("-_.:~");
// All that a token of a known service can consist of; other characters part it from its neighbours.
constexpr CharSet kTokenPart = CharSet().add_alphanumerics().add("-_.~");
constexpr CharSet kPathBreaks = CharSet().add("/?&=# \t\"'<>,;");
constexpr CharSet kWordBreaks = CharSet().add(" \t");

template <size_t N>
bool is_one_of(const std::string_view (&words)[N], std::string_view word) {
  return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

// Calls `use` with each non-empty part of `text` that has only characters for which `is_inside`.
template <typename Inside, typename Use>
void for_each_part(std::string_view text, Inside is_inside, Use use) {
  for (size_t start = 0, i = 0; i <= text.size(); ++i) {
    if (i < text.size() && is_inside(text[i])) continue;
    if (i > start) use(text.substr(start, i - start));
    start = i + 1;
  }
}

// Calls `use` with each word of a name, in small letters: "xApiKey" and "x-api_key" have three.
template <typename Use>
void for_each_word(std::string_view name, Use use) {
  std::string word;
  char before = 0;
  for (const char c : name) {
    const bool is_part = is_alpha(c) || is_digit(c);
    const bool humped = is_alpha(before) && before == ascii_lower(before) && c != ascii_lower(c);
    if ((!is_part || humped) && !word.empty()) {
      use(word);
      word.clear();
    }
    if (is_part) word += ascii_lower(c);
    before = c;
  }
  if (!word.empty()) use(word);
}

int hex_value(char c) { return is_digit(c) ? c - '0' : ascii_lower(c) - 'a' + 10; }

bool is_mixed(std::string_view piece, size_t least) {
  const auto letters = std::count_if(piece.begin(), piece.end(), is_alpha);
  const auto digits = std::count_if(piece.begin(), piece.end(), is_digit);
  return piece.size() >= least && letters >= 2 && digits >= 2;
}

// 123e4567-e89b-12d3-a456-426614174000
bool is_uuid(std::string_view value) {
  if (value.size() != 36) return false;
  for (size_t i = 0; i < value.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? value[i] != '-' : !is_hex_digit(value[i])) return false;
  }
  return true;
}

// What no escape is stays as it is.
std::string unescaped(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool is_escape = text[i] == '%' && i + 2 < text.size() && is_hex_digit(text[i + 1]) &&
                           is_hex_digit(text[i + 2]);
    if (!is_escape) {
      out += text[i];
      continue;
    }
    out += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
    i += 2;
  }
  return out;
}

bool has_known_prefix(std::string_view text) {
  return text.size() >= kLongWithPrefix &&
         std::any_of(std::begin(kPrefixes), std::end(kPrefixes),
                     [text](std::string_view prefix) { return text.starts_with(prefix); });
}

bool has_mixed_piece(std::string_view text) {
  bool found = false;
  for_each_part(
      text, [](char c) { return !kSeparators.has(c); },
      [&found](std::string_view piece) { found = found || is_mixed(piece, kLongPiece); });
  return found;
}

bool is_secret_part(std::string_view part) {
  return has_known_prefix(part) || is_uuid(part) || has_mixed_piece(part);
}

bool has_secret_word(std::string_view value) {
  bool found = false, after_scheme = false;
  for_each_part(
      value, [](char c) { return !kWordBreaks.has(c); },
      [&](std::string_view word) {
        // Of base64, "/" and "+" are part; of a URL, they part.
        const bool is_url = word.find("://") != std::string_view::npos;
        found =
            found || (after_scheme && !has_variable(word)) || (!is_url && has_mixed_piece(word));
        after_scheme = is_one_of(kSchemes, to_lower(word));
      });
  for_each_part(
      value, [](char c) { return kTokenPart.has(c); },
      [&found](std::string_view part) { found = found || is_secret_part(part); });
  return found;
}

bool stands_for(char sign, char c) {
  if (sign == '*') return true;
  const bool is_capital = is_alpha(c) && c != ascii_lower(c);
  return is_digit(c) || (sign == '@' && is_capital);
}

// What comes behind a sign is nothing that it could stand for.
bool has_shape(std::string_view part, std::string_view shape) {
  for (const char sign : shape) {
    if (part.empty()) return false;
    if (sign != '#' && sign != '@' && sign != '*') {
      if (part[0] != sign) return false;
      part.remove_prefix(1);
      continue;
    }
    size_t length = 0;
    while (length < part.size() && stands_for(sign, part[length])) ++length;
    if (length == 0) return false;
    part.remove_prefix(length);
  }
  return part.empty();
}

bool end_in_token(const std::vector<std::string_view>& parts) {
  const auto fits = [&](std::string_view path) {
    size_t left = parts.size();
    for (std::string_view rest = path; !rest.empty();) {
      const size_t slash = rest.rfind('/');
      const bool is_first = slash == std::string_view::npos;
      if (left == 0 || !has_shape(parts[--left], is_first ? rest : rest.substr(slash + 1))) {
        return false;
      }
      rest = rest.substr(0, is_first ? 0 : slash);
    }
    return true;
  };
  return std::any_of(std::begin(kTokenPaths), std::end(kTokenPaths), fits);
}

std::vector<std::string_view> path_parts(std::string_view text) {
  std::vector<std::string_view> parts;
  for_each_part(
      text, [](char c) { return !kPathBreaks.has(c); },
      [&parts](std::string_view part) { parts.push_back(part); });
  return parts;
}

bool has_token_path(std::string_view text) {
  std::vector<std::string_view> before;
  for (const std::string_view part : path_parts(text)) {
    before.push_back(part);
    if (end_in_token(before)) return true;
  }
  return false;
}

// "https://ann:sesame@a.example": whoever stands before the "@", it may be a token. Where a
// variable of the shell stands, nothing is given away.
bool has_login(std::string_view value) {
  for (size_t at = value.find("://"); at != std::string_view::npos;
       at = value.find("://", at + 3)) {
    const std::string_view rest = value.substr(at + 3);
    const std::string_view authority = rest.substr(0, rest.find_first_of("/?# \t\"<>"));
    const size_t sign = authority.rfind('@');
    if (sign == std::string_view::npos) continue;
    const bool is_variable = sign > 0 && authority[sign - 1] == kVariableEnd;
    if (!is_variable) return true;
  }
  return false;
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
  const std::string plain = unescaped(value);
  return has_login(plain) || has_secret_word(plain) || has_token_path(plain);
}

bool ends_in_token(std::string_view path) {
  constexpr int kSlashes = 8;  // of them, with some to spare for "//", is all that is looked at
  size_t start = path.size();
  for (int i = 0; i < kSlashes && start != 0 && start != std::string_view::npos; ++i) {
    start = path.rfind('/', start - 1);
  }
  const std::string end = unescaped(path.substr(start == std::string_view::npos ? 0 : start));
  return end_in_token(path_parts(end));
}

}  // namespace trunkd

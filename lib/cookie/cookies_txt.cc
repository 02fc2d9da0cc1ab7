#include "cookie/cookies_txt.h"

#include <algorithm>
#include <chrono>

namespace trunkd {
namespace {

constexpr std::string_view kHeader =
    "# Netscape HTTP Cookie File\n"
    "# Kept by trunkd, which overwrites what others write here while it runs.\n\n";

std::string_view word(Cookie::SameSite same_site) {
  switch (same_site) {
    case Cookie::SameSite::none:
      return "none";
    case Cookie::SameSite::lax:
      return "lax";
    case Cookie::SameSite::strict:
      return "strict";
    case Cookie::SameSite::unset:
      break;
  }
  return "";
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), is_control);
}

bool is_padded(std::string_view text) {
  return !text.empty() && (text.front() == ' ' || text.back() == ' ');
}

// Whether a line of the format, and other readers with it, can name the cookie at all...
bool is_nameable(const Cookie& cookie) {
  return !cookie.name.empty() && !is_padded(cookie.name) && !has_control(cookie.name) &&
         !has_control(cookie.path);
}

// ... and say its value.
bool is_sayable(const Cookie& cookie) {
  return is_nameable(cookie) && !is_padded(cookie.value) && !has_control(cookie.value);
}

std::string encoded(std::string_view text) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (is_control(c) || c == ' ' || c == '%') {
      const auto byte = static_cast<unsigned char>(c);
      out += '%';
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    } else {
      out += c;
    }
  }
  return out;
}

// 0 and 1 have a meaning of their own.
std::string expiry_text(const Cookie& cookie) {
  if (!cookie.persistent) return "0";
  const auto seconds = std::chrono::floor<std::chrono::seconds>(cookie.expires.time_since_epoch());
  return std::to_string(std::max<int64_t>(seconds.count(), 1));
}

void append_fields(std::string& out, const Cookie& cookie, bool encode) {
  const auto text = [encode](const std::string& field) { return encode ? encoded(field) : field; };
  if (cookie.http_only) out += kHttpOnlyPrefix;
  if (!cookie.host_only) out += '.';
  out += cookie.domain;
  out += cookie.host_only ? "\tFALSE\t" : "\tTRUE\t";
  out += text(cookie.path);
  out += cookie.secure ? "\tTRUE\t" : "\tFALSE\t";
  out += expiry_text(cookie);
  out += '\t';
  out += text(cookie.name);
  out += '\t';
  out += text(cookie.value);
  out += '\n';
}

void append_facts(std::string& out, const Cookie& cookie) {
  const auto created = cookie.created.time_since_epoch();
  const std::string_view same_site = word(cookie.same_site);
  if (created <= Duration::zero() && same_site.empty()) return;
  out += kTrunkdComment;
  if (created > Duration::zero()) {
    const std::string micros = std::to_string(created.count() % 1'000'000);
    out += kCreated;
    out += std::to_string(created.count() / 1'000'000);
    out += '.';
    out.append(6 - micros.size(), '0');
    out += micros;
    if (!same_site.empty()) out += ' ';
  }
  if (!same_site.empty()) out.append(kSameSite).append(same_site);
  out += '\n';
}

void append_cookie(std::string& out, const Cookie& cookie) {
  append_facts(out, cookie);
  const bool encode = !is_sayable(cookie);
  if (encode) out.append(kTrunkdComment).append(kEncodedLine);
  append_fields(out, cookie, encode);
}

// Secure, since curl reads no line of a __Secure- or __Host- cookie otherwise.
void append_removal(std::string& out, const Cookie& cookie, bool encode) {
  Cookie gone;
  gone.name = cookie.name;
  gone.domain = cookie.domain;
  gone.path = cookie.path;
  gone.host_only = cookie.host_only;
  gone.secure = true;
  gone.persistent = true;
  gone.expires = WallTime(1s);
  append_fields(out, gone, encode);
}

}  // namespace

std::string cookies_txt(const std::vector<Cookie>& cookies) {
  std::string out(kHeader);
  for (const Cookie& cookie : cookies) append_cookie(out, cookie);
  return out;
}

void append_cookie_change(std::string& file, const CookieChange& change) {
  const Cookie& cookie = change.cookie;
  const bool nameable = is_nameable(cookie);
  if (change.removed) {
    if (!nameable) file.append(kTrunkdComment).append(kEncodedLine);
    return append_removal(file, cookie, !nameable);
  }
  append_cookie(file, cookie);
  // Others would go on with a former value that the format could say.
  if (nameable && !is_sayable(cookie)) {
    file.append(kTrunkdComment).append(kOthersOnly).append("\n");
    append_removal(file, cookie, false);
  }
}

}  // namespace trunkd

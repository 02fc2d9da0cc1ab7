#include <algorithm>

#include "base/text.h"
#include "http/characters.h"
#include "http/url.h"

namespace trunkd {
namespace {

// What servers write raw in a Location and browsers encode: spaces and bytes from 0x80. Control
// bytes cannot come from a parsed field.
std::string encode_invisible(std::string_view text) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (is_visible_char(c)) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += '%';
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    }
  }
  return out;
}

bool has_scheme(std::string_view reference) {
  const size_t colon = reference.find(':');
  if (colon == reference.npos || colon == 0 || !is_alpha(reference.front())) return false;
  const std::string_view scheme = reference.substr(0, colon);
  return std::all_of(scheme.begin(), scheme.end(), [](char c) {
    return is_alpha(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
  });
}

// RFC 3986, 5.2.4, segment by segment. `path` starts with '/'.
std::string remove_dot_segments(std::string_view path) {
  std::string out;
  while (!path.empty()) {
    const size_t end = std::min(path.find('/', 1), path.size());
    const std::string_view segment = path.substr(1, end - 1);
    const bool last = end == path.size();
    path.remove_prefix(end);
    if (segment == "." || segment == "..") {
      if (segment == ".." && !out.empty()) out.erase(out.rfind('/'));
      if (last) out += '/';
    } else {
      out.append("/").append(segment);
    }
  }
  return out;
}

// A relative path takes the place of all behind the base's last slash (RFC 3986, 5.2.3).
std::string merge(const std::string& base_path, std::string_view path) {
  return base_path.substr(0, base_path.rfind('/') + 1).append(path);
}

std::optional<Url> resolve_absolute(const std::string& text) {
  auto url = parse_url(text);
  if (!url) return std::nullopt;
  url->path = remove_dot_segments(url->path);
  return std::move(*url);
}

// RFC 3986, 5.2.2; `reference` has no fragment any more.
std::optional<Url> resolve(const Url& base, const std::string& reference) {
  if (has_scheme(reference)) return resolve_absolute(reference);
  if (reference.starts_with("//")) {
    return resolve_absolute((base.origin.secure() ? "https:" : "http:") + reference);
  }
  Url url = base;
  const size_t question = reference.find('?');
  const std::string path = reference.substr(0, question);
  const bool has_query = question != reference.npos;
  if (has_query || !path.empty()) {
    url.has_query = has_query;
    url.query = has_query ? reference.substr(question + 1) : std::string();
  }
  if (!path.empty()) {
    url.path = remove_dot_segments(path.front() == '/' ? path : merge(base.path, path));
  }
  return url;
}

}  // namespace

std::optional<ResolvedReference> resolve_reference(const Url& base, std::string_view reference) {
  reference = trim(reference);
  if (!std::all_of(reference.begin(), reference.end(), is_text_char)) return std::nullopt;
  const size_t hash = std::min(reference.find('#'), reference.size());
  auto url = resolve(base, encode_invisible(reference.substr(0, hash)));
  if (!url) return std::nullopt;
  return ResolvedReference{std::move(*url), encode_invisible(reference.substr(hash))};
}

}  // namespace trunkd

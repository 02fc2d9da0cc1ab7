// Small work on text: comparing without case (ASCII only, whatever the locale), trimming, numbers,
// escaping.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace trunkd {

constexpr char ascii_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
std::string to_lower(std::string_view text);
bool iequals_of_one_size(std::string_view a, std::string_view b);
// Inline as far as most comparisons of field names go.
inline bool iequals(std::string_view a, std::string_view b) {
  return a.size() == b.size() && iequals_of_one_size(a, b);
}
bool istarts_with(std::string_view text, std::string_view prefix);

std::string_view trim(std::string_view text);  // spaces and tabs at both ends

// Calls `use` with each non-empty, trimmed member of a comma-separated list (RFC 9110, 5.6.1).
// Quoted strings are kept whole. `use` returns false to stop.
template <typename Use>
void for_each_member(std::string_view list, Use use);
bool list_contains(std::string_view list, std::string_view token);  // without case

// Decimal digits only, no sign, no spaces, whole text, no overflow.
std::optional<uint64_t> parse_decimal(std::string_view text);

// Printable ASCII stays, all else becomes \xNN, " and \ get a backslash; cut at `limit` with "...".
// For error texts that quote input.
std::string escaped(std::string_view input, size_t limit = 120);
// The length of the valid UTF-8 sequence at the start of `text` (RFC 3629), which must not be
// empty; 0 if there is none.
size_t utf8_length(std::string_view text);
// As the inside of a JSON string; invalid UTF-8 becomes U+FFFD.
void append_json_escaped(std::string& out, std::string_view text);

// The known word nearest to `word`, for "did you mean"; none if nothing is near (more than two
// edits, or more than a third of it).
template <typename Words>
std::optional<std::string_view> nearest_word(std::string_view word, const Words& known);
size_t edit_distance(std::string_view a, std::string_view b);

// ---

template <typename Use>
void for_each_member(std::string_view list, Use use) {
  size_t start = 0;
  bool quoted = false;
  for (size_t i = 0; i <= list.size(); ++i) {
    if (i < list.size()) {
      if (quoted && list[i] == '\\' && i + 1 < list.size()) {
        ++i;
        continue;
      }
      if (list[i] == '"') quoted = !quoted;
      if (quoted || list[i] != ',') continue;
    }
    const size_t end = i < list.size() ? i : list.size();
    const std::string_view member = trim(list.substr(start, end - start));
    start = i + 1;
    if (!member.empty() && !use(member)) return;
  }
}

template <typename Words>
std::optional<std::string_view> nearest_word(std::string_view word, const Words& known) {
  std::optional<std::string_view> best;
  size_t best_distance = word.size() / 3 < 2 ? word.size() / 3 + 1 : 3;
  for (std::string_view candidate : known) {
    const size_t distance = edit_distance(word, candidate);
    if (distance < best_distance) {
      best_distance = distance;
      best = candidate;
    }
  }
  return best;
}

}  // namespace trunkd

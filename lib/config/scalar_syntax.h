// Single values from their text, by their field's syntax.

#pragma once

#include <string>
#include <string_view>

#include "config/field.h"
#include "config/parsed.h"

namespace trunkd {

// true, on, yes and false, off, no, as small letters, Capitalized or CAPITALS; none if it is no
// boolean. `quoted`: only the words, because "true" in quotes is a text.
std::optional<bool> parse_boolean(std::string_view text, bool quoted);

// "250ms", "5s", "2m", "1h": a whole number and its unit.
Parsed<Duration> parse_duration(std::string_view text, const FieldInfo& field);
std::string duration_text(Duration duration);  // in the largest unit that says it exactly

// "20/s", "100/m", "1000/h".
Parsed<RateLimit> parse_rate(std::string_view text);
std::string rate_text(const RateLimit& limit);

// The name of a session, or of another thing that is named like one. The error says what names are.
Parsed<std::string> parse_session_name(std::string_view text);

// For each syntax that is written as one scalar and is not about hosts (see host_syntax.h).
// `quoted`: it stood in quotes, so it is no number.
Parsed<Value> parse_scalar(std::string_view text, bool quoted, const FieldInfo& field);

}  // namespace trunkd

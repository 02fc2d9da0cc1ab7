#include "http/headers.h"

#include <algorithm>

#include "base/text.h"

namespace trunkd {
namespace {

// What a usual head needs, taken at once instead of by doubling from nothing.
constexpr size_t kUsualBytes = 512;
constexpr size_t kUsualFields = 16;

}  // namespace

bool Headers::has(std::string_view name) const { return get(name).has_value(); }

size_t Headers::count(std::string_view name) const {
  const auto matches = [&](const Entry& entry) { return iequals(name_of(entry), name); };
  return static_cast<size_t>(std::count_if(entries_.begin(), entries_.end(), matches));
}

std::optional<std::string_view> Headers::get(std::string_view name) const {
  for (const Field field : *this) {
    if (iequals(field.name, name)) return field.value;
  }
  return std::nullopt;
}

void Headers::add(std::string_view name, std::string_view value) {
  start_field();
  append_name(name);
  append_value(value);
}

void Headers::set(std::string_view name, std::string_view value) {
  remove(name);
  add(name, value);
}

void Headers::remove(std::string_view name) {
  std::erase_if(entries_, [&](const Entry& entry) { return iequals(name_of(entry), name); });
}

void Headers::clear() {
  block_.clear();
  entries_.clear();
}

void Headers::start_field() {
  if (entries_.capacity() == 0) {
    block_.reserve(kUsualBytes);
    entries_.reserve(kUsualFields);
  }
  entries_.push_back({static_cast<uint32_t>(block_.size()), 0, 0});
}

void Headers::trim_last_value() {
  Entry& entry = entries_.back();
  const char* value = block_.data() + entry.at + entry.name_size;
  const auto is_white = [](char c) { return c == ' ' || c == '\t'; };
  while (entry.value_size > 0 && is_white(value[entry.value_size - 1])) --entry.value_size;
}

}  // namespace trunkd

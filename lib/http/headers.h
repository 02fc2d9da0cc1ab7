// The fields of a head in received order and spelling, looked up without case.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trunkd {

struct Field {
  std::string_view name;
  std::string_view value;
};

// All names and values lie in one block of memory; the views that it hands out end with the next
// change of the object.
class Headers {
 public:
  size_t size() const { return entries_.size(); }
  bool empty() const { return entries_.empty(); }
  Field operator[](size_t index) const {
    const Entry& entry = entries_[index];
    const char* name = block_.data() + entry.at;
    return {{name, entry.name_size}, {name + entry.name_size, entry.value_size}};
  }

  bool has(std::string_view name) const;
  size_t count(std::string_view name) const;
  std::optional<std::string_view> get(std::string_view name) const;  // the first of that name

  // Neither may be a view into this object.
  void add(std::string_view name, std::string_view value);
  void set(std::string_view name, std::string_view value);  // replaces all of that name, at the end
  void remove(std::string_view name);
  void clear();  // keeps the memory for the next message

  // For a parser that gets names and values in pieces: they go to the last field, the name before
  // the value.
  void start_field();
  void append_name(std::string_view piece) {
    block_.append(piece);
    entries_.back().name_size += static_cast<uint32_t>(piece.size());
  }
  void append_value(std::string_view piece) {
    block_.append(piece);
    entries_.back().value_size += static_cast<uint32_t>(piece.size());
  }
  void trim_last_value();  // trailing white space is not part of a value (RFC 9110, 5.5)
  size_t bytes() const { return block_.size(); }  // of all names and values

  class Iterator {
   public:
    Iterator(const Headers& headers, size_t index) : headers_(headers), index_(index) {}
    Field operator*() const { return headers_[index_]; }
    Iterator& operator++() {
      ++index_;
      return *this;
    }
    bool operator!=(const Iterator& other) const { return index_ != other.index_; }

   private:
    const Headers& headers_;
    size_t index_;
  };
  Iterator begin() const { return {*this, 0}; }
  Iterator end() const { return {*this, size()}; }

 private:
  // The value follows the name. What remove() took out stays in the block as a gap.
  struct Entry {
    uint32_t at, name_size, value_size;
  };
  std::string_view name_of(const Entry& entry) const {
    return {block_.data() + entry.at, entry.name_size};
  }

  std::string block_;
  std::vector<Entry> entries_;
};

}  // namespace trunkd

// Nodes of a YAML tree to the fields of a draft, by a table; every mistake is noted.

#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/environment.h"
#include "config/fields.h"
#include "config/scalar_syntax.h"

namespace trunkd {

class FieldReader {
 public:
  // Both must outlive the reader.
  FieldReader(const Environment& environment, std::vector<ConfigMistake>& mistakes)
      : environment_(environment), mistakes_(mistakes) {}

  // Reads what `node` sets into `draft`, and leaves the rest of it alone. Fields without a setter
  // are passed over: their reader is somewhere else. `path` is that of `node`, for messages.
  template <typename Draft>
  void read_fields(const YamlNode& node, const std::string& path, FieldTable<Draft> table,
                   Draft& draft) {
    std::vector<const FieldInfo*> fields;
    for (const Field<Draft>& field : table) fields.push_back(&field.info);
    read_group(node, path, fields, "",
               [&](size_t index, const Place& place, const ReadValue& read) {
                 if (table[index].set == nullptr) return;
                 const std::string_view name = table[index].info.name;
                 auto value = read();
                 if (!value) {
                   draft.broken.insert(name);
                   return;
                 }
                 table[index].set(draft, std::move(*value));
                 draft.places[name] = place;
                 draft.broken.erase(name);
               });
  }

  // False, and a mistake, if it is neither a mapping nor empty.
  bool expect_mapping(const YamlNode& node, const std::string& path);

  void mistake(const Place& place, const std::string& path, std::string message);

 private:
  using Fields = std::vector<const FieldInfo*>;
  using ReadValue = std::function<std::optional<Value>()>;
  // Gets the index of a field that is set, where its value is, and how to read that.
  using FoundField = std::function<void(size_t, const Place&, const ReadValue&)>;
  template <typename T>
  using Parse = std::function<Parsed<T>(std::string_view)>;

  void read_group(const YamlNode& node, const std::string& path, const Fields& fields,
                  const std::string& prefix, const FoundField& found);
  void unknown_key(const YamlEntry& entry, const std::string& path, const Fields& fields,
                   const std::string& prefix);

  std::optional<Value> read(const YamlEntry& entry, const std::string& path,
                            const FieldInfo& field);
  std::optional<Value> read_scalar(const YamlNode& node, const std::string& path,
                                   const FieldInfo& field);
  std::optional<Value> read_list(const YamlNode& node, const std::string& path,
                                 const FieldInfo& field);
  std::optional<Value> read_listeners(const YamlNode& node, const std::string& path);
  std::optional<ListenAddress> read_listener(const YamlNode& node, const std::string& path);

  template <typename T>
  std::optional<Value> read_items(const YamlNode& node, const std::string& path,
                                  const Parse<T>& parse);
  template <typename T>
  std::optional<T> noted(Parsed<T>&& parsed, const YamlNode& node, const std::string& path);

  // A scalar with its variables replaced; none, and a mistake, for anything else.
  struct Scalar {
    std::string text;
    bool quoted = false;  // so it can only be a text
  };
  std::optional<Scalar> scalar(const YamlNode& node, const std::string& path);

  const Environment& environment_;
  std::vector<ConfigMistake>& mistakes_;
};

}  // namespace trunkd

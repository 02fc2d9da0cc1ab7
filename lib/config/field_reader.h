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
    DraftSink<Draft> sink(table, draft);
    Fields fields;
    for (const ConfigField<Draft>& field : table) fields.push_back(&field.info);
    read_group(node, path, fields, "", sink);
  }

  // False, and a mistake, if it is neither a mapping nor empty.
  bool expect_mapping(const YamlNode& node, const std::string& path);

  void mistake(const Place& place, const std::string& path, std::string message);

 private:
  using Fields = std::vector<const FieldInfo*>;
  using ReadValue = std::function<std::optional<Value>()>;
  template <typename T>
  using Parse = std::function<Parsed<T>(std::string_view)>;

  // Takes what is found, by the index of the field.
  class Sink {
   public:
    // A value, where it is, and how to read it.
    virtual void on_value(size_t index, const Place& place, const ReadValue& read) = 0;
    // The mapping that may be written in place of a short form; its values follow.
    virtual void on_mapping(size_t index, const Place& place) = 0;
    // A field that is required is not there, or one that is there is of a later phase.
    virtual void on_broken(size_t index) = 0;

   protected:
    ~Sink() = default;
  };

  template <typename Draft>
  class DraftSink final : public Sink {
   public:
    DraftSink(FieldTable<Draft> table, Draft& draft) : table_(table), draft_(draft) {}

    void on_value(size_t index, const Place& place, const ReadValue& read) override {
      const ConfigField<Draft>& field = table_[index];
      if (field.set == nullptr) return;
      auto value = read();
      if (!value) {
        draft_.broken.insert(field.info.name);
        return;
      }
      forget_group(draft_, field.info.name);  // of which it is the short form
      field.set(draft_, std::move(*value));
      note(field, place);
    }

    void on_mapping(size_t index, const Place& place) override {
      const ConfigField<Draft>& field = table_[index];
      if (field.begin != nullptr) field.begin(draft_);
      note(field, place);
    }

    void on_broken(size_t index) override { draft_.broken.insert(table_[index].info.name); }

   private:
    void note(const ConfigField<Draft>& field, const Place& place) {
      draft_.places[field.info.name] = place;
      draft_.broken.erase(field.info.name);
    }

    FieldTable<Draft> table_;
    Draft& draft_;
  };

  void read_group(const YamlNode& node, const std::string& path, const Fields& fields,
                  const std::string& prefix, Sink& sink);
  void read_entry(const YamlEntry& entry, const std::string& path, const Fields& fields,
                  const std::string& prefix, Sink& sink);
  void find_lacks(const YamlNode& node, const std::string& path, const Fields& fields,
                  const std::string& prefix, Sink& sink);
  bool expect_mapping(const YamlNode& node, const std::string& path, bool confidential);
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
  std::optional<Value> read_names(const YamlNode& node, const std::string& path,
                                  const FieldInfo& field);
  std::optional<NameValue> read_name(const YamlEntry& entry, const std::string& path,
                                     const FieldInfo& field);
  std::optional<Value> read_addresses(const YamlNode& node, const std::string& path);
  std::optional<Value> read_intervals(const YamlNode& node, const std::string& path,
                                      const FieldInfo& field);

  template <typename T>
  std::optional<Value> read_items(const YamlNode& node, const std::string& path,
                                  const Parse<T>& parse);
  // A list of words that may not stand there twice, in whatever case.
  std::optional<Value> read_set(const YamlNode& node, const std::string& path,
                                const Parse<std::string>& parse);
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

// ---

template <typename T>
std::optional<T> FieldReader::noted(Parsed<T>&& parsed, const YamlNode& node,
                                    const std::string& path) {
  if (parsed) return std::move(*parsed);
  mistake(node.place, path, std::move(parsed.error()));
  return std::nullopt;
}

template <typename T>
std::optional<Value> FieldReader::read_items(const YamlNode& node, const std::string& path,
                                             const Parse<T>& parse) {
  std::vector<T> items;
  bool complete = true;
  for (size_t i = 0; i < node.items.size(); ++i) {
    const std::string item_path = path + '[' + std::to_string(i) + ']';
    const auto text = scalar(*node.items[i], item_path);
    auto item = text ? noted(parse(text->text), *node.items[i], item_path) : std::nullopt;
    complete = complete && item;
    if (item) items.push_back(std::move(*item));
  }
  if (!complete) return std::nullopt;
  return items;
}

}  // namespace trunkd

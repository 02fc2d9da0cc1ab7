#include "config/yaml_tree.h"

#include <algorithm>
#include <sstream>
#include <unordered_map>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include "base/text.h"
#include "config/yaml_hint.h"

namespace trunkd {
namespace {

constexpr std::string_view kMerge = "<<";

// Ends the parsing from within yaml-cpp's callbacks; the mistake is already noted.
struct Refused {};

// A collection that is being read, or (kind null) the document itself.
struct Open {
  std::shared_ptr<YamlNode> node;
  YAML::anchor_t anchor = 0;
  // mapping: the key whose value comes next, and where keys were first seen
  YamlNodePtr key;
  std::unordered_map<std::string, int> lines;
  std::vector<YamlNodePtr> merged;
};

class TreeBuilder : public YAML::EventHandler {
 public:
  TreeBuilder(std::string_view file, std::string_view text, std::vector<ConfigMistake>& mistakes)
      : file_(file), text_(text), mistakes_(mistakes) {}

  YamlNodePtr root() const { return root_; }
  size_t last_scalar_position() const { return last_scalar_; }  // npos: not quoted

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (!started_) {
      started_ = true;
      return;
    }
    const bool marked = text_.substr(static_cast<size_t>(mark.pos), 3) == "---";
    refuse(mark, marked ? "a configuration is one YAML document, a second one begins here"
                        : "not valid YAML: this does not belong to what stands before it");
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    add(new_node(YamlNode::Kind::null, mark), anchor);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    auto node = new_node(YamlNode::Kind::scalar, mark);
    node->text = value;
    node->quoted = tag == "!";
    if (tag != "!") check_tag(mark, tag);
    const auto position = static_cast<size_t>(mark.pos);
    const char first = position < text_.size() ? text_[position] : ' ';
    last_scalar_ = first == '"' || first == '\'' ? position : std::string_view::npos;
    add(std::move(node), anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) refuse(mark, "an alias may not stand inside its own anchor");
    count(mark, found->second->size);
    add_to_parent(found->second, place(mark));
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(YamlNode::Kind::sequence, mark, tag, anchor);
  }
  void OnSequenceEnd() override { close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(YamlNode::Kind::mapping, mark, tag, anchor);
  }

  void OnMapEnd() override {
    Open& mapping = stack_.back();
    for (const YamlNodePtr& source : mapping.merged) merge(mapping, *source);
    close();
  }

 private:
  Place place(const YAML::Mark& mark) const { return {file_, mark.line + 1, mark.column + 1}; }

  void mistake(const Place& where, std::string path, std::string message) {
    mistakes_.push_back(
        {std::string(file_), where.line, where.column, std::move(path), std::move(message)});
  }

  [[noreturn]] void refuse(const YAML::Mark& mark, std::string message) {
    mistake(place(mark), path(), std::move(message));
    throw Refused{};
  }

  // Where we are, as "sessions.github.listen[1]".
  std::string path() const {
    std::string out;
    for (const Open& open : stack_) {
      if (open.node->kind == YamlNode::Kind::sequence) {
        out += '[' + std::to_string(open.node->items.size()) + ']';
      } else if (open.key) {
        out += (out.empty() ? "" : ".") + escaped(open.key->text);
      }
    }
    return out;
  }

  void count(const YAML::Mark& mark, size_t nodes) {
    nodes_ += nodes;
    if (nodes_ > kMaxYamlNodes) {
      refuse(mark, "more than " + std::to_string(kMaxYamlNodes) +
                       " values, those behind aliases counted");
    }
  }

  void check_tag(const YAML::Mark& mark, const std::string& tag) {
    if (tag == "?" || tag.empty()) return;
    mistake(place(mark), path(), "YAML tags (\"" + escaped(tag) + "\") have no meaning here");
  }

  std::shared_ptr<YamlNode> new_node(YamlNode::Kind kind, const YAML::Mark& mark) {
    count(mark, 1);
    auto node = std::make_shared<YamlNode>();
    node->kind = kind;
    node->place = place(mark);
    return node;
  }

  void open(YamlNode::Kind kind, const YAML::Mark& mark, const std::string& tag,
            YAML::anchor_t anchor) {
    if (stack_.size() >= kMaxYamlDepth) {
      refuse(mark, "nested deeper than " + std::to_string(kMaxYamlDepth) + " levels");
    }
    check_tag(mark, tag);
    stack_.push_back({new_node(kind, mark), anchor, nullptr, {}, {}});
  }

  void close() {
    const Open done = std::move(stack_.back());
    stack_.pop_back();
    add(done.node, done.anchor);
  }

  void add(std::shared_ptr<YamlNode> node, YAML::anchor_t anchor) {
    if (anchor != 0) anchors_[anchor] = node;
    const Place where = node->place;
    add_to_parent(std::move(node), where);
  }

  void add_to_parent(YamlNodePtr node, const Place& where) {
    if (stack_.empty()) {
      root_ = std::move(node);
    } else if (stack_.back().node->kind == YamlNode::Kind::sequence) {
      stack_.back().node->size += node->size;
      stack_.back().node->items.push_back(std::move(node));
    } else if (!stack_.back().key) {
      stack_.back().key = as_key(*node, where);
    } else {
      add_entry(std::move(node));
    }
  }

  // A copy, so that an aliased key is reported where it stands.
  YamlNodePtr as_key(const YamlNode& node, const Place& where) {
    auto key = std::make_shared<YamlNode>(node);
    key->place = where;
    if (key->kind != YamlNode::Kind::scalar) {
      // [::1]:8101 in a list is a mapping whose key is a list.
      const bool is_address = key->items.size() == 1 && key->items[0]->text.starts_with("::");
      mistake(where, path(),
              std::string("a key must be a word") +
                  (is_address ? ", and an address as \"[::1]:8101\" must stand in quotes" : ""));
      key->text = kIgnoredKeys;
    }
    return key;
  }

  void add_entry(YamlNodePtr value) {
    Open& mapping = stack_.back();
    const YamlNode& key = *mapping.key;
    if (key.text == kMerge && !key.quoted) {
      add_merge(mapping, value);
    } else {
      const auto [first, is_new] = mapping.lines.emplace(key.text, key.place.line);
      if (!is_new && key.text != kIgnoredKeys) {
        mistake(key.place, path(), "duplicate key, first on line " + std::to_string(first->second));
      } else {
        mapping.node->size += value->size;
        mapping.node->entries.push_back({key.text, key.place, std::move(value)});
      }
    }
    mapping.key = nullptr;
  }

  void add_merge(Open& mapping, const YamlNodePtr& value) {
    const auto add_source = [&](const YamlNodePtr& source) {
      if (source->kind == YamlNode::Kind::mapping) return mapping.merged.push_back(source);
      mistake(mapping.key->place, path(), "only a mapping, or a list of them, can be merged");
    };
    if (value->kind != YamlNode::Kind::sequence) return add_source(value);
    for (const YamlNodePtr& source : value->items) add_source(source);
  }

  // Own keys win over merged ones, and those of an earlier source over those of a later one.
  static void merge(Open& mapping, const YamlNode& source) {
    for (const YamlEntry& entry : source.entries) {
      if (!mapping.lines.emplace(entry.key, entry.place.line).second) continue;
      mapping.node->size += entry.value->size;
      mapping.node->entries.push_back(entry);
    }
  }

  const std::string_view file_;
  const std::string_view text_;
  std::vector<ConfigMistake>& mistakes_;
  bool started_ = false;
  YamlNodePtr root_;
  std::vector<Open> stack_;
  std::unordered_map<YAML::anchor_t, std::shared_ptr<YamlNode>> anchors_;
  size_t nodes_ = 0;
  size_t last_scalar_ = std::string_view::npos;
};

// The first byte of `text` that no configuration has, npos if there is none: control bytes (also
// those of UTF-16) and what is not UTF-8. yaml-cpp would replace or pass them.
size_t first_bad_byte(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const size_t length = utf8_length(text.substr(i));
    const bool control =
        (byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') || byte == 0x7f;
    if (length == 0 || control) return i;
    i += length;
  }
  return std::string_view::npos;
}

// yaml-cpp takes the end of the text for a closing quote.
bool ends_within_quotes(std::string_view text, size_t opening) {
  const char quote = text[opening];
  for (size_t i = opening + 1; i < text.size(); ++i) {
    if (text[i] == '\\' && quote == '"') {
      ++i;
    } else if (text[i] == quote) {
      if (quote == '"' || text.substr(i + 1, 1) != "'") return false;
      ++i;  // '' is a quote within single quotes
    }
  }
  return true;
}

ConfigMistake mistake_at(std::string_view text, size_t position, std::string_view file,
                         std::string message) {
  const std::string_view before = text.substr(0, position);
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0
  return {std::string(file),
          static_cast<int>(line),
          static_cast<int>(position - line_start) + 1,
          {},
          std::move(message)};
}

ConfigMistake syntax_mistake(std::string_view text, std::string_view file,
                             const YAML::Exception& exception) {
  const YAML::Mark& mark = exception.mark;
  std::string message = "not valid YAML: " + exception.msg;
  if (mark.is_null()) return {std::string(file), 0, 0, {}, std::move(message)};
  if (const std::string hint = yaml_hint(text, exception); !hint.empty()) {
    message += " (" + hint + ')';
  }
  return {std::string(file), mark.line + 1, mark.column + 1, {}, std::move(message)};
}

}  // namespace

YamlNodePtr parse_yaml(std::string_view text, std::string_view file,
                       std::vector<ConfigMistake>& mistakes) {
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  const auto nothing = std::make_shared<YamlNode>();
  nothing->place = {file, 1, 1};
  if (text.size() > kMaxConfigBytes) {
    mistakes.push_back({std::string(file), 0, 0, {}, "larger than 1 MiB"});
    return nothing;
  }
  if (text.substr(0, kByteOrderMark.size()) == kByteOrderMark) {
    text.remove_prefix(kByteOrderMark.size());
  }
  if (const size_t bad = first_bad_byte(text); bad != std::string_view::npos) {
    mistakes.push_back(mistake_at(text, bad, file, "not UTF-8 text, or a control character"));
    return nothing;
  }

  TreeBuilder builder(file, text, mistakes);
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    // Not in a loop: for some broken texts yaml-cpp finds one more document for ever.
    if (parser.HandleNextDocument(builder)) parser.HandleNextDocument(builder);
    const size_t quoted = builder.last_scalar_position();
    if (quoted != std::string_view::npos && ends_within_quotes(text, quoted)) {
      mistakes.push_back(mistake_at(text, quoted, file, "not valid YAML: the quotes do not end"));
    }
  } catch (const YAML::Exception& exception) {
    mistakes.push_back(syntax_mistake(text, file, exception));
  } catch (const Refused&) {
    // noted where it was thrown
  }
  return builder.root() ? builder.root() : nothing;
}

}  // namespace trunkd

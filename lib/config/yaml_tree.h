// A YAML document as a tree with the position of each node; strict, and bounded in size.

#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "config/mistake.h"

namespace trunkd {

// A position in a file. `file` is a view of a string that outlives the loading.
struct Place {
  std::string_view file;
  int line = 0;
  int column = 0;
};

// Where the keys of a mapping are those of the configuration, one that begins so means nothing.
constexpr std::string_view kIgnoredKeys = "x-";

inline bool is_ignored(std::string_view key) {
  return key.substr(0, kIgnoredKeys.size()) == kIgnoredKeys;
}

struct YamlNode;
// An alias shares the node of its anchor, so the tree is really a graph without cycles.
using YamlNodePtr = std::shared_ptr<const YamlNode>;

struct YamlEntry {
  std::string key;
  Place place;  // of the key
  YamlNodePtr value;
};

struct YamlNode {
  enum class Kind : uint8_t { null, scalar, sequence, mapping };
  Kind kind = Kind::null;
  Place place;
  std::string text;                // scalar
  bool quoted = false;             // scalar: quoted or a block, so it is text and nothing else
  std::vector<YamlNodePtr> items;  // sequence
  std::vector<YamlEntry> entries;  // mapping: keys are unique, "<<" is merged
  size_t size = 1;                 // nodes in it, those behind aliases counted each time
};

// What is refused whatever it says: no configuration needs it, and a hostile one must not exhaust
// the machine.
constexpr size_t kMaxConfigBytes = size_t{1024} * 1024;
constexpr size_t kMaxYamlNodes = 100'000;  // aliases expanded
constexpr size_t kMaxYamlDepth = 32;

// The one document of `text`, never null: an empty text is a null node. On mistakes they are
// appended and the tree holds what could be read. `file` must outlive the tree.
YamlNodePtr parse_yaml(std::string_view text, std::string_view file,
                       std::vector<ConfigMistake>& mistakes);

}  // namespace trunkd

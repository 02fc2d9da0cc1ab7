#include "config/config_loader.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <deque>
#include <map>
#include <memory>
#include <tuple>
#include <utility>

#include "base/text.h"
#include "config/field_reader.h"
#include "config/proxy_rules.h"
#include "config/scalar_syntax.h"
#include "config/session_links.h"
#include "config/session_rules.h"
#include "config/state_rules.h"
#include "config/tls_rules.h"
#include "config/yaml_tree.h"

namespace trunkd {
namespace {

constexpr const char* kSessions = "sessions";
constexpr const char* kDefaults = "defaults";

// The values of the top-level key `key`, file by file.
std::vector<const YamlEntry*> entries_named(const std::vector<YamlNodePtr>& documents,
                                            std::string_view key) {
  std::vector<const YamlEntry*> found;
  for (const YamlNodePtr& document : documents) {
    for (const YamlEntry& entry : document->entries) {
      if (entry.key == key) found.push_back(&entry);
    }
  }
  return found;
}

// Puts the documents of all files together; each step notes its mistakes and goes on.
class Loader {
 public:
  explicit Loader(const Environment& environment) : reader_(environment, mistakes_) {}

  void add_text(std::string_view text, std::string_view name) {
    names_.emplace_back(name);
    documents_.push_back(parse_yaml(text, names_.back(), mistakes_));
  }

  void note(const std::string& file, std::string message) {
    names_.push_back(file);
    mistakes_.push_back({file, 0, 0, {}, std::move(message)});
  }

  LoadedConfig finish() {
    TopDraft top;
    for (const YamlNodePtr& document : documents_) {
      reader_.read_fields(*document, "", top_fields(), top);
    }
    SessionDraft defaults;
    for (const YamlEntry* entry : entries_named(documents_, kDefaults)) {
      reader_.read_fields(*entry->value, kDefaults, session_fields(), defaults);
    }
    check_auth(kDefaults, defaults, reader_);
    check_tls_defaults(kDefaults, defaults, reader_);
    check_proxy_login(kDefaults, defaults, reader_);
    for (const YamlEntry* entry : entries_named(documents_, kSessions)) {
      if (reader_.expect_mapping(*entry->value, kSessions)) read_sessions(*entry->value, defaults);
    }
    check_listeners(top, sessions_, reader_);
    check_anything_listens(top);
    for (const NamedSession& session : sessions_) {
      top.config.sessions.push_back(finish_session(session, reader_));
    }
    link_sessions(sessions_, top.config.sessions, reader_);
    if (mistakes_.empty()) return {std::make_shared<const Config>(std::move(top.config)), {}};
    sort_mistakes();
    return {nullptr, std::move(mistakes_)};
  }

 private:
  void read_sessions(const YamlNode& node, const SessionDraft& defaults) {
    for (const YamlEntry& entry : node.entries) {
      if (is_ignored(entry.key)) continue;
      NamedSession session{entry.key, std::string(kSessions) + '.' + escaped(entry.key),
                           entry.place, defaults};
      const auto [first, is_new] = places_.emplace(entry.key, entry.place);
      if (!is_new) {
        reader_.mistake(entry.place, session.path,
                        "is already defined in " + std::string(first->second.file) + ", line " +
                            std::to_string(first->second.line));
        continue;
      }
      if (auto name = parse_session_name(entry.key); !name) {
        reader_.mistake(entry.place, session.path, std::move(name.error()));
      }
      session.draft.inherited = std::exchange(session.draft.places, {});
      reader_.read_fields(*entry.value, session.path, session_fields(), session.draft);
      check_auth(session.path, session.draft, reader_);
      check_proxy_login(session.path, session.draft, reader_);
      sessions_.push_back(std::move(session));
    }
  }

  void check_anything_listens(const TopDraft& top) {
    const bool own = std::any_of(sessions_.begin(), sessions_.end(), [](const auto& session) {
      return !session.draft.config.listen.empty();
    });
    if (top.config.listen || own || !mistakes_.empty()) return;
    reader_.mistake(top.places.at("listen"), "listen",
                    "nothing listens: the shared port is off and no session has its own");
  }

  // By file, in their order, then by position: as somebody would correct them.
  void sort_mistakes() {
    std::map<std::string, size_t> order;
    for (const std::string& name : names_) order.emplace(name, order.size());
    std::stable_sort(mistakes_.begin(), mistakes_.end(),
                     [&](const ConfigMistake& a, const ConfigMistake& b) {
                       return std::tuple(order[a.file], a.line, a.column) <
                              std::tuple(order[b.file], b.line, b.column);
                     });
  }

  std::deque<std::string> names_;  // places refer to them
  std::vector<ConfigMistake> mistakes_;
  FieldReader reader_;
  std::vector<YamlNodePtr> documents_;
  std::map<std::string, Place> places_;  // of each session's name
  std::vector<NamedSession> sessions_;
};

// Up to one byte more than is allowed, so that a longer file is seen to be one. An error is errno.
tl::expected<std::string, int> read_file(const std::string& name) {
  const std::unique_ptr<FILE, int (*)(FILE*)> file(std::fopen(name.c_str(), "rbe"), &std::fclose);
  if (!file) return tl::unexpected(errno);
  std::string text(kMaxConfigBytes + 1, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), file.get()));
  if (std::ferror(file.get()) != 0) return tl::unexpected(errno);
  return text;
}

}  // namespace

LoadedConfig load_config(const std::vector<std::string>& files, const Environment& environment) {
  Loader loader(environment);
  if (files.empty()) {
    loader.note("trunkd",
                "no configuration: neither /etc/trunkd/trunkd.yaml nor "
                "~/.config/trunkd/trunkd.yaml is there; name a file with -c");
  }
  for (const std::string& name : files) {
    const auto text = read_file(name);
    if (text) {
      loader.add_text(*text, name);
    } else {
      loader.note(name, std::string("cannot be read: ") + std::strerror(text.error()));
    }
  }
  return loader.finish();
}

LoadedConfig load_config_text(std::string_view text, std::string_view name,
                              const Environment& environment) {
  Loader loader(environment);
  loader.add_text(text, name);
  return loader.finish();
}

}  // namespace trunkd

// The table of fields and what is written about it: docs/configuration.md and config/example.yaml.

#include <algorithm>
#include <fstream>
#include <gtest/gtest.h>
#include <set>
#include <sstream>

#include "config/config_reference.h"
#include "config/config_yaml.h"
#include "config/fields.h"

namespace trunkd {
namespace {

std::string contents_of(const std::string& name) {
  std::ifstream file(std::string(TRUNKD_SOURCE_DIR) + '/' + name);
  std::stringstream text;
  text << file.rdbuf();
  EXPECT_TRUE(file) << name;
  return text.str();
}

// As docs/configuration.md has it; paste it there when a field changes.
std::string reference_table(const std::vector<FieldReference>& fields) {
  std::string out = "| field | default | |\n| --- | --- | --- |\n";
  for (const FieldReference& field : fields) {
    const std::string& value = field.default_text;
    out += "| `" + field.name + "` | " + (field.default_in_words ? value : '`' + value + '`') +
           " | " + field.description + " |\n";
  }
  return out;
}

// A line "key: value" of example.yaml, also if it is commented out, with the comment above it.
struct ExampleLine {
  std::string comment;
  std::string value;
  bool active = false;
};

// By path, with the sessions' names left out: "queue.max". Comments may go over several lines.
std::multimap<std::string, ExampleLine> example_lines(const std::string& text) {
  std::multimap<std::string, ExampleLine> found;
  std::vector<std::string> path;
  std::string comment;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const size_t indent = std::min(line.find_first_not_of(' '), line.size());
    std::string rest = line.substr(indent);
    if (rest.starts_with("# ")) {
      comment += (comment.empty() ? "" : " ") + rest.substr(2);
      continue;
    }
    const bool active = !rest.starts_with("#");
    if (!active) rest.erase(0, 1);  // "#key: value"
    const size_t colon = rest.find(':');
    if (colon != std::string::npos) {
      path.resize(indent / 2);
      path.push_back(rest.substr(0, colon));
      std::string name;
      for (const std::string& part : path) name += (name.empty() ? "" : ".") + part;
      const std::string value = colon + 2 < rest.size() ? rest.substr(colon + 2) : "";
      found.insert({name, {comment, value, active}});
    }
    comment.clear();
  }
  return found;
}

// A field whose group is written in its short form there: "rate: off", and then "#limit: off".
template <typename Draft>
bool is_under_short_form(FieldTable<Draft> table, const FieldInfo& field) {
  return std::any_of(table.begin(), table.end(), [&](const ConfigField<Draft>& other) {
    return is_in_group(field.name, other.info.name) && other.info.default_text.empty();
  });
}

template <typename Draft>
void expect_explained(const std::string& prefix, FieldTable<Draft> table, const Draft& defaults) {
  const auto lines = example_lines(contents_of("config/example.yaml"));
  for (const ConfigField<Draft>& field : table) {
    if (field.info.phase > kPhase) continue;
    const auto line = lines.find(prefix + std::string(field.info.name));
    if (line == lines.end()) {
      ADD_FAILURE() << field.info.name << " is missing";
      continue;
    }
    EXPECT_EQ(line->second.comment, field.info.description) << field.info.name;
    if (field.info.default_text.empty()) {
      EXPECT_NE(line->second.active, is_under_short_form(table, field.info)) << field.info.name;
      EXPECT_EQ(line->second.value, default_text(field, defaults)) << field.info.name;
    }
  }
}

TEST(ReferenceTest, TheReferenceHasEveryFieldWithItsDefaultAndSentence) {
  const std::string text = contents_of("docs/configuration.md");
  for (const std::string& table :
       {reference_table(top_reference()), reference_table(session_reference())}) {
    EXPECT_NE(text.find(table), std::string::npos) << "docs/configuration.md lacks:\n" << table;
  }
}

TEST(ReferenceTest, TheExampleHasEveryFieldWithItsDefaultAndSentence) {
  expect_explained("", top_fields(), TopDraft());
  expect_explained("sessions.one-host.", session_fields(), SessionDraft());
}

TEST(ReferenceTest, EveryFieldIsExplainedInOneSentence) {
  const auto check = [](const FieldInfo& info) {
    if (info.phase > kPhase) return;
    EXPECT_TRUE(info.description.ends_with('.')) << info.name;
    EXPECT_EQ(info.description.find(". "), std::string_view::npos) << info.name;
    EXPECT_EQ(info.description.find('|'), std::string_view::npos) << info.name;
  };
  for (const auto& field : top_fields()) check(field.info);
  for (const auto& field : session_fields()) check(field.info);
}

TEST(ReferenceTest, FieldNamesAreUnique) {
  std::set<std::string_view> names;
  for (const auto& field : session_fields()) EXPECT_TRUE(names.insert(field.info.name).second);
}

}  // namespace
}  // namespace trunkd

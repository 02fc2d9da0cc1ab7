#include "daemon/commands/import/curl_options.h"

#include <optional>
#include <utility>

#include "config/variables.h"
#include "daemon/commands/import/curl_option_table.h"

namespace trunkd {
namespace {

const CurlOption* option_named(std::string_view name) {
  for (const CurlOption& option : curl_options()) {
    if (option.name == name) return &option;
  }
  return nullptr;
}

const CurlOption* option_of_letter(char letter) {
  for (const CurlOption& option : curl_options()) {
    if (option.letter == letter) return &option;
  }
  return nullptr;
}

bool is_option(std::string_view word) { return word.size() > 1 && word.front() == '-'; }

bool is_assignment(std::string_view word) {
  const size_t equals = word.find('=');
  return equals != std::string_view::npos && is_variable_name(std::string(word.substr(0, equals)));
}

bool is_curl(std::string_view word) {
  const size_t slash = word.rfind('/');
  const std::string_view name = slash == std::string_view::npos ? word : word.substr(slash + 1);
  return name == "curl" || name == "curl.exe";
}

class CurlReader {
 public:
  explicit CurlReader(const std::vector<std::string>& words) : words_(words) {}

  Parsed<CurlCommand> read();

 private:
  bool pass_command_name();
  void read_long(const std::string& word);
  void read_letters(const std::string& word);
  // `value`, or the next word.
  void add(const CurlOption& option, const std::string& written,
           std::optional<std::string_view> value);
  void add_unknown(std::string written, bool has_value);

  const std::vector<std::string>& words_;
  size_t next_ = 0;
  CurlCommand found_;
  std::string error_;
};

bool CurlReader::pass_command_name() {
  while (next_ < words_.size()) {
    const std::string& word = words_[next_++];
    if (is_curl(word)) return true;
    const bool may_precede =
        word == "$" || word == "sudo" || word == "time" || word == "exec" || is_assignment(word);
    if (!may_precede) return false;
  }
  return false;
}

// A word that has its value in it already takes no other.
void CurlReader::add_unknown(std::string written, bool has_value) {
  found_.unknown.push_back(std::move(written));
  if (has_value) return;
  if (next_ == words_.size()) return;
  const std::string& word = words_[next_];
  if (!is_option(word) && word.find("://") == std::string::npos) ++next_;
}

void CurlReader::add(const CurlOption& option, const std::string& written,
                     std::optional<std::string_view> value) {
  GivenOption given{&option, written, std::string(value.value_or(""))};
  if (option.takes_value && !value) {
    if (next_ == words_.size()) {
      error_ = written + " needs a value behind it";
      return;
    }
    given.value = words_[next_++];
  }
  if (option.use == CurlUse::next) {
    found_.more = true;
    next_ = words_.size();
  } else if (option.use == CurlUse::url) {
    found_.urls.push_back(std::move(given.value));
  } else {
    found_.options.push_back(std::move(given));
  }
}

void CurlReader::read_long(const std::string& word) {
  const size_t equals = word.find('=');
  const bool has_value = equals != std::string::npos;
  const std::string written = word.substr(0, equals), name = written.substr(2);
  const CurlOption* option = option_named(name);
  // curl does not know "--user=ann", but people write it.
  if (option != nullptr && has_value && option->takes_value) {
    return add(*option, written, std::string_view(word).substr(equals + 1));
  }
  if (has_value) return add_unknown(written, true);
  if (option == nullptr && name.starts_with("no-")) {  // of any option without a value
    option = option_named(std::string_view(name).substr(3));
    if (option != nullptr && !option->takes_value) {
      std::erase_if(found_.options, [option](const auto& one) { return one.option == option; });
      return;
    }
    option = nullptr;
  }
  if (option == nullptr) return add_unknown(written, false);
  add(*option, written, std::nullopt);
}

// "-sSXPOST"
void CurlReader::read_letters(const std::string& word) {
  for (size_t i = 1; i < word.size() && error_.empty(); ++i) {
    const std::string written = std::string("-") + word[i];
    const CurlOption* option = option_of_letter(word[i]);
    if (option == nullptr) return add_unknown(written, false);
    if (!option->takes_value) {
      add(*option, written, std::nullopt);
      continue;
    }
    if (i + 1 == word.size()) return add(*option, written, std::nullopt);
    return add(*option, written, std::string_view(word).substr(i + 1));
  }
}

Parsed<CurlCommand> CurlReader::read() {
  if (!pass_command_name()) return wrong("must be a curl command: curl [options] URL");
  while (next_ < words_.size() && error_.empty()) {
    const std::string& word = words_[next_++];
    if (!is_option(word)) {
      found_.urls.push_back(word);
    } else if (word.starts_with("--")) {
      read_long(word);
    } else {
      read_letters(word);
    }
  }
  if (!error_.empty()) return wrong(error_);
  if (found_.urls.empty()) return wrong("has no URL in it");
  return std::move(found_);
}

}  // namespace

Parsed<CurlCommand> read_curl_command(const std::vector<std::string>& words) {
  return CurlReader(words).read();
}

}  // namespace trunkd

#include "daemon/commands/import/import_text.h"

#include <algorithm>
#include <string_view>

#include "daemon/commands/import/shell_words.h"
#include "daemon/commands/quoting.h"
#include "daemon/commands/service_user.h"

namespace trunkd {
namespace {

constexpr size_t kCommentWidth = 98;
constexpr std::string_view kFile = "file:";

// A paragraph of comment lines; those after the first are indented further than the text is.
std::string comment(std::string_view text) {
  const size_t indent = std::min(text.find_first_not_of(' '), text.size());
  std::string out, line = "#";
  size_t start = 0;
  while (start < text.size()) {
    const size_t end = std::min(text.find(' ', start), text.size());
    if (line.size() + 1 + (end - start) > kCommentWidth && line.size() > indent + 4) {
      out += line + '\n';
      line = "#" + std::string(indent + 2, ' ');
    }
    line += ' ';
    line += text.substr(start, end - start);
    start = end + 1;
  }
  return out + line + '\n';
}

std::string secret_comment(const ImportedSecret& secret, const std::string& group) {
  if (!secret.reference.starts_with(kFile)) {
    return comment("It has a secret, which is not in here: " + secret.what + ". trunkd reads it " +
                   "at its start from " + secret.reference + '.');
  }
  const std::string path = secret.reference.substr(kFile.size());
  return comment("It has a secret, which is not in here: " + secret.what +
                 ". Put it into a file that only the user of trunkd can read: paste it behind this "
                 "command, then Enter and Ctrl-D.") +
         "#   " + install_secret(path, group) + '\n';
}

// A line for each reason, with all that has it.
std::string left_out_comments(const std::vector<LeftOut>& left_out) {
  std::string out;
  for (size_t i = 0; i < left_out.size(); ++i) {
    const auto same = [&](const LeftOut& other) { return other.why == left_out[i].why; };
    const auto begin = left_out.begin();
    if (std::any_of(begin, begin + static_cast<std::ptrdiff_t>(i), same)) continue;
    std::vector<std::string> names;
    for (const LeftOut& other : left_out) {
      const bool is_new = std::find(names.begin(), names.end(), other.what) == names.end();
      if (same(other) && is_new) names.push_back(other.what);
    }
    std::string text = " ";
    for (const std::string& name : names) text += (name == names.front() ? " " : ", ") + name;
    out += comment(text + ": " + left_out[i].why);
  }
  return out;
}

}  // namespace

std::string import_text(const ImportedSession& session, const std::vector<std::string>& passed_over,
                        const std::string& secret_group) {
  std::string out =
      "# A session made from a curl command. Save it as a file and try it:\n"
      "#   trunkd check --live -c FILE\n";
  for (const ImportedSecret& secret : session.secrets)
    out += "#\n" + secret_comment(secret, secret_group);
  for (const std::string& sentence : session.advice) out += "#\n" + comment(sentence);
  std::vector<LeftOut> left_out = session.left_out;
  for (const std::string& what : passed_over) left_out.push_back({what, "was not looked at"});
  if (!left_out.empty()) out += "#\n# Not taken over:\n" + left_out_comments(left_out);
  out += "#\n# The same call through trunkd:\n#  ";
  for (const std::string& word : session.curl) out += ' ' + sh_quoted_word(word);
  return out + "\nsessions:\n" + session_yaml(session);
}

}  // namespace trunkd

#include "daemon/manual/roff.h"

#include <algorithm>

namespace trunkd {
namespace {

// "-" and "'" would become a hyphen and a curly quote, which cannot be pasted into a shell.
std::string escaped_roff(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '\\':
        out += "\\e";
        break;
      case '-':
        out += "\\-";
        break;
      case '\'':
        out += "\\(aq";
        break;
      case '"':
        out += "\\(dq";
        break;
      case '^':
        out += "\\(ha";
        break;
      case '~':
        out += "\\(ti";
        break;
      default:
        out += c;
    }
  }
  return out;
}

// A line that begins with a dot is a command.
std::string as_line(const std::string& roff) { return (roff.starts_with('.') ? "\\&" : "") + roff; }

}  // namespace

std::string bold(std::string_view text) { return "\\fB" + escaped_roff(text) + "\\fR"; }
std::string italic(std::string_view text) { return "\\fI" + escaped_roff(text) + "\\fR"; }
std::string roman(std::string_view text) { return escaped_roff(text); }

Roff::Roff(std::string_view title, std::string_view section, std::string_view date,
           std::string_view source, std::string_view manual) {
  text_ = ".TH " + std::string(title) + ' ' + std::string(section) + ' ' + std::string(date) +
          " \"" + escaped_roff(source) + "\" \"" + escaped_roff(manual) + "\"\n";
}

void Roff::section(std::string_view name) { text_ += ".SH " + escaped_roff(name) + '\n'; }
void Roff::subsection(std::string_view name) { text_ += ".SS " + escaped_roff(name) + '\n'; }

// What stands between back-quotes becomes bold.
void Roff::line(std::string_view words) {
  std::string out;
  bool typed = false;
  while (!words.empty()) {
    const size_t end = words.find('`');
    const std::string_view part = words.substr(0, end);
    if (!part.empty()) out += typed ? bold(part) : roman(part);
    if (end == std::string_view::npos) break;
    words.remove_prefix(end + 1);
    typed = !typed;
  }
  text_ += as_line(out) + '\n';
}

bool Roff::stands_behind_heading() const {
  const size_t last = text_.rfind('\n', text_.size() - 2) + 1;
  return text_.compare(last, 2, ".S") == 0;
}

void Roff::paragraph(std::string_view text) {
  if (!stands_behind_heading()) text_ += ".PP\n";
  line(text);
}

void Roff::term(const std::string& term) { text_ += as_line(term) + '\n'; }

void Roff::item(const std::string& term, std::string_view text) {
  text_ += ".TP\n" + as_line(term) + '\n';
  line(text);
}

void Roff::more(std::string_view lines) {
  while (!lines.empty()) {
    const size_t end = std::min(lines.find('\n'), lines.size());
    if (end > 0) {
      text_ += ".IP\n";
      line(lines.substr(0, end));
    }
    lines.remove_prefix(std::min(end + 1, lines.size()));
  }
}

void Roff::example(std::string_view lines) {
  if (!stands_behind_heading()) text_ += ".PP\n";
  text_ += ".RS 4\n.EX\n";
  while (!lines.empty()) {
    const size_t end = lines.find('\n');
    text_ += as_line(escaped_roff(lines.substr(0, end))) + '\n';
    if (end == std::string_view::npos) break;
    lines.remove_prefix(end + 1);
  }
  text_ += ".EE\n.RE\n";
}

void Roff::begin_inner() { text_ += ".RS\n"; }
void Roff::end_inner() { text_ += ".RE\n"; }

}  // namespace trunkd

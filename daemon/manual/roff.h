// Manual pages as man and mandoc read them: a page is written from its top to its end.

#pragma once

#include <string>
#include <string_view>

namespace trunkd {

// Text is written as it is to be read, with `what is typed` between back-quotes; nothing in it is
// taken for a command of roff.
class Roff {
 public:
  // `date` is year-month-day; `source` is the program with its version.
  Roff(std::string_view title, std::string_view section, std::string_view date,
       std::string_view source, std::string_view manual);

  void section(std::string_view name);
  void subsection(std::string_view name);
  void paragraph(std::string_view text);
  void term(const std::string& term);  // as a line of its own
  // A term, as roff from bold() and italic(), and what is to be said of it.
  void item(const std::string& term, std::string_view text);
  void more(std::string_view lines);  // further paragraphs of the item, each a line
  void example(std::string_view lines);
  void begin_inner();  // until end_inner(), items belong to the item before
  void end_inner();

  const std::string& text() const { return text_; }

 private:
  void line(std::string_view words);
  bool stands_behind_heading() const;

  std::string text_;
};

// Parts of a term.
std::string bold(std::string_view text);
std::string italic(std::string_view text);
std::string roman(std::string_view text);

}  // namespace trunkd

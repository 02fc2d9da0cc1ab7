// TextTable: rows under headings, in columns that line up.

#pragma once

#include <string>
#include <vector>

namespace trunkd {

class TextTable {
 public:
  enum class Align { left, right };
  struct Column {
    std::string heading;
    Align align = Align::left;
  };

  explicit TextTable(std::vector<Column> columns) : columns_(std::move(columns)) {}

  // One cell for each column.
  void add(std::vector<std::string> row);
  bool empty() const { return rows_.empty(); }
  // Two spaces between the columns, none at the end of a line, which ends with a line break.
  std::string text() const;

 private:
  std::string line(const std::vector<std::string>& cells, const std::vector<size_t>& widths) const;

  const std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace trunkd

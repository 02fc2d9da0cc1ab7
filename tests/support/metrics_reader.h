// MetricsReader: what a text exposition says, for tests that add up.

#pragma once

#include <map>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace trunkd {

class MetricsReader {
 public:
  using Labels = std::map<std::string, std::string>;

  // Throws std::runtime_error where a line is none of the format's. Values of labels are those of
  // tests: nothing in them is escaped.
  explicit MetricsReader(const std::string& text) {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      if (!line.starts_with('#')) samples_.push_back(read(line));
    }
  }

  // Of all samples of that name which have these labels, and perhaps others; 0 if there is none.
  double sum(std::string_view name, const Labels& labels = {}) const {
    double all = 0;
    for (const Sample& sample : samples_) {
      if (sample.name == name && has(sample, labels)) all += sample.value;
    }
    return all;
  }
  // What that label is in the samples of that name.
  std::set<std::string> values_of(std::string_view name, const std::string& label) const {
    std::set<std::string> values;
    for (const Sample& sample : samples_) {
      if (sample.name == name && sample.labels.count(label) > 0) {
        values.insert(sample.labels.at(label));
      }
    }
    return values;
  }

 private:
  struct Sample {
    std::string name;
    Labels labels;
    double value = 0;
  };

  static bool has(const Sample& sample, const Labels& labels) {
    for (const auto& [name, value] : labels) {
      const auto found = sample.labels.find(name);
      if (found == sample.labels.end() || found->second != value) return false;
    }
    return true;
  }

  static Sample read(const std::string& line) {
    Sample sample;
    const size_t space = line.rfind(' ');
    const size_t brace = line.find('{');
    if (space == std::string::npos) throw std::runtime_error("no sample: " + line);
    sample.name = line.substr(0, std::min(brace, space));
    sample.value = std::stod(line.substr(space + 1));
    for (size_t at = brace; at != std::string::npos && line[at] != '}';) {
      const size_t equals = line.find("=\"", at);
      const size_t quote = line.find('"', equals + 2);
      if (quote == std::string::npos) throw std::runtime_error("broken labels: " + line);
      sample.labels[line.substr(at + 1, equals - at - 1)] =
          line.substr(equals + 2, quote - equals - 2);
      at = quote + 1;
    }
    return sample;
  }

  std::vector<Sample> samples_;
};

}  // namespace trunkd

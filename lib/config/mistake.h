// A mistake in a configuration: where it is, which field it is about, what is wrong.

#pragma once

#include <string>
#include <vector>

namespace trunkd {

struct ConfigMistake {
  std::string file;     // as it was given to the loader
  int line = 0;         // from 1; 0: the file as a whole
  int column = 0;       // from 1, in bytes; 0: the file as a whole
  std::string path;     // "sessions.github.conections"; empty: no field in particular
  std::string message;  // for people; may quote escaped input, but nothing that may be a secret

  // trunkd.yaml:12:5: sessions.github.conections: unknown key, did you mean "connections"?
  std::string text() const;
  bool operator==(const ConfigMistake&) const = default;
};

}  // namespace trunkd

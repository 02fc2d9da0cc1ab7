// TlsContext: trust store, verification and session cache shared by the TLS connections of a
// session.

#pragma once

#include <memory>
#include <string>

#include "base/result.h"

namespace trunkd {

enum class TlsVersion { tls12, tls13 };

struct TlsSettings {
  bool verify = true;
  std::string ca_file;      // PEM; empty: the system's store
  std::string server_name;  // for SNI and the name check instead of the origin's host; may be empty
  TlsVersion min_version = TlsVersion::tls12;
};

class TlsContext {
 public:
  // Fails with a sentence that names the file if ca_file cannot be read or has no certificate. The
  // trust store is parsed once per file and shared by all contexts that are alive.
  static Result<std::unique_ptr<TlsContext>> create(const TlsSettings& settings);
  ~TlsContext();

  struct State;
  State& state() { return *state_; }

 private:
  explicit TlsContext(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace trunkd

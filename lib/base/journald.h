// The native protocol of systemd's journal: one datagram for each entry, of fields. No libsystemd:
// the protocol is public and stable (systemd.io/JOURNAL_NATIVE_PROTOCOL).

#pragma once

#include <string>
#include <string_view>

namespace trunkd {

// "NAME=value\n", or for a value with line breaks the form with its length. `name` is of A-Z and _.
void append_journal_field(std::string& out, std::string_view name, std::string_view value);

class JournaldSocket {
 public:
  static constexpr std::string_view kPath = "/run/systemd/journal/socket";

  explicit JournaldSocket(std::string_view path = kPath);
  ~JournaldSocket();
  JournaldSocket(const JournaldSocket&) = delete;
  JournaldSocket& operator=(const JournaldSocket&) = delete;

  // Never waits. False if the journal did not take it: there is none, or it does not keep up.
  bool send(std::string_view entry);

 private:
  const std::string path_;
  const int socket_;
};

}  // namespace trunkd

// What both parsers share: fields, body framing and trailers of one message after its start line,
// read by llhttp and kept to our limits.

#pragma once

#include <cstdint>
#include <initializer_list>
#include <llhttp.h>
#include <optional>
#include <string_view>

#include "http/message_rules.h"

namespace trunkd {

// llhttp never sees a start line as received: the parsers read it by stricter rules and give llhttp
// one of their own (start()). Lines are measured here, so that where the input was split makes no
// difference to what is accepted.
class MessageReader {
 public:
  MessageReader(const MessageReader&) = delete;
  MessageReader& operator=(const MessageReader&) = delete;

  void pause() { paused_ = true; }  // read() returns after the current event
  void resume() { paused_ = false; }

  bool paused() const { return paused_; }
  bool complete() const { return section_ == Section::complete; }
  const std::optional<Violation>& violation() const { return violation_; }

 protected:
  // What follows a head; the values are what llhttp expects to hear.
  enum class Body { framed = 0, none = 1, tunnel = 2 };

  // `malformed`: the kind of all violations of syntax; `too_large`: of the limits on heads.
  MessageReader(llhttp_type_t type, const HeadLimits& limits, ErrorKind malformed,
                ErrorKind too_large);
  ~MessageReader() = default;

  // Bytes after the start line. Returns how many it used: all, unless the message is complete, a
  // violation was found or pause() was called. After resume() it has to be called even without
  // bytes: the end of the message may have been held back.
  size_t read(std::string_view bytes);

  // fields() are the head's, and the head's to take. Calls violate() if it finds something; then
  // the result does not matter.
  virtual Body on_head_complete() = 0;
  virtual void on_payload(std::string_view bytes) = 0;

  // `line` is for llhttp, in parts, complete with CRLF; `received` is the length of the line it
  // stands for. False if llhttp does not take it.
  bool start(std::initializer_list<std::string_view> line, size_t received);
  void restart();  // ready for start() of the next message

  bool in_payload() const { return section_ == Section::payload; }
  Headers& fields() { return fields_; }  // of the head; after it, of the trailers
  void violate(Violation violation);
  // Both readings of the head's framing must be the same.
  void check_agreement(const BodyFraming& framing);

 private:
  friend struct LlhttpCallbacks;

  //  start_line -> fields -> complete                              no body
  //                fields -> payload -> complete                   length, until_close
  //                fields -> chunk_line <-> payload,
  //                          chunk_line -> trailers -> complete    chunked
  enum class Section : uint8_t { start_line, fields, chunk_line, payload, trailers, complete };

  std::string_view next_piece(std::string_view bytes) const;
  size_t feed(std::string_view piece);
  void check_chunk_line(std::string_view piece);
  void enter(Section section);
  void violate_limit();

  int field_name(std::string_view piece);
  int field_name_complete();
  int head_complete();
  int payload(std::string_view bytes);
  int chunk_head();
  int chunk_complete();

  llhttp_t llhttp_;
  const HeadLimits limits_;
  const ErrorKind malformed_, too_large_;
  Section section_ = Section::start_line;
  bool name_begins_ = true;
  bool paused_ = false;
  size_t section_bytes_ = 0;    // of the head, of the trailers, or of the chunk line
  size_t chunk_digits_ = 0;     // of the chunk line
  size_t extension_bytes_ = 0;  // of all chunk lines of the message
  Headers fields_;
  std::optional<Violation> violation_;
};

}  // namespace trunkd

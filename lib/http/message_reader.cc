#include "http/message_reader.h"

#include <algorithm>

#include "http/characters.h"

namespace trunkd {
namespace {

// Chunk extensions are tolerated and forgotten; these bound what they can cost.
constexpr size_t kMaxChunkLine = 1024;
constexpr size_t kMaxChunkDigits = 16;
constexpr size_t kLongestPlainChunkLine = kMaxChunkDigits + 2;
constexpr size_t kMaxExtensionBytes = size_t{16} * 1024;

constexpr int kError = -1;

}  // namespace

// llhttp's C callbacks to the reader's member functions.
struct LlhttpCallbacks {
  static MessageReader& reader(llhttp_t* llhttp) {
    return *static_cast<MessageReader*>(llhttp->data);
  }

  static llhttp_settings_t settings() {
    llhttp_settings_t settings;
    llhttp_settings_init(&settings);
    settings.on_header_field = [](llhttp_t* llhttp, const char* at, size_t size) {
      return reader(llhttp).field_name({at, size});
    };
    settings.on_header_field_complete = [](llhttp_t* llhttp) {
      return reader(llhttp).field_name_complete();
    };
    settings.on_header_value = [](llhttp_t* llhttp, const char* at, size_t size) {
      reader(llhttp).fields_.append_value({at, size});
      return 0;
    };
    settings.on_header_value_complete = [](llhttp_t* llhttp) {
      reader(llhttp).fields_.trim_last_value();
      return 0;
    };
    settings.on_headers_complete = [](llhttp_t* llhttp) { return reader(llhttp).head_complete(); };
    settings.on_body = [](llhttp_t* llhttp, const char* at, size_t size) {
      return reader(llhttp).payload({at, size});
    };
    settings.on_chunk_header = [](llhttp_t* llhttp) { return reader(llhttp).chunk_head(); };
    settings.on_chunk_complete = [](llhttp_t* llhttp) { return reader(llhttp).chunk_complete(); };
    settings.on_message_complete = [](llhttp_t* llhttp) -> int {
      reader(llhttp).enter(MessageReader::Section::complete);
      return HPE_PAUSED;
    };
    return settings;
  }
};

MessageReader::MessageReader(llhttp_type_t type, const HeadLimits& limits, ErrorKind malformed,
                             ErrorKind too_large)
    : limits_(limits), malformed_(malformed), too_large_(too_large) {
  static const llhttp_settings_t kSettings = LlhttpCallbacks::settings();
  llhttp_init(&llhttp_, type, &kSettings);
  llhttp_.data = this;
}

bool MessageReader::start(std::initializer_list<std::string_view> line, size_t received) {
  for (const std::string_view part : line) {
    if (llhttp_execute(&llhttp_, part.data(), part.size()) != HPE_OK) return false;
  }
  enter(Section::fields);
  section_bytes_ = received;
  return true;
}

void MessageReader::restart() {
  llhttp_reset(&llhttp_);
  enter(Section::start_line);
  extension_bytes_ = 0;
  name_begins_ = true;
  fields_.clear();
}

size_t MessageReader::read(std::string_view bytes) {
  if (bytes.empty() && section_ == Section::payload && !paused_) return feed("");
  size_t used = 0;
  while (used < bytes.size() && !paused_ && !complete() && !violation_) {
    const std::string_view piece = next_piece(bytes.substr(used));
    if (piece.empty()) {
      violate_limit();
    } else {
      used += feed(piece);
    }
  }
  return used;
}

// What llhttp may have at once: the rest of a section that has a limit, one chunk line. Empty if
// the section has used up its limit.
std::string_view MessageReader::next_piece(std::string_view bytes) const {
  switch (section_) {
    case Section::fields:
    case Section::trailers:
      return bytes.substr(0, limits_.head - std::min(limits_.head, section_bytes_));
    case Section::chunk_line: {
      const std::string_view line = bytes.substr(0, kMaxChunkLine - section_bytes_);
      const size_t end = line.find('\n');
      return end == line.npos ? line : line.substr(0, end + 1);
    }
    default:
      return bytes;
  }
}

size_t MessageReader::feed(std::string_view piece) {
  const Section before = section_;
  if (section_ == Section::chunk_line) check_chunk_line(piece);
  if (violation_) return 0;

  size_t used = piece.size();
  switch (llhttp_execute(&llhttp_, piece.data(), piece.size())) {
    case HPE_OK:
      break;
    case HPE_PAUSED:
      used = static_cast<size_t>(llhttp_get_error_pos(&llhttp_) - piece.data());
      llhttp_resume(&llhttp_);
      break;
    default:  // violate() keeps what one of our own rules has found before
      violate({malformed_, llhttp_get_error_reason(&llhttp_)});
      return used;
  }
  if (section_ == before) section_bytes_ += used;
  return used;
}

// llhttp bounds the value of a chunk size, but neither its zeros nor the extensions behind it, and
// lets DEL pass in them.
void MessageReader::check_chunk_line(std::string_view piece) {
  if (chunk_digits_ == section_bytes_) {
    const auto end = std::find_if_not(piece.begin(), piece.end(), is_hex_digit);
    chunk_digits_ += static_cast<size_t>(end - piece.begin());
  }
  if (chunk_digits_ > kMaxChunkDigits) violate({malformed_, "too many digits in a chunk size"});

  if (piece.find('\x7f') != piece.npos) violate({malformed_, "a control byte in a chunk line"});

  const size_t line = section_bytes_ + piece.size();
  if (piece.back() == '\n' && line > kLongestPlainChunkLine) extension_bytes_ += line;
  if (extension_bytes_ > kMaxExtensionBytes) violate({malformed_, "too many chunk extensions"});
}

void MessageReader::enter(Section section) {
  section_ = section;
  section_bytes_ = 0;
  chunk_digits_ = 0;
}

void MessageReader::violate(Violation violation) {
  if (!violation_) violation_ = violation;
}

void MessageReader::violate_limit() {
  if (section_ == Section::chunk_line) return violate({malformed_, "a chunk line is too long"});
  violate({too_large_,
           section_ == Section::fields ? "the head is too large" : "the trailers are too large"});
}

void MessageReader::check_agreement(const BodyFraming& framing) {
  const bool chunked = (llhttp_.flags & F_CHUNKED) != 0;
  const bool length = (llhttp_.flags & F_CONTENT_LENGTH) != 0;
  if (chunked != (framing.kind == Framing::chunked) ||
      length != (framing.kind == Framing::length) ||
      (length && llhttp_.content_length != framing.length)) {
    violate({malformed_, "ambiguous framing"});
  }
}

int MessageReader::field_name(std::string_view piece) {
  if (name_begins_) fields_.start_field();
  name_begins_ = false;
  fields_.append_name(piece);
  return 0;
}

// Counted here: of a name with an invalid byte, llhttp may or may not have told a piece before.
int MessageReader::field_name_complete() {
  name_begins_ = true;
  if (fields_.size() <= limits_.fields) return 0;
  violate({too_large_, "too many fields"});
  return kError;
}

int MessageReader::head_complete() {
  const Body body = on_head_complete();
  fields_.clear();  // from now on the trailers'
  if (violation_) return kError;
  if (body != Body::framed) return static_cast<int>(body);
  const bool chunked = (llhttp_.flags & F_CHUNKED) != 0;
  enter(chunked ? Section::chunk_line : Section::payload);
  return chunked || paused_ ? HPE_PAUSED : 0;  // a chunk line is measured from its first byte on
}

int MessageReader::payload(std::string_view bytes) {
  if (!bytes.empty()) on_payload(bytes);
  return paused_ ? HPE_PAUSED : 0;
}

int MessageReader::chunk_head() {
  if (llhttp_.content_length > INT64_MAX) {
    violate({malformed_, "a chunk size beyond 63 bits"});
    return kError;
  }
  enter(llhttp_.content_length == 0 ? Section::trailers : Section::payload);
  return 0;  // the piece ends here
}

int MessageReader::chunk_complete() {
  if (section_ == Section::trailers) return 0;  // the last one, right before the message's end
  enter(Section::chunk_line);
  return HPE_PAUSED;
}

}  // namespace trunkd

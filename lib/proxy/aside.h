// Aside: an answer that the client does not get, because something better is done about it: the
// request is tried again, follows a redirect, or is answered by ourselves.

#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/error.h"
#include "http/message.h"
#include "session/redirect.h"

namespace trunkd {

// The answer's body is read out so that its connection can be used again, unless it is long or
// slow. For raise_for_status its beginning is kept, if it is a text that can be shown.
class Aside {
 public:
  enum class Then : uint8_t { retry, follow, raise, fail };

  static constexpr size_t kMostRead = 64 * 1024;
  static constexpr Duration kLongest = 2s;
  static constexpr size_t kExcerpt = 2048;

  static Aside retry(Duration delay);
  static Aside follow(Hop&& hop);
  static Aside raise(ResponseHead&& head);
  static Aside fail(Error&& error);

  // False: that is enough, the rest is not worth waiting for.
  bool take(std::string_view bytes);

  Then then() const { return then_; }
  Duration delay() const { return delay_; }
  Hop& hop() { return *hop_; }
  const Error& error() const { return *error_; }
  const ResponseHead& head() const { return head_; }
  const std::string& excerpt() const { return excerpt_; }  // may end within a character

 private:
  explicit Aside(Then then) : then_(then) {}

  Then then_;
  bool shows_text_ = false;
  Duration delay_{};
  std::optional<Hop> hop_;
  std::optional<Error> error_;
  ResponseHead head_;
  std::string excerpt_;
  size_t read_ = 0;
};

}  // namespace trunkd

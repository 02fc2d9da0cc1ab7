#include "upstream/proxy_connect.h"

#include <string>
#include <utility>

#include "base/text.h"
#include "http/writer.h"

namespace trunkd {
namespace {

constexpr size_t kReasonTold = 60;

}  // namespace

ProxyConnect::ProxyConnect(const ProxyAccess& access, const Origin& origin)
    : ProxyDialogue(access, origin), parser_(*this, kLimits) {
  // As after HEAD nothing of the answer is a body: behind a 2xx the tunnel begins, whatever its
  // fields say (RFC 9110, 9.3.6), and the text of an error page is nobody's.
  parser_.expect(true, false);
}

void ProxyConnect::begin() {
  std::string head;
  append_request_line(head, "CONNECT", target());
  append_field(head, "Host", target());
  if (auto put = access().append_authorization(head); !put) return fail(put.error());
  append_end_of_head(head);
  say(head);
}

void ProxyConnect::on_answer(std::string_view bytes) {
  const size_t used = parser_.parse(bytes);
  if (error_) return fail(std::move(*error_));
  if (answered_) open(bytes.substr(used));
}

void ProxyConnect::on_response_head(ResponseHead&& head) {
  if (head.status / 100 == 2) return;
  // A 401 is no proxy's word (RFC 9110, 15.5.2), but tinyproxy says it to a wrong password, and
  // here nobody else can have said it.
  if (head.status == 407 || head.status == 401) {
    error_ = access().login_refused(asked(), head);
    return;
  }
  const bool failed = head.status / 100 == 5;
  std::string answer = std::to_string(head.status);
  if (!head.reason.empty()) answer += ' ' + escaped(head.reason, kReasonTold);
  error_ = Error{failed ? ErrorKind::proxy_failed : ErrorKind::proxy_refused,
                 "the proxy " + access().name() + " answered " + asked() + " with " + answer};
}

void ProxyConnect::on_response_error(const Error& error) {
  error_ =
      Error{ErrorKind::proxy_protocol, "the proxy " + access().name() + " answered " + asked() +
                                           " with something else than HTTP/1: " + error.detail};
}

Error ProxyConnect::ended_early() const {
  return {
      ErrorKind::connection_terminated,
      "the proxy " + access().name() + " closed the connection before it had answered " + asked()};
}

}  // namespace trunkd

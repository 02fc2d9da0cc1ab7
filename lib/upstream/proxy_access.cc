#include "upstream/proxy_access.h"

#include "base/base64.h"
#include "base/text.h"
#include "http/writer.h"

namespace trunkd {
namespace {

constexpr size_t kSchemesTold = 4;

// "NTLM, Negotiate": the schemes that Proxy-Authenticate offers (RFC 9110, 11.7.1), each by the
// first word of its field. Empty if Basic is among them.
std::string schemes_instead_of_basic(const Headers& answer) {
  std::string schemes;
  size_t told = 0;
  for (const Field field : answer) {
    if (!iequals(field.name, "Proxy-Authenticate")) continue;
    const std::string_view scheme = field.value.substr(0, field.value.find_first_of(" ,"));
    if (iequals(scheme, "basic")) return {};
    if (told++ < kSchemesTold) schemes += (schemes.empty() ? "" : ", ") + escaped(scheme, 20);
  }
  return schemes;
}

}  // namespace

Result<std::string_view> ProxyAccess::password() const {
  if (!password_) return std::string_view();
  auto value = password_->value();
  if (!value) {
    Error error = value.error();
    error.setting = kSetting;
    return tl::unexpected(std::move(error));
  }
  return value;
}

Result<void> ProxyAccess::append_authorization(std::string& out) const {
  if (!has_login()) return {};
  const auto secret = password();
  if (!secret) return tl::unexpected(secret.error());
  out += "Proxy-Authorization: Basic ";
  append_base64(out, user_ + ':' + std::string(*secret));
  out += "\r\n";
  return {};
}

Error ProxyAccess::login_refused(std::string_view asked, const ResponseHead& answer) const {
  Error error{ErrorKind::proxy_auth, "the proxy " + name_ + " answered " + std::string(asked) +
                                         " with " + std::to_string(answer.status) + ' ' +
                                         std::string(standard_reason(answer.status))};
  const std::string schemes = schemes_instead_of_basic(answer.headers);
  if (!schemes.empty()) {
    error.hint = "The proxy offers " + schemes + "; upstream_proxy can log in by Basic only.";
  } else if (has_login()) {
    error.hint = "The user or the password in upstream_proxy is not the right one.";
  } else {
    error.hint = "Let upstream_proxy say who we are: {url: \"http://" + name_ +
                 "\", user: NAME, password: \"file:/PATH\"}.";
  }
  return error;
}

}  // namespace trunkd

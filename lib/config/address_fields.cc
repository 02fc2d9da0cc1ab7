// The fields of a session about the addresses of its hosts. They belong to the pool: a session that
// uses another's cannot say them.

#include "config/fields.h"

namespace trunkd {
namespace {

using Draft = SessionDraft;

void set_allow_private(Draft& draft, Value&& value) {
  AllowPrivateConfig& allowed = draft.config.allow_private;
  allowed = {};
  if (auto* named = std::get_if<std::vector<std::string>>(&value)) {
    allowed.named = std::move(*named);
  } else {
    allowed.all = true;
  }
}

Value allow_private(const Draft& draft) {
  if (!draft.config.pool.empty()) return {};
  const AllowPrivateConfig& allowed = draft.config.allow_private;
  return allowed.all ? Value(true) : Value(allowed.named);
}

Value resolve(const Draft& draft) {
  return draft.config.pool.empty() ? Value(draft.config.resolve) : Value();
}

constexpr ConfigField<Draft> kAddressFields[] = {
    {{.name = "resolve",
      .syntax = Syntax::fixed_addresses,
      .description = "The addresses of hosts that are not looked up, for all ports: "
                     "{api.example.com: [192.0.2.7, \"2001:db8::7\"]}.",
      .can_be_off = true},
     [](Draft& draft, Value&& value) {
       draft.config.resolve = std::get<std::vector<FixedAddresses>>(std::move(value));
     },
     resolve},
    {{.name = "allow_private",
      .syntax = Syntax::private_hosts,
      .description = "What a session with allow_hosts may reach at private addresses: hosts, "
                     "addresses, networks such as 10.0.0.0/8, or true for all.",
      .can_be_off = true},
     set_allow_private,
     allow_private},
};

}  // namespace

FieldTable<SessionDraft> address_fields() { return kAddressFields; }

}  // namespace trunkd

// A secret value that may change while the daemon runs.

#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace trunkd {

class Secret {
 public:
  virtual ~Secret() = default;
  // The value of this moment, without a line end; good until the next event of the loop. Error:
  // credential_unavailable, which tells where it was looked for and never what was found.
  virtual Result<std::string_view> value() const = 0;
};

// One that stays as it was found at first, such as an environment variable; or stays away.
class FixedSecret final : public Secret {
 public:
  explicit FixedSecret(Result<std::string> value) : value_(std::move(value)) {}

  Result<std::string_view> value() const override {
    if (!value_) return tl::unexpected(value_.error());
    return std::string_view(*value_);
  }

 private:
  const Result<std::string> value_;
};

// Told when a secret that is followed becomes another: why it cannot be had, or null if it can be
// had (again, or with a new value).
using OnSecretChange = std::function<void(const Error* problem)>;

// What was found where `reference` ("file:/etc/trunkd/token") points to, as a value: one line end
// is cut off. Error: it is empty, or has control bytes, which no credential has and which could
// break out of the field that it is put into.
Result<std::string> secret_value(std::string found, std::string_view reference);

// credential_unavailable: `reference` with why it cannot be used, which must not quote any of it.
tl::unexpected<Error> no_secret(std::string_view reference, std::string_view why);

}  // namespace trunkd

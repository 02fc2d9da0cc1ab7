#include <array>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

#include "daemon/commands/ctl/advice.h"
#include "daemon/commands/ctl/for_people.h"
#include "daemon/commands/ctl/request_text.h"

namespace trunkd {
namespace {

constexpr double kNoWait = 1;  // milliseconds that nobody calls waiting

// One request, told in paragraphs.
class Story {
 public:
  explicit Story(const Json& request)
      : request_(request),
        session_(text("session")),
        error_(text("error")),
        kind_(failure_named(error_)),
        attempts_(request.at("attempts").get<uint64_t>()),
        status_(request.at("status").get<int>()) {}

  std::string tell() const {
    return asked() + waited() + carried() + answered() + failed() + advised();
  }

 private:
  // Of a member that is a text or null.
  std::string text(const char* name) const {
    const Json& member = request_.at(name);
    return member.is_null() ? "" : printable(member.get_ref<const std::string&>());
  }
  std::optional<double> time(const char* name) const {
    const Json& member = request_.at("milliseconds").at(name);
    return member.is_null() ? std::nullopt : std::optional(member.get<double>());
  }
  std::string total() const { return milliseconds_text(*time("total")); }

  bool failed_in_line() const { return kind_ && failure_of(*kind_).phase == "queue"; }

  std::string asked() const;
  std::string waited() const;
  std::string carried() const;
  std::string answered() const;
  std::string failed() const;
  std::string advised() const;
  std::string slowest_part() const;

  const Json& request_;
  const std::string session_, error_;
  const std::optional<ErrorKind> kind_;
  const uint64_t attempts_;
  const int status_;
};

std::string Story::asked() const {
  std::string said = fmt::format("{}: a client asked ", text("started"));
  if (!session_.empty()) said += fmt::format("session \"{}\" ", session_);
  said += fmt::format("for {} {} (request {}).\n", text("method"), text("path"), text("id"));
  if (attempts_ == 0) return said + "It was sent nowhere.\n";
  if (attempts_ == 1) return said + "It was for " + text("origin") + ".\n";
  return said +
         fmt::format("It was tried {} times, the last time for {}.\n", attempts_, text("origin"));
}

std::string Story::waited() const {
  if (failed_in_line() && request_.at("connection").is_null()) {
    return "It waited " + total() + " and got no connection.\n";
  }
  const auto queue = time("queue");
  if (!queue) return "";
  if (*queue < kNoWait) return "It did not have to wait in line.\n";
  return "It waited " + milliseconds_text(*queue) + " in line for a connection.\n";
}

std::string Story::carried() const {
  const Json& connection = request_.at("connection");
  if (connection.is_null()) return "";
  const auto id = connection.at("id").get<uint64_t>();
  if (connection.at("reused").get<bool>()) {
    return fmt::format("Connection {}, which was open already, carried it as its request {}.\n", id,
                       with_commas(connection.at("uses").get<uint64_t>()));
  }
  std::string times;
  constexpr std::array<std::pair<const char*, std::string_view>, 3> kSteps{
      {{"dns", "to look up the name"}, {"connect", "to connect"}, {"tls", "for TLS"}}};
  for (const auto& [member, what] : kSteps) {
    const auto took = time(member);
    if (!took || *took == 0) continue;
    times += fmt::format("{} {} {}", times.empty() ? ":" : ",", milliseconds_text(*took), what);
  }
  return fmt::format("Connection {} carried it, a new one{}.\n", id, times);
}

std::string Story::answered() const {
  std::string said;
  if (const auto ttfb = time("ttfb")) {
    said += "The origin's answer began " + milliseconds_text(*ttfb) + " after it was sent.\n";
  }
  if (status_ == 0)
    return said + "The client had no answer when it ended, after " + total() + ".\n";
  const auto bytes = request_.at("bytes_out").get<uint64_t>();
  const bool own = !error_.empty() && said.empty() && kind_.has_value();
  return said + fmt::format("{} {}, {}, {} in all.\n",
                            own ? "trunkd itself answered with status" : "The client got status",
                            status_, counted(bytes, "byte"), total());
}

std::string Story::failed() const {
  if (error_.empty()) return "";
  if (error_ == "client_gone") return "\nThe client left before the end (client_gone).\n";
  const std::string title = kind_ ? std::string(failure_of(*kind_).title) : error_;
  const std::string detail = text("detail");
  return fmt::format("\nWhat went wrong: {} ({}){}\n", title, error_,
                     detail.empty() ? "." : ": " + detail);
}

std::string Story::advised() const {
  std::string advice;
  if (kind_) {
    advice = advice_for(*kind_, session_);
  } else if (error_ == "client_gone") {
    advice = "If it gave up waiting, the times above show for what.";
  } else if (status_ >= 500) {
    advice = "The error is the origin's own: look there.";
  } else if (*time("total") >= 1000) {
    return "\nWhat took long: " + slowest_part() + '\n';
  }
  return advice.empty() ? "" : (error_.empty() ? "\n" : "") + ("What to do: " + advice + '\n');
}

std::string Story::slowest_part() const {
  const double half = *time("total") / 2;
  const std::string of = session_.empty() ? "sessions.NAME" : "sessions." + session_;
  if (time("queue").value_or(0) > half) {
    return "it waited in line most of the time: raise " + of +
           ".connections if the origin bears it, unless a rate or a pause held it back.";
  }
  if (time("ttfb").value_or(0) > half) {
    return "the origin, before it answered: look there.";
  }
  if (time("dns").value_or(0) + time("connect").value_or(0) + time("tls").value_or(0) > half) {
    return "the opening of a connection: " + of + ".keepalive.warm keeps some ready.";
  }
  if (attempts_ > 1) {
    return "the tries before the last one and the pauses between them, unless the body is large: " +
           of + ".retry has their number and backoff.";
  }
  return "the bodies, because of their size or of the slower side.";
}

}  // namespace

std::string request_story(const Json& request) { return Story(request).tell(); }

}  // namespace trunkd

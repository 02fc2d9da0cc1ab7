#include "daemon/demo/messages.h"

#include <nlohmann/json.hpp>

namespace nlohmann {

template <>
struct adl_serializer<trunkd::Duration> {
  static void to_json(json& out, trunkd::Duration duration) { out = duration.count(); }
  static void from_json(const json& in, trunkd::Duration& duration) {
    duration = trunkd::Duration(in.get<int64_t>());
  }
};

}  // namespace nlohmann

namespace trunkd {

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(CallPlan, way, port, calls, callers)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(CallResult, right, wrong, elapsed, median, percentile_99,
                                   first_failure)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(OriginPorts, through_trunkd, new_connection_each)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Progress, calls)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(OriginCounts, accepted, open, max_open, requests, tls_full,
                                   tls_resumed)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(OriginReport, through_trunkd, new_connection_each)

namespace {

template <typename Message>
constexpr const char* kWord = nullptr;
template <>
constexpr const char* kWord<CallPlan> = "plan";
template <>
constexpr const char* kWord<CallResult> = "result";
template <>
constexpr const char* kWord<OriginPorts> = "ports";
template <>
constexpr const char* kWord<Progress> = "progress";
template <>
constexpr const char* kWord<OriginReport> = "report";

}  // namespace

// A failure may quote bytes that came over the wire, so what is no UTF-8 is replaced.
template <typename Message>
std::string to_line(const Message& message) {
  return nlohmann::json{{kWord<Message>, message}}.dump(-1, ' ', true,
                                                        nlohmann::json::error_handler_t::replace);
}

template <typename Message>
std::optional<Message> from_line(std::string_view line) {
  const auto object = nlohmann::json::parse(line, nullptr, false);
  if (!object.is_object() || !object.contains(kWord<Message>)) return std::nullopt;
  return object[kWord<Message>].template get<Message>();
}

template std::string to_line(const CallPlan&);
template std::string to_line(const CallResult&);
template std::string to_line(const OriginPorts&);
template std::string to_line(const Progress&);
template std::string to_line(const OriginReport&);
template std::optional<CallPlan> from_line(std::string_view);
template std::optional<CallResult> from_line(std::string_view);
template std::optional<OriginPorts> from_line(std::string_view);
template std::optional<Progress> from_line(std::string_view);
template std::optional<OriginReport> from_line(std::string_view);

}  // namespace trunkd

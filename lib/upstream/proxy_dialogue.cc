#include "upstream/proxy_dialogue.h"

#include <utility>

namespace trunkd {

ProxyDialogue::ProxyDialogue(const ProxyAccess& access, const Origin& origin)
    : access_(access),
      host_(origin.host),
      port_(origin.port),
      target_(authority_with_port(host_, port_)) {}

ProxyDialogue::~ProxyDialogue() {
  if (transport_) transport_->set_listener(nullptr);
}

void ProxyDialogue::start(std::unique_ptr<Transport> transport, Done done) {
  transport_ = std::move(transport);
  done_ = std::move(done);
  transport_->set_listener(this);
  transport_->start_reading();
  begin();  // may be the end of it
}

void ProxyDialogue::on_bytes(std::string_view bytes) {
  if (done_) on_answer(bytes);
}

void ProxyDialogue::on_end() {
  if (done_) fail(ended_early());
}

void ProxyDialogue::on_transport_error(const Error& error) {
  if (!done_) return;
  Error told = error;
  told.detail = "the proxy " + access_.name() + ": " + error.detail;
  fail(std::move(told));
}

// The transport waits, unread, for whoever gets it.
void ProxyDialogue::open(std::string_view first_bytes) {
  transport_->stop_reading();
  transport_->set_listener(nullptr);
  const Done tell = std::exchange(done_, nullptr);
  tell(OpenedWay{std::move(transport_), std::string(first_bytes)});
}

void ProxyDialogue::fail(Error error) {
  transport_->set_listener(nullptr);
  if (error.phase.empty()) error.phase = "connect";
  if (error.setting.empty()) error.setting = ProxyAccess::kSetting;
  const Done tell = std::exchange(done_, nullptr);
  tell(tl::unexpected(std::move(error)));
}

}  // namespace trunkd

#include "app/change_desk.h"

#include "app/secret_files.h"

namespace tocsin {

ChangeDesk::ChangeDesk(Transport& transport, Clock& clock, Report report, std::vector<Duration> pauses)
    : transport_(transport), clock_(clock), report_(std::move(report)), pauses_(std::move(pauses)) {}

ChangeDesk::~ChangeDesk() {
  stop();
}

void ChangeDesk::take(std::shared_ptr<const DeliveryConfig> config, RulesChanged changed) {
  worker_.submit([this, config = std::move(config), changed = std::move(changed)] {
    for (const auto& [id, integration] : config->integrations) {
      if (integration->wants_changes()) tell(*integration, *config, changed);
    }
  });
}

void ChangeDesk::tell(const Integration& integration, const DeliveryConfig& config,
                      const RulesChanged& changed) {
  const BuildContext context{*config.templates, config.external_url, clock_.now(), reveal};
  for (std::size_t attempt = 0;; ++attempt) {
    const Result<HttpRequest> request = integration.tell_change(changed, context);
    if (!request) return report_(integration.id(), request.error().message);
    const OutboundAnswer answer = transport_.perform(*request);
    const DeliveryResult result = integration.read_change(answer, clock_.now());
    if (result.outcome == DeliveryResult::Outcome::kDelivered) return report_(integration.id(), "");
    const bool again = result.outcome == DeliveryResult::Outcome::kFailed && attempt < pauses_.size();
    if (!again || !pause(pauses_[attempt])) return report_(integration.id(), result.message);
  }
}

// False when it is time to stop.
bool ChangeDesk::pause(Duration duration) {
  std::unique_lock lock(mutex_);
  return !wake_.wait_for(lock, duration, [this] { return stopping_; });
}

void ChangeDesk::close() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
}

void ChangeDesk::stop() {
  close();
  worker_.stop();
}

}  // namespace tocsin

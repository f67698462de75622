// The change desk tells services that want to know what a reload changed about the rules. Nobody is paged by
// it, so it is not recorded: some attempts are made, and what none of them achieved is logged.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "app/delivery_desk.h"
#include "app/transport.h"
#include "app/worker_pool.h"
#include "core/rule_change.h"

namespace tocsin {

class ChangeDesk {
 public:
  // What came of it, in the end; the error is empty where the service took it.
  using Report = std::function<void(const IntegrationId&, const std::string& error)>;
  // `pauses` are those between attempts.
  ChangeDesk(Transport&, Clock&, Report,
             std::vector<Duration> pauses = {std::chrono::seconds(2), std::chrono::seconds(15),
                                             std::chrono::seconds(60)});
  ~ChangeDesk();

  void take(std::shared_ptr<const DeliveryConfig>, RulesChanged);
  // No attempt is begun from here on.
  void close();
  void stop();

 private:
  void tell(const Integration&, const DeliveryConfig&, const RulesChanged&);
  bool pause(Duration);

  Transport& transport_;
  Clock& clock_;
  const Report report_;
  const std::vector<Duration> pauses_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  WorkerPool worker_{1};  // last: ends before what it uses
};

}  // namespace tocsin

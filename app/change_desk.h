// The change desk tells services that asked for it what changed about the rules. Nobody is paged by it: some
// attempts are made, and what came of them is reported. What is owed is remembered elsewhere: see
// app/change_book.h.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "app/change_book.h"
#include "app/delivery_desk.h"
#include "app/transport.h"
#include "app/worker_pool.h"

namespace tocsin {

class ChangeDesk {
 public:
  // What came of it; the error is empty where the service took it. Not called for what the end of the program
  // cut short: that stays owed.
  using Report = std::function<void(const ChangeNews&, ChangeTold::Outcome, const std::string& error)>;
  static constexpr Duration kTooOld = std::chrono::hours(24);  // for anybody to be told as news

  // `host` is where the program runs. `pauses` are those between attempts.
  ChangeDesk(Transport&, Clock&, std::string host, std::shared_ptr<const DeliveryConfig>, Report,
             std::vector<Duration> pauses = {std::chrono::seconds(2), std::chrono::seconds(15),
                                             std::chrono::seconds(60)});
  ~ChangeDesk();

  void configure(std::shared_ptr<const DeliveryConfig>);
  void take(ChangeNews);
  // No attempt is begun from here on.
  void close();
  void stop();

 private:
  void tell(const ChangeNews&);
  std::shared_ptr<const DeliveryConfig> config() const;
  bool pause(Duration);

  Transport& transport_;
  Clock& clock_;
  const std::string host_;
  const Report report_;
  const std::vector<Duration> pauses_;
  mutable std::mutex mutex_;  // guards config_ and stopping_
  std::condition_variable wake_;
  std::shared_ptr<const DeliveryConfig> config_;
  bool stopping_ = false;
  WorkerPool worker_{1};  // last: ends before what it uses
};

}  // namespace tocsin

// The change desk tells services that asked for it what changed about the rules: each service one news after
// the other, and no service waits for another one. Nobody is paged by it: some attempts are made, and what
// came of them is reported. What is owed is remembered elsewhere: see app/change_book.h.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "app/change_book.h"
#include "app/deadline_queue.h"
#include "app/delivery_desk.h"
#include "app/transport.h"

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
  // After the transport has answered what it was given.
  void stop();

 private:
  struct Line {
    std::deque<ChangeNews> news;  // the first is being told
    std::size_t failures = 0;     // of the first
  };
  using LineNumber = std::uint64_t;

  void work();
  void attempt(LineNumber);
  void take_answer(LineNumber, const ChangeNews&, const DeliveryResult&);
  void finish(LineNumber, const ChangeNews&, ChangeTold::Outcome, const std::string& error);

  Transport& transport_;
  Clock& clock_;
  const std::string host_;
  const Report report_;
  const std::vector<Duration> pauses_;
  std::mutex mutex_;  // guards what follows, down to closed_
  std::shared_ptr<const DeliveryConfig> config_;
  std::map<IntegrationId, LineNumber> numbers_;
  std::deque<Line> lines_;  // by number
  bool closed_ = false;
  DeadlineQueue due_;   // lines whose first news is to be told
  std::thread worker_;  // last: it uses all of the above
};

}  // namespace tocsin

// PrometheusDesk: puts questions to a Prometheus server, several at the same time, and keeps to a budget. It
// decides nothing about rules. A question that is not asked any more, or that nobody answers, has its reason
// as the answer.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "app/options_check.h"
#include "app/transport.h"
#include "rules/online/answer.h"
#include "rules/online/question_call.h"

namespace tocsin {

struct PrometheusPlace {
  std::string url;   // without a slash at the end; may hold a login
  std::string name;  // the same without, for people
  std::shared_ptr<const HttpConfig> config;
};
// Fails on a URL that cannot be used and on a faulty file; it does not look whether anybody is there.
Result<PrometheusPlace> find_prometheus(const OnlineFlags&);

class PrometheusDesk {
 public:
  using Clock = std::function<std::chrono::steady_clock::time_point()>;

  PrometheusDesk(PrometheusPlace, const OnlineFlags& budget, const QuestionTime&, Transport&,
                 Clock clock = std::chrono::steady_clock::now);

  // Answers in the order of the questions. Equal questions are the caller's business.
  std::vector<Answer> ask(const std::vector<Question>&);
  // What the questions from now on are about.
  void set_time(const QuestionTime& time) { time_ = time; }
  const std::string& name() const { return place_.name; }

 private:
  Answer ask_one(const Question&);
  Answer answer_to(const Question&, const OutboundAnswer&);
  HttpRequest request_for(const Question&, Duration timeout, bool as_get) const;
  void note(const Answer&);

  const PrometheusPlace place_;
  const OnlineFlags budget_;
  QuestionTime time_;
  Transport& transport_;
  const Clock clock_;
  const std::chrono::steady_clock::time_point started_;
  std::atomic<std::size_t> asked_ = 0;
  std::atomic<bool> posts_refused_ = false;
  std::mutex mutex_;
  std::size_t failures_in_a_row_ = 0;  // of those that nobody answered, or that the server failed to
  std::string last_failure_;
};

}  // namespace tocsin

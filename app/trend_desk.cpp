#include "app/trend_desk.h"

#include <exception>

#include "evaluator/prometheus_client.h"

namespace tocsin {

TrendDesk::TrendDesk(Transport& transport, Clock& clock, Post post)
    : transport_(transport), clock_(clock), post_(std::move(post)) {}

TrendDesk::~TrendDesk() {
  stop();
}

void TrendDesk::take(TrendQuestion question) {
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return;
    auto& pool = pools_[question.plan->server->name];
    if (!pool) pool = std::make_unique<WorkerPool>(kAtOnce);
    if (pool->waiting() < kLongestLine) {
      return pool->submit([this, question = std::move(question)] {
        TrendArrived arrived = ask(question);
        {
          const std::lock_guard still_open(mutex_);
          if (closed_) return;
        }
        post_(std::move(arrived));
      });
    }
  }
  post_({question.plan, question.rule, {}});
}

TrendArrived TrendDesk::ask(const TrendQuestion& question) {
  const Duration ahead = clock_.ahead();
  const std::string& url = question.plan->server->url;
  bool post = true;
  {
    const std::lock_guard lock(mutex_);
    post = !without_post_.contains(url);
  }
  try {
    OutboundAnswer answer;
    if (post) answer = transport_.perform(trend_request(question, ahead));
    if (!post || refuses_post(answer)) {
      if (post) {
        const std::lock_guard lock(mutex_);
        without_post_.insert(url);
      }
      answer = transport_.perform(trend_get_request(question, ahead));
    }
    return read_trend_answer(question, ahead, answer);
  } catch (const std::exception&) {  // a page does without, and the program goes on
    return {question.plan, question.rule, {}};
  }
}

void TrendDesk::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
}

void TrendDesk::stop() {
  close();
  std::map<std::string, std::unique_ptr<WorkerPool>> pools;
  {
    const std::lock_guard lock(mutex_);
    pools.swap(pools_);
  }
  for (auto& [name, pool] : pools) pool->stop();
}

}  // namespace tocsin

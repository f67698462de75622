#include "app/trend_desk.h"

#include <exception>
#include <utility>

namespace tocsin {

TrendDesk::TrendDesk(Transport& transport, Clock& clock, Post post)
    : clock_(clock), post_(std::move(post)), workers_(transport, kAtOnce) {}

void TrendDesk::take(TrendQuestion question) {
  const auto answer = [this, question] {
    TrendArrived arrived = ask(question);
    if (!workers_.closed()) post_(std::move(arrived));
  };
  const auto taken = workers_.submit(question.plan->server->name, answer, kLongestLine);
  if (taken == QueryWorkers::Taken::kLineTooLong) post_({question.plan, question.rule, {}});
}

TrendArrived TrendDesk::ask(const TrendQuestion& question) {
  const Duration ahead = clock_.ahead();
  try {
    const OutboundAnswer answer = workers_.ask(
        question.plan->server->url, [&] { return trend_request(question, ahead); },
        [&] { return trend_get_request(question, ahead); });
    return read_trend_answer(question, ahead, answer);
  } catch (const std::exception&) {  // a page does without, and the program goes on
    return {question.plan, question.rule, {}};
  }
}

}  // namespace tocsin

#include "app/prometheus_desk.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/curl_options.h"
#include "app/http_config_file.h"
#include "app/parallel.h"
#include "core/duration.h"

namespace tocsin {
namespace {

// After so many failures in a row nobody is there any more. A server that has only a part of the API fails at
// five questions in a row, those about its configuration.
constexpr std::size_t kGiveUpAfter = 8;
// How much longer the transport waits than the server may calculate, so that its own words arrive.
constexpr Duration kAnswerSlack = std::chrono::seconds(1);

// What is refused or broken off is about the question, everything else about the server.
bool is_failure(const Answer& answer) {
  const auto* none = std::get_if<NoAnswer>(&answer);
  return none != nullptr && none->reason != NoAnswerReason::kRefused &&
         none->reason != NoAnswerReason::kTooSlow;
}

}  // namespace

Result<PrometheusPlace> find_prometheus(const OnlineFlags& flags) {
  const auto url = read_server_url(flags.url, "http://localhost:9090");
  if (!url) return fail("--prometheus: " + url.error().message);
  PrometheusPlace place;
  place.url = url->text();
  while (place.url.ends_with('/')) place.url.pop_back();
  place.name = url->place();
  HttpConfig config;
  config.proxy_from_environment = true;  // without a file as Go's clients
  if (!flags.http_config_file.empty()) {
    auto read = read_http_config_file(flags.http_config_file);
    if (!read) return tl::unexpected(read.error());
    config = std::move(*read);
  }
  place.config = std::make_shared<const HttpConfig>(std::move(config));
  return place;
}

PrometheusDesk::PrometheusDesk(PrometheusPlace place, const OnlineFlags& budget, const QuestionTime& time,
                               Transport& transport, Clock clock)
    : place_(std::move(place)),
      budget_(budget),
      time_(time),
      transport_(transport),
      clock_(std::move(clock)),
      started_(clock_()) {}

std::vector<Answer> PrometheusDesk::ask(const std::vector<Question>& questions) {
  std::vector<Answer> answers(questions.size());
  in_parallel(questions.size(), budget_.concurrency,
              [&](std::size_t i) { answers[i] = ask_one(questions[i]); });
  return answers;
}

Answer PrometheusDesk::ask_one(const Question& question) {
  const Duration left = budget_.max_time - (clock_() - started_);
  {
    const std::lock_guard lock(mutex_);
    if (failures_in_a_row_ >= kGiveUpAfter) {
      return NoAnswer{NoAnswerReason::kGivenUp,
                      fmt::format("{} questions in a row failed, and no more were asked; the last one: {}",
                                  kGiveUpAfter, last_failure_)};
    }
  }
  if (left <= Duration::zero()) {
    return NoAnswer{NoAnswerReason::kTimeSpent, fmt::format("the time of {} for questions is over",
                                                            format_prometheus_duration(budget_.max_time))};
  }
  if (asked_++ >= budget_.max_queries) {
    return NoAnswer{NoAnswerReason::kQuerySpent,
                    fmt::format("the budget of {} {} is spent", budget_.max_queries,
                                budget_.max_queries == 1 ? "question" : "questions")};
  }
  const Duration timeout = std::min(budget_.timeout, left);
  const bool as_get = posts_refused_;
  OutboundAnswer answer = transport_.perform(request_for(question, timeout, as_get));
  if (answer.result == TransportResult::kAnswered && (answer.status == 405 || answer.status == 501) &&
      !as_get) {
    posts_refused_ = true;  // this server or proxy takes no POST
    answer = transport_.perform(request_for(question, timeout, true));
  }
  Answer read = answer_to(question, answer);
  note(read);
  return read;
}

HttpRequest PrometheusDesk::request_for(const Question& question, Duration timeout, bool as_get) const {
  ApiCall call = call_for(question, time_, timeout);
  HttpRequest request;
  request.url = place_.url + call.path;
  request.headers.emplace_back("Accept", "application/json");
  request.config = place_.config;
  request.timeout = timeout + kAnswerSlack;
  if (call.posts && !as_get) {
    request.method = "POST";
    request.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
    request.body = std::move(call.parameters);
  } else if (!call.parameters.empty()) {
    request.url += "?" + call.parameters;
  }
  return request;
}

Answer PrometheusDesk::answer_to(const Question& question, const OutboundAnswer& answer) {
  const std::string said = without_place(answer.error, place_.name);
  switch (answer.result) {
    case TransportResult::kAnswered:
      return read_answer(question, answer.status, answer.body);
    case TransportResult::kTimedOut:
      return NoAnswer{NoAnswerReason::kTimedOut,
                      "the server did not answer in time" + (said.empty() ? "" : ": " + said)};
    case TransportResult::kTooLarge:
      return NoAnswer{NoAnswerReason::kUnreadable,
                      "the answer is too large" + (said.empty() ? "" : ": " + said)};
    default:
      return NoAnswer{NoAnswerReason::kUnreachable, said.empty() ? "the server cannot be reached" : said};
  }
}

void PrometheusDesk::note(const Answer& answer) {
  const std::lock_guard lock(mutex_);
  if (!is_failure(answer)) {
    failures_in_a_row_ = 0;
    return;
  }
  ++failures_in_a_row_;
  last_failure_ = std::get<NoAnswer>(answer).words;
}

}  // namespace tocsin

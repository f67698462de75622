#include "evaluator/prometheus_client.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/duration.h"
#include "core/labels.h"
#include "evaluator/query_answer.h"
#include "evaluator/text_functions.h"

namespace tocsin {
namespace {

using Failure = QueryResult::Failure;

// How much longer the transport waits than the server may calculate.
constexpr Duration kAnswerSlack = std::chrono::seconds(1);
// Half a million series; a rule that brings more is a mistake in its expression.
constexpr std::size_t kMaxAnswerBytes = std::size_t{128} << 20;
constexpr std::size_t kQuotedBytes = 120;
constexpr std::string_view kInstantPath = "/api/v1/query";
constexpr std::string_view kRangePath = "/api/v1/query_range";

void append_parameter(std::string& out, std::string_view name, std::string_view value) {
  if (!out.empty()) out += '&';
  out += query_escape(name) + "=" + query_escape(value);
}

std::string query_form(std::string_view expression, TimePoint at, Duration timeout) {
  std::string form;
  append_parameter(form, "query", expression);
  append_parameter(form, "time", format_unix_seconds(at));
  append_parameter(form, "timeout",
                   format_prometheus_duration(std::max<Duration>(timeout, std::chrono::milliseconds(1))));
  return form;
}

std::string range_form(const RangeQuery& query) {
  std::string form;
  append_parameter(form, "query", query.expression);
  append_parameter(form, "start", format_unix_seconds(query.begin));
  append_parameter(form, "end", format_unix_seconds(query.end));
  append_parameter(form, "step", fmt::format("{:.3f}", to_seconds(query.step)));
  append_parameter(form, "timeout", format_prometheus_duration(query.timeout));
  return form;
}

std::string parameters_of(const PrometheusServer& server) {
  std::string parameters;
  for (const auto& [name, value] : server.query_params) append_parameter(parameters, name, value);
  return parameters;
}

HttpRequest request_to(const PrometheusServer& server, std::string_view path, Duration timeout) {
  HttpRequest request;
  request.url = server.url;
  while (request.url.ends_with('/')) request.url.pop_back();
  request.url += path;
  request.headers.emplace_back("Accept", "application/json");
  request.config = server.http;
  request.timeout = timeout + kAnswerSlack;
  request.max_answer_bytes = kMaxAnswerBytes;
  return request;
}

HttpRequest post(const PrometheusServer& server, HttpRequest request, std::string form) {
  request.method = "POST";
  request.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
  if (const std::string parameters = parameters_of(server); !parameters.empty())
    request.url += "?" + parameters;
  request.body = std::move(form);
  return request;
}

HttpRequest get(const PrometheusServer& server, HttpRequest request, const std::string& form) {
  const std::string parameters = parameters_of(server);
  request.url += "?" + (parameters.empty() ? "" : parameters + "&") + form;
  return request;
}

// The beginning of a body that is not what was expected, on one line.
std::string first_words(std::string_view body) {
  std::string words;
  for (const char c : body.substr(0, 4 * kQuotedBytes)) {
    const bool blank = static_cast<unsigned char>(c) <= ' ';
    if (blank && (words.empty() || words.back() == ' ')) continue;
    words += blank ? ' ' : c;
  }
  if (words.size() > kQuotedBytes) {
    std::size_t cut = kQuotedBytes;
    while (cut > 0 && (static_cast<unsigned char>(words[cut]) & 0xC0) == 0x80)
      --cut;  // not inside a character
    words.resize(cut);
    words += "…";
  }
  while (words.ends_with(' ')) words.pop_back();
  return words.empty() ? "nothing" : go_quote(words);
}

QueryResult failed(Failure failure, std::string error) {
  QueryResult result;
  result.failure = failure;
  result.error = std::move(error);
  return result;
}

QueryResult transport_failure(const OutboundAnswer& answer) {
  const std::string said = answer.error.empty() ? "" : ": " + answer.error;
  switch (answer.result) {
    case TransportResult::kTooLarge:
      return failed(Failure::kBadAnswer, "the answer is too large" + said);
    case TransportResult::kTimedOut:
      return failed(Failure::kUnreachable, "the server did not answer in time" + said);
    case TransportResult::kTlsFailed:
      return failed(Failure::kUnreachable, "no secure connection to the server" + said);
    case TransportResult::kMisconfigured:
      return failed(Failure::kUnreachable, "the server cannot be asked as it is configured" + said);
    default:
      return failed(Failure::kUnreachable, "the server cannot be reached" + said);
  }
}

// What an errorType of the API means to a rule; the table is spec'd by Prometheus' web/api/v1.
Failure failure_of(std::string_view error_type) {
  return error_type == "bad_data" || error_type == "execution" ? Failure::kQuery : Failure::kServer;
}

QueryResult not_an_answer(const OutboundAnswer& answer, const std::string& reason) {
  if (answer.status < 200 || answer.status > 299) {
    return failed(Failure::kServer, fmt::format("the server answered HTTP status {}: {}", answer.status,
                                                first_words(answer.body)));
  }
  return failed(
      Failure::kBadAnswer,
      fmt::format("the answer is not that of a Prometheus API ({}); is the url right, is there a proxy in "
                  "between? It starts with {}",
                  reason, first_words(answer.body)));
}

QueryResult result_of(QueryAnswer& answer, const OutboundAnswer& outbound) {
  using Type = QueryAnswer::Type;
  if (answer.status == "error") {
    const std::string type = answer.error_type.empty() ? "error" : answer.error_type;
    QueryResult result = failed(failure_of(answer.error_type), type + ": " + answer.error);
    result.warnings = std::move(answer.warnings);
    return result;
  }
  if (answer.status != "success") return not_an_answer(outbound, "its status is neither success nor error");
  if (outbound.status < 200 || outbound.status > 299)
    return not_an_answer(outbound, "success with an error status");
  if (answer.result_type == "matrix" || answer.result_type == "string") {
    return failed(Failure::kWrongType, "rule result is not a vector or scalar");
  }
  const bool vector =
      answer.result_type == "vector" && (answer.type == Type::kEmptyList || answer.type == Type::kSeries);
  const bool scalar =
      answer.result_type == "scalar" && answer.type == Type::kPoint && answer.samples.size() == 1;
  if (!vector && !scalar) {
    return failed(Failure::kBadAnswer,
                  fmt::format("the server answered with a result that does not fit its type {}",
                              go_quote(answer.result_type)));
  }
  QueryResult result;
  result.samples = std::move(answer.samples);
  result.warnings = std::move(answer.warnings);
  return result;
}

}  // namespace

std::string_view to_string(QueryResult::Failure failure) {
  switch (failure) {
    case Failure::kNone:
      return "none";
    case Failure::kUnreachable:
      return "unreachable";
    case Failure::kServer:
      return "server";
    case Failure::kQuery:
      return "query";
    case Failure::kBadAnswer:
      return "bad answer";
    case Failure::kWrongType:
      return "wrong type";
  }
  return "none";
}

HttpRequest instant_query_request(const PrometheusServer& server, std::string_view expression, TimePoint at,
                                  Duration timeout) {
  return post(server, request_to(server, kInstantPath, timeout), query_form(expression, at, timeout));
}

HttpRequest instant_query_get_request(const PrometheusServer& server, std::string_view expression,
                                      TimePoint at, Duration timeout) {
  return get(server, request_to(server, kInstantPath, timeout), query_form(expression, at, timeout));
}

HttpRequest range_query_request(const PrometheusServer& server, const RangeQuery& query,
                                std::size_t max_answer_bytes) {
  HttpRequest request = post(server, request_to(server, kRangePath, query.timeout), range_form(query));
  request.max_answer_bytes = max_answer_bytes;
  return request;
}

HttpRequest range_query_get_request(const PrometheusServer& server, const RangeQuery& query,
                                    std::size_t max_answer_bytes) {
  HttpRequest request = get(server, request_to(server, kRangePath, query.timeout), range_form(query));
  request.max_answer_bytes = max_answer_bytes;
  return request;
}

bool refuses_post(const OutboundAnswer& answer) {
  return answer.result == TransportResult::kAnswered && (answer.status == 405 || answer.status == 501);
}

QueryResult read_query_answer(const OutboundAnswer& answer) {
  if (answer.result != TransportResult::kAnswered) return transport_failure(answer);
  Result<QueryAnswer> read = read_query_json(answer.body);
  if (!read) return not_an_answer(answer, read.error().message);
  return result_of(*read, answer);
}

}  // namespace tocsin

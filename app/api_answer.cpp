#include "app/api_answer.h"

#include <fmt/format.h>

#include "core/json.h"

namespace tocsin {

HttpAnswer json_answer(std::string json) {
  return {200, "application/json", std::move(json), {}};
}

HttpAnswer text_answer(int status, std::string_view text) {
  HttpAnswer answer{status, "text/plain; charset=utf-8", std::string(text), {}};
  if (!text.ends_with('\n')) answer.body += '\n';
  return answer;
}

HttpAnswer v2_error(int status, std::string_view message) {
  return {status, "application/json", JsonWriter().string(message).take(), {}};
}

HttpAnswer v2_schema_error(int code, std::string_view message) {
  JsonWriter json;
  json.begin_object().key("code").integer(code).field("message", message).end_object();
  return {code >= 600 ? 422 : code, "application/json", json.take(), {}};
}

std::optional<HttpAnswer> refuse_unless_json(const HttpQuery& query) {
  const std::string_view sent = query.header("Content-Type").value_or("");
  std::string_view type = sent.substr(0, sent.find(';'));
  while (type.ends_with(' ') || type.ends_with('\t')) type.remove_suffix(1);
  if (equal_ignoring_case(type, "application/json")) return std::nullopt;
  return v2_schema_error(
      415, fmt::format("unsupported media type \"{}\": send Content-Type: application/json", sent));
}

HttpAnswer v1_error(int status, std::string_view type, std::string_view message) {
  JsonWriter json;
  json.begin_object().field("status", "error").field("errorType", type).field("error", message).end_object();
  return {status, "application/json", json.take(), {}};
}

}  // namespace tocsin

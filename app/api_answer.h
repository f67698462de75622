// The shapes in which the API answers: what went well, and the three ways in which Alertmanager and
// Prometheus write errors. Only shapes: when which is due is decided by the handlers.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "app/http_message.h"

namespace tocsin {

HttpAnswer json_answer(std::string json);
HttpAnswer text_answer(int status, std::string_view text);

// As Alertmanager's handlers write errors: a bare JSON string.
HttpAnswer v2_error(int status, std::string_view message);
// As the layer below Alertmanager's handlers (go-openapi) writes them: {"code":…,"message":…}. Codes from 600
// on are answered with 422.
HttpAnswer v2_schema_error(int code, std::string_view message);
inline constexpr int kCodeWrongType = 601;
inline constexpr int kCodeRequired = 602;
inline constexpr int kCodeTooFew = 612;

// Whatever is posted to the API is JSON and has to say so: 415 where it does not.
std::optional<HttpAnswer> refuse_unless_json(const HttpQuery&);

// As Prometheus writes errors: {"status":"error","errorType":…,"error":…}.
HttpAnswer v1_error(int status, std::string_view type, std::string_view message);
inline HttpAnswer v1_bad_data(std::string_view message) {
  return v1_error(400, "bad_data", message);
}

}  // namespace tocsin

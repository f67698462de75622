#include "receivers/slack_steps.h"

#include "core/json.h"

namespace tocsin {
namespace {

using Outcome = DeliveryResult::Outcome;
using Kind = SlackStep::Kind;

// Slack's limits are not all documented, and users write blocks of their own: a page in plain words is better
// than none.
bool refuses_blocks(std::string_view error) {
  return error.starts_with("invalid_blocks") || error.starts_with("msg_blocks_too_long") ||
         error.starts_with("invalid_attachments") || error.starts_with("msg_too_long");
}

DeliveryResult after_post(const SlackStep& step, DeliveryResult result) {
  // The next try must not find the old message gone once more.
  if (step.instead == SlackStep::Instead::kOfGone && result.outcome != Outcome::kDelivered)
    result.message_ref_is_gone = true;
  return result;
}

}  // namespace

std::optional<SlackPosted> SlackPosted::parse(const std::string& ref) {
  const std::size_t blank = ref.find(' ');
  if (blank == std::string::npos || blank == 0 || blank + 1 == ref.size()) return std::nullopt;
  return SlackPosted{ref.substr(0, blank), ref.substr(blank + 1)};
}

std::string slack_error(const OutboundAnswer& answer) {
  if (answer.result != TransportResult::kAnswered) return "";
  if (answer.header("content-type").rfind("application/json", 0) != 0)
    return answer.status == 200 && answer.body == "ok" ? "" : answer.body.substr(0, 100);
  const Result<JsonValue> json = JsonValue::parse(answer.body);
  return !json || json->boolean("ok") ? "" : json->text("error");
}

bool means_that_it_is_gone(std::string_view error) {
  return error == "message_not_found" || error == "edit_window_closed" || error == "cant_update_message";
}

std::variant<SlackStep, DeliveryResult> after_slack_step(const SlackStep& step, const OutboundAnswer& answer,
                                                         DeliveryResult result, SlackThreads threads,
                                                         const std::optional<SlackPosted>& posted) {
  const std::string error = slack_error(answer);
  SlackStep again = step;
  if (error.starts_with("duplicate_") && step.named == SlackStep::Named::kYes) {
    again.named = SlackStep::Named::kNo;
    return again;
  }
  if (refuses_blocks(error) && step.look == SlackStep::Look::kFull && step.kind != Kind::kReply) {
    again.look = SlackStep::Look::kPlain;
    return again;
  }
  switch (step.kind) {
    case Kind::kPost:
      return after_post(step, std::move(result));
    case Kind::kChange:
      if (means_that_it_is_gone(error))
        return SlackStep{.kind = Kind::kPost, .instead = SlackStep::Instead::kOfGone};
      if (result.outcome != Outcome::kDelivered || threads == SlackThreads::kOff) return result;
      return SlackStep{.kind = Kind::kReply};
    case Kind::kReply:
      break;
  }
  // A thread that takes no reply (locked, say) must not keep the news from people.
  if (result.outcome == Outcome::kRejected && result.reason != "authError")
    return SlackStep{.kind = Kind::kPost, .instead = SlackStep::Instead::kOfReply};
  if (result.outcome == Outcome::kDelivered && posted) {
    result.message_ref = posted->text();  // not the reply's own name
  } else {
    result.message = "the message was changed, the reply in its thread was not posted: " + result.message;
  }
  return result;
}

}  // namespace tocsin

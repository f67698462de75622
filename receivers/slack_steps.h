// The requests that a Slack message may take: posting it, or changing the one posted before and telling of
// the changes in its thread, and what is done instead where Slack refuses that. A pure function of the
// answers so far, so that a delivery which failed half-way begins anew from nothing but its notification.
//
//   change ─ done ─► reply (with threads) ─ done ─► end
//     │ gone            │ refused
//     └──────► post ◄───┘
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "core/delivery_result.h"
#include "core/outbound.h"

namespace tocsin {

// The message that was posted before, as message_ref names it: "CHANNEL TS".
struct SlackPosted {
  std::string channel, ts;
  std::string text() const { return channel + " " + ts; }
  static std::optional<SlackPosted> parse(const std::string& ref);
};

struct SlackStep {
  enum class Kind { kPost, kChange, kReply } kind = Kind::kPost;
  enum class Look { kFull, kPlain } look = Look::kFull;  // kPlain: text alone, after Slack refused the blocks
  enum class Named { kYes, kNo } named = Named::kYes;    // whether it carries an id of ours
  // Why this is posted although there was a message to change.
  enum class Instead { kNothing, kOfGone, kOfReply } instead = Instead::kNothing;
};

enum class SlackThreads { kOff, kOn };

// What follows the answer to a step; `result` is what that answer means by itself, `posted` the message that
// the delivery began with.
std::variant<SlackStep, DeliveryResult> after_slack_step(const SlackStep&, const OutboundAnswer&,
                                                         DeliveryResult result, SlackThreads,
                                                         const std::optional<SlackPosted>& posted);

// Slack's word for what is wrong; empty where its answer has none.
std::string slack_error(const OutboundAnswer&);
// Somebody deleted the earlier message, or it is too old to be changed.
bool means_that_it_is_gone(std::string_view error);

}  // namespace tocsin

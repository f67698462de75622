// Everything that can happen to the program, and all that it can ask for. Events carry parsed values:
// whatever had to be read or fetched was read before the event was queued. A Step is the engine's answer. Its
// parts are lists by kind instead of one list of variants, because the shell treats each kind as a whole: all
// records in one commit, then evaluations, then deliveries.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "app/change_book.h"
#include "app/heartbeat.h"
#include "core/alert.h"
#include "core/delivery_result.h"
#include "core/notice.h"
#include "core/notification.h"
#include "core/record.h"
#include "evaluator/evaluator.h"
#include "router/router.h"

namespace tocsin {

// What the engine works by. How receivers speak and where files lie is the shell's business.
struct EngineConfig {
  std::shared_ptr<const EvaluatorConfig> evaluator;
  std::shared_ptr<const RoutingConfig> routing;
  std::shared_ptr<const HeartbeatPolicy> heartbeat = nullptr;  // null: none is wanted
  std::vector<IntegrationId> change_listeners = {};            // who wants to hear of changed rules
};

struct Tick {};  // time has passed
struct DeliveryFinished {
  std::string notification_id;
  DeliveryResult result;
};
struct AlertsPosted {
  std::vector<Alert> alerts;  // valid ones
};
struct ConfigLoaded {
  EngineConfig config;
};
// Somebody wants a silence: answered under the ticket, in Step::silence_answers.
struct SilenceWanted {
  std::uint64_t ticket = 0;
  Silence silence;
  std::string new_id;  // in case that one is made
};
struct SilenceUnwanted {
  std::uint64_t ticket = 0;
  std::string id;
};
// What the shell found out about its store, at each change.
struct StoreCondition {
  std::string error;  // empty: commits work again
};
// What an earlier run stored could not be read: the program started without it.
struct StoreReset {
  std::string message;
};
using Event = std::variant<Tick, GroupEvaluated, TrendArrived, DeliveryFinished, AlertsPosted, ConfigLoaded,
                           ChangeTold, SilenceWanted, SilenceUnwanted, StoreCondition, StoreReset>;

struct SilenceAnswer {
  std::uint64_t ticket = 0;
  tl::expected<std::string, SilenceError> id;  // of the silence in force
};

struct Step {
  std::vector<Record> records;  // to be durable before any delivery of this step starts
  std::vector<EvaluateGroup> evaluations;
  std::vector<TrendQuestion> trend_questions;
  std::vector<Notification> deliveries;
  std::vector<ChangeNews> change_news;
  std::vector<Notice> notices;
  std::vector<SilenceAnswer> silence_answers;             // to be given once the records are durable
  std::map<MutedBy, std::size_t> muted;                   // alerts that flushes left out
  std::size_t limited = 0;                                // alerts that were one too many of their name
  std::optional<HeartbeatSign> heartbeat = std::nullopt;  // to be given
  // Steps that are committed together; of two records with one key the later stands.
  void append(Step&& later);
};

}  // namespace tocsin

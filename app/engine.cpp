#include "app/engine.h"

#include <algorithm>
#include <iterator>

#include "app/receiver_alerts.h"
#include "app/store_alerts.h"
#include "core/duration.h"
#include "core/json.h"
#include "core/own_alert.h"

namespace tocsin {
namespace {

constexpr std::string_view kHeartbeatBucket = "heartbeat";

Record heartbeat_record(TimePoint now) {
  JsonWriter json;
  json.begin_object().key("at").integer(now.time_since_epoch().count()).end_object();
  return {std::string(kHeartbeatBucket), "engine", json.take()};
}

// For how long nobody watched: since the last heartbeat of the run before; zero at the very first start.
Duration unwatched_since(std::span<const Record> stored, TimePoint now) {
  for (const Record& record : stored) {
    if (record.bucket != kHeartbeatBucket) continue;
    const auto json = JsonValue::parse(record.value.value_or(""));
    if (json && is_set(json->time("at"))) return std::max(Duration::zero(), now - json->time("at"));
  }
  return Duration::zero();
}

template <class T>
void move_to(std::vector<T>& to, std::vector<T>&& from) {
  if (to.empty()) return to.swap(from);  // the rule, also in a storm, whose lists are long
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

}  // namespace

void Step::append(Step&& later) {
  move_to(records, std::move(later.records));
  move_to(evaluations, std::move(later.evaluations));
  move_to(trend_questions, std::move(later.trend_questions));
  move_to(deliveries, std::move(later.deliveries));
  move_to(change_news, std::move(later.change_news));
  move_to(notices, std::move(later.notices));
  move_to(silence_answers, std::move(later.silence_answers));
  for (const auto& [by, count] : later.muted) muted[by] += count;
  limited += later.limited;
  if (later.heartbeat) heartbeat = std::move(later.heartbeat);
}

std::unique_ptr<Engine> Engine::start(EngineConfig config, std::span<const Record> stored, TimePoint now,
                                      Step& first) {
  std::unique_ptr<Engine> engine(new Engine(config.routing));
  const Duration unwatched = unwatched_since(stored, now);
  EvaluatorOutput evaluated;
  engine->evaluator_.restore(stored, unwatched, evaluated);
  engine->evaluator_.configure(config.evaluator, now, evaluated);
  engine->heartbeat_.configure(config.heartbeat, now);
  engine->trends_.configure(*config.evaluator);
  ChangeBook::Output changed;
  engine->changes_.restore(stored);
  engine->changes_.configure(*config.evaluator, config.change_listeners, now, changed);
  take(std::move(changed), first);
  RouterOutput routed;
  engine->router_.restore(stored, now, routed);
  // Before the news of the restart are taken in: they may end some of them.
  for (const AlertView& view : engine->router_.alerts(now)) {
    const std::string receiver = failing_integration(view.alert.labels);
    if (!receiver.empty() && !is_set(view.alert.ends_at)) engine->failing_receivers_[receiver] = view.alert;
  }
  engine->take(std::move(routed), now, first);
  engine->take(std::move(evaluated), now, first);

  // An alert of a rule that the router remembers and no rule fires: its rule went while nobody watched. One
  // with an end ahead is no rule's: it is news about the program, and ends by itself.
  std::vector<Alert> orphans;
  for (AlertView& view : engine->router_.alerts(now)) {
    Alert& alert = view.alert;
    const bool orphan = alert.origin == AlertOrigin::kRule && !is_set(alert.ends_at) &&
                        !engine->evaluator_.fires(alert.labels);
    if (!orphan) continue;
    const std::string receiver = failing_integration(alert.labels);
    if (engine->router_.gates().fails(receiver)) continue;
    engine->failing_receivers_.erase(receiver);
    alert.ends_at = now;
    alert.cause = ResolveCause::kRuleDeleted;
    orphans.push_back(std::move(alert));
  }
  RouterOutput orphaned;
  engine->router_.accept(orphans, now, orphaned);
  engine->take(std::move(orphaned), now, first);

  if (!stored.empty()) {
    first.notices.push_back(
        {NoticeKind::kStateRestored,
         "",
         {},
         {{"records", std::to_string(stored.size())}, {"unwatched", format_prometheus_duration(unwatched)}}});
  }
  first.append(engine->handle(Tick{}, now));
  return engine;
}

// An answer that waits may end what is about to be said: so nothing is said between two events of a batch.
Step Engine::handle(std::span<Event> events, TimePoint now) {
  Step step;
  for (Event& event : events) take_in(std::move(event), now, step);
  settle(now, step);
  return step;
}

void Engine::take_in(Event&& event, TimePoint now, Step& step) {
  if (auto* result = std::get_if<GroupEvaluated>(&event)) {
    EvaluatorOutput out;
    evaluator_.evaluated(std::move(*result), now, out);
    take(std::move(out), now, step);
  } else if (auto* trend = std::get_if<TrendArrived>(&event)) {
    trends_.arrived(std::move(*trend), now);
  } else if (auto* finished = std::get_if<DeliveryFinished>(&event)) {
    RouterOutput out;
    const auto integration = router_.delivered(finished->notification_id, finished->result, now, out);
    take(std::move(out), now, step);
    if (integration && !finished->result.template_error.empty())
      note_template(*integration, finished->result.template_error, now, step);
  } else if (auto* posted = std::get_if<AlertsPosted>(&event)) {
    RouterOutput out;
    router_.accept(posted->alerts, now, out);
    take(std::move(out), now, step);
  } else if (auto* wanted = std::get_if<SilenceWanted>(&event)) {
    RouterOutput out;
    auto id = router_.set_silence(std::move(wanted->silence), std::move(wanted->new_id), now, out);
    step.silence_answers.push_back({wanted->ticket, std::move(id)});
    take(std::move(out), now, step);
  } else if (auto* unwanted = std::get_if<SilenceUnwanted>(&event)) {
    RouterOutput out;
    const auto done = router_.expire_silence(unwanted->id, now, out);
    tl::expected<std::string, SilenceError> id(std::move(unwanted->id));
    if (!done) id = tl::unexpected(done.error());
    step.silence_answers.push_back({unwanted->ticket, std::move(id)});
    take(std::move(out), now, step);
  } else if (auto* loaded = std::get_if<ConfigLoaded>(&event)) {
    RouterOutput routed;
    router_.configure(loaded->config.routing, now, routed);
    take(std::move(routed), now, step);
    EvaluatorOutput evaluated;
    evaluator_.configure(loaded->config.evaluator, now, evaluated);
    take(std::move(evaluated), now, step);
    heartbeat_.configure(loaded->config.heartbeat, now);
    trends_.configure(*loaded->config.evaluator);
    ChangeBook::Output changed;
    changes_.configure(*loaded->config.evaluator, loaded->config.change_listeners, now, changed);
    take(std::move(changed), step);
  } else if (const auto* told = std::get_if<ChangeTold>(&event)) {
    ChangeBook::Output out;
    changes_.told(*told, out);
    take(std::move(out), step);
  } else if (const auto* condition = std::get_if<StoreCondition>(&event)) {
    take_in(*condition, now, step);
  } else if (const auto* reset = std::get_if<StoreReset>(&event)) {
    Alert alert = storage_was_reset(reset->message, now);
    alert.labels = with_external(alert.labels);
    tell(alert, now, step);
  }
}

void Engine::take_in(const StoreCondition& condition, TimePoint now, Step& step) {
  if (condition.error.empty()) {
    if (store_fails_) tell(storage_works_again(std::move(*store_fails_), now), now, step);
    store_fails_.reset();
    return;
  }
  Alert alert = storage_failing(condition.error, now);
  alert.labels = with_external(alert.labels);
  if (store_fails_) alert.starts_at = store_fails_->starts_at;
  store_fails_ = alert;
  tell(alert, now, step);
}

// The program's own news about one of its integrations.
void Engine::take_in(const IntegrationNews& news, TimePoint now, Step& step) {
  const std::string name = news.integration.to_string();
  if (news.kind == IntegrationNews::Kind::kFailing) {
    Alert alert = receiver_failing(news);
    alert.updated_at = now;
    alert.labels = with_external(alert.labels);
    failing_receivers_[name] = alert;
    return tell(alert, now, step);
  }
  auto known = failing_receivers_.extract(name);
  if (!known.empty()) tell(ended(std::move(known.mapped()), now), now, step);
}

// Renewed now and then, not with every notification.
void Engine::note_template(const IntegrationId& id, const std::string& error, TimePoint now, Step& step) {
  constexpr Duration kRenewed = std::chrono::minutes(30);
  Alert alert = template_failing(id, error, now);
  alert.labels = with_external(alert.labels);
  const auto known = failing_templates_.find(id);
  if (known != failing_templates_.end() && known->second.ends_at > now) {
    if (known->second.ends_at - now > kRenewed) return;
    alert.starts_at = known->second.starts_at;
  }
  failing_templates_[id] = alert;
  tell(alert, now, step);
}

void Engine::tell(const Alert& alert, TimePoint now, Step& step) {
  const bool fires = !alert.resolved_at(now);
  Notice notice{fires ? NoticeKind::kAlertFired : NoticeKind::kAlertResolved,
                alert.labels.fingerprint_hex(),
                alert.labels,
                {}};
  notice.details.emplace_back(
      fires ? "summary" : "cause",
      fires ? std::string(alert.annotations.value("summary")) : std::string(to_string(alert.cause)));
  step.notices.push_back(std::move(notice));
  RouterOutput out;
  router_.accept({&alert, 1}, now, out);
  take(std::move(out), now, step);
}

// As alerts of rules have them, where there are rules.
Labels Engine::with_external(const Labels& labels) const {
  const auto& groups = evaluator_.groups();
  return groups.empty() ? labels : groups.begin()->second.plan->with_external(labels);
}

// Whatever is due at `now`.
void Engine::settle(TimePoint now, Step& step) {
  EvaluatorOutput evaluated;
  evaluator_.advance(now, evaluated);
  take(std::move(evaluated), now, step);
  do {  // what the router finds out may be an alert of our own, which is due at once
    RouterOutput routed;
    router_.advance(now, routed);
    take(std::move(routed), now, step);
  } while (router_.next_deadline() <= now);
  if (auto sign = heartbeat_.advance(evaluator_, router_, store_fails_.has_value(), now, step.notices))
    step.heartbeat = std::move(sign);
  if (now < next_heartbeat_) return;
  step.records.push_back(heartbeat_record(now));
  next_heartbeat_ = now + kHeartbeat;
}

TimePoint Engine::next_deadline() const {
  return std::min(
      {evaluator_.next_deadline(), router_.next_deadline(), next_heartbeat_, heartbeat_.next_deadline()});
}

void Engine::take(EvaluatorOutput&& out, TimePoint now, Step& step) {
  move_to(step.records, std::move(out.records));
  move_to(step.evaluations, std::move(out.evaluations));
  move_to(step.notices, std::move(out.notices));
  for (const TrendQuestion& stirred : out.stirred) trends_.ask(stirred, now, step.trend_questions);
  if (out.alerts.empty()) return;
  RouterOutput routed;
  router_.accept(out.alerts, now, routed);
  take(std::move(routed), now, step);
}

void Engine::take(ChangeBook::Output&& out, Step& step) {
  move_to(step.records, std::move(out.records));
  move_to(step.change_news, std::move(out.news));
}

void Engine::take(RouterOutput&& out, TimePoint now, Step& step) {
  move_to(step.records, std::move(out.records));
  trends_.add_to(out.deliveries, now, step.trend_questions);
  move_to(step.deliveries, std::move(out.deliveries));
  move_to(step.notices, std::move(out.notices));
  for (const auto& [by, count] : out.muted) step.muted[by] += count;
  step.limited += out.limited;
  for (const IntegrationNews& news : out.news) take_in(news, now, step);
}

}  // namespace tocsin

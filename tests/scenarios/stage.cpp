#include "tests/scenarios/stage.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/duration.h"
#include "evaluator/schedule.h"
#include "router/posted_alerts.h"
#include "tests/scenarios/label_text.h"

namespace tocsin {
namespace {

using namespace std::chrono_literals;

// When scenarios begin, until the first rule group moves it to one of its slots.
const TimePoint kSomeDay = TimePoint(std::chrono::seconds(1'700'000'000));
// As long as the program waits for a receiver's answer.
constexpr Duration kPatience = 30s;

std::optional<Duration> read_duration(std::string_view text) {
  const auto duration = parse_prometheus_duration(text);
  return duration ? std::optional(*duration) : std::nullopt;
}

}  // namespace

ScenarioLines Stage::carry_out(const ScenarioCommand& command) {
  lines_.clear();
  const bool ran = shell_ != nullptr && shell_->running();
  if (!understand(command.text, command.block))
    complain("this command is not understood (see README.md): " + command.text);
  if (ran && !shell_->running()) say("-- the program is down");
  return std::move(lines_);
}

bool Stage::complain(std::string what) {
  say("!! " + std::move(what));
  return true;
}

bool Stage::understand(std::string_view words, const std::string& block) {
  const std::string_view verb = take_word(words);
  if (verb == "file") {
    files_.files[std::string(words)] = block;
    return true;
  }
  if (verb == "start") return start();
  if (verb == "prometheus") return prometheus(words);
  if (verb == "receiver") return receiver(words);
  if (shell_ == nullptr) return complain("nothing runs: `start` comes first");
  if (verb == "reload") return reload();
  if (verb == "post") return post(words);
  if (verb == "silence") return silence(words);
  if (verb == "expire") return expire(words);
  if (verb == "show") return show(words);
  if (verb == "explain") return explain(words);
  if (verb == "crash") return crash(words);
  if (verb == "restart") return restart(words);
  if (verb == "disk") return disk(words);
  const auto time = read_duration(words);
  if (!time) return false;
  if (verb == "at") return run_to(started_at_ + *time);
  if (verb == "wait") return run_to(shell_->now() + *time);
  if (verb != "jump") return false;
  shell_->jump_to(shell_->now() + *time);
  return true;
}

bool Stage::run_to(TimePoint time) {
  if (time < shell_->now()) return complain("that time has passed: it is " + clock(shell_->now()));
  shell_->run_until(time);
  return true;
}

bool Stage::load() {
  Problems problems;
  auto loaded = load_configuration("tocsin.yml", "http://tocsin.example", files_, problems);
  for (const Problem& problem : problems.all()) say(problem.to_string());
  if (!loaded) return false;
  configuration_ = std::move(*loaded);
  return true;
}

bool Stage::start() {
  if (shell_ != nullptr) return complain("it runs already");
  if (!load()) return true;
  started_at_ = kSomeDay;
  if (!configuration_.engine.evaluator->groups.empty()) {
    const GroupPlan& first = *configuration_.engine.evaluator->groups.front();
    started_at_ = Schedule(first.id(), first.interval).slot_after(kSomeDay);
  }
  shell_ = std::make_unique<VirtualShell>(world(), started_at_);
  shell_->start(configuration_.engine);
  return true;
}

bool Stage::reload() {
  if (load()) shell_->reload(configuration_.engine);
  return true;
}

bool Stage::crash(std::string_view words) {
  if (words.empty())
    shell_->crash();
  else if (words == "before commit")
    shell_->crash_at(VirtualShell::CrashPoint::kBeforeCommit);
  else if (words == "before delivery")
    shell_->crash_at(VirtualShell::CrashPoint::kBeforeDelivery);
  else
    return false;
  return true;
}

bool Stage::disk(std::string_view words) {
  const bool full = words == "full";
  shell_->store().fail_commits(full ? std::optional(Error{"database or disk is full"}) : std::nullopt);
  return full || words == "fine";
}

bool Stage::restart(std::string_view words) {
  if (shell_->running()) return complain("it still runs");
  if (!words.empty()) {
    const auto pause = take_word(words) == "after" ? read_duration(words) : std::nullopt;
    if (!pause) return false;
    shell_->run_until(shell_->now() + *pause);
  }
  shell_->restart();
  return true;
}

bool Stage::prometheus(std::string_view words) {
  const std::string_view verb = take_word(words);
  if (verb == "down" || verb == "up") {
    prometheus_is_down_ = verb == "down";
    queries_take_ = {};
    return true;
  }
  if (verb == "slow") {
    const auto takes = read_duration(words);
    if (takes) queries_take_ = *takes;
    return takes.has_value();
  }
  const std::size_t colon = words.rfind(": ");
  if (colon == std::string_view::npos) return false;
  QueryResult& result = answers_[std::string(words.substr(0, colon))] = {};
  const std::string_view answer = words.substr(colon + 2);
  if (verb == "fails") {
    result.failure = QueryResult::Failure::kQuery;
    result.error = std::string(answer);
    return true;
  }
  const auto samples = read_samples(answer);
  if (verb != "answers" || !samples) return false;
  result.samples = *samples;
  return true;
}

bool Stage::receiver(std::string_view words) {
  Service& service = services_[std::string(take_word(words))];
  const std::string_view verb = take_word(words);
  if (verb == "takes") {
    const auto takes = read_duration(words);
    if (takes) service.takes = *takes;
    return takes.has_value();
  }
  service.answer = std::string(take_word(words));
  service.retry_after = words.empty() ? Duration{} : read_duration(words).value_or(0s);
  static constexpr std::string_view kKnown[] = {"ok", "500", "400", "429", "nothing"};
  return verb == "answers" && std::ranges::find(kKnown, service.answer) != std::end(kKnown);
}

bool Stage::post(std::string_view words) {
  PostedAlert alert;
  const auto labels = take_labels(words);
  if (!labels) return false;
  alert.labels = *labels;
  while (!words.empty()) {
    const std::string_view what = take_word(words);
    std::string_view when = take_word(words);
    const bool past = when.starts_with('-');
    if (past) when.remove_prefix(1);
    const auto distance = when == "now" ? Duration{} : read_duration(when);
    if (!distance) return false;
    const TimePoint time = past ? shell_->now() - *distance : shell_->now() + *distance;
    if (what == "starts")
      alert.starts_at = time;
    else if (what == "ends")
      alert.ends_at = time;
    else
      return false;
  }
  // As a sender would say it; what is said of an alert without a start is read_posted_alerts' own.
  if (!is_set(alert.starts_at) && alert.ends_at > shell_->now()) alert.starts_at = shell_->now();
  PostedAlerts posted = read_posted_alerts(std::span(&alert, 1), configuration_.resolve_timeout,
                                           NameScheme::kUtf8, shell_->now());
  for (const PostedError& error : posted.errors) complain(error.message);
  shell_->post(std::move(posted.alerts));
  return true;
}

// silence {a="b"} for 1h; silence {a="b"} for 1h from 10m; silence {a="b"} for 1h until resolved
bool Stage::silence(std::string_view words) {
  const std::size_t brace = words.find('}');
  if (brace == std::string_view::npos) return false;
  const auto matchers = parse_matchers(words.substr(0, brace + 1));
  if (!matchers) return complain(matchers.error().message);
  words.remove_prefix(brace + 1);
  Silence wanted;
  wanted.matcher_sets = {matchers->matchers};
  wanted.starts_at = shell_->now();
  wanted.created_by = "ann";
  wanted.comment = "known";
  Duration lasts = 1h;
  while (!words.empty() && words.front() == ' ') words.remove_prefix(1);
  while (!words.empty()) {
    const std::string_view what = take_word(words);
    const std::string_view value = take_word(words);
    if (what == "until" && value == "resolved") {
      wanted.until_resolved = true;
      continue;
    }
    const auto duration = read_duration(value);
    if (!duration) return false;
    if (what == "for")
      lasts = *duration;
    else if (what == "from")
      wanted.starts_at = shell_->now() + *duration;
    else
      return false;
  }
  wanted.ends_at = wanted.starts_at + lasts;
  const auto id = shell_->set_silence(std::move(wanted));
  if (!id) say("refused: " + id.error().message);
  return true;
}

// By the last digits of its id.
bool Stage::expire(std::string_view words) {
  for (const Silence& known : shell_->engine().router().silences().all()) {
    if (!known.id.ends_with(words)) continue;
    const auto done = shell_->expire_silence(known.id);
    if (!done) say("refused: " + done.error().message);
    return true;
  }
  return complain("there is no such silence");
}

VirtualShell::World Stage::world() {
  return {
      [this](const PrometheusServer&, const std::string& expression, TimePoint) { return ask(expression); },
      [this](const Notification& notification) { return deliver(notification); },
      [this](std::span<const Notice> notices, TimePoint now) {
        for (const Notice& notice : notices) {
          // The page itself is shown instead.
          if (notice.kind != NoticeKind::kNotifying) say(clock(now) + " " + line_of(notice));
        }
      },
      [this](const HeartbeatSign& sign, TimePoint now) {
        const bool alive = sign.kind == HeartbeatSign::Kind::kAlive;
        say(clock(now) + (alive ? " >> heartbeat" : " no heartbeat"));
      },
  };
}

VirtualShell::QueryReply Stage::ask(const std::string& expression) const {
  QueryResult result;
  const auto answer = answers_.find(expression);
  if (answer != answers_.end()) result = answer->second;
  if (prometheus_is_down_) {
    result = {};
    result.failure = QueryResult::Failure::kUnreachable;
    result.error = "connection refused";
  }
  return {std::move(result), queries_take_};
}

// A scenario names an integration in full, or all of a kind, or all of a receiver.
Stage::Service& Stage::service_of(const IntegrationId& id) {
  for (const std::string& name : {id.to_string(), id.kind, id.receiver}) {
    const auto service = services_.find(name);
    if (service != services_.end()) return service->second;
  }
  return fine_;
}

VirtualShell::DeliveryReply Stage::deliver(const Notification& notification) {
  using Outcome = DeliveryResult::Outcome;
  const Service& service = service_of(notification.integration);
  std::string page = fmt::format("{} >> {} ({})", clock(shell_->now()), notification.integration.to_string(),
                                 to_string(notification.reason));
  if (service.answer != "ok") page += " -> " + service.answer;
  say(std::move(page));
  for (const Alert& alert : notification.alerts) {
    const bool firing = !is_set(alert.ends_at);
    say(fmt::format("            {} {}{}", firing ? "FIRING" : "RESOLVED", alert.labels.to_string(),
                    firing ? "" : fmt::format(" ({})", to_string(alert.cause))));
  }

  VirtualShell::DeliveryReply reply;
  reply.took = service.takes;
  DeliveryResult& result = reply.result.emplace();
  if (service.answer == "nothing") {
    reply.took = kPatience;
    result.outcome = Outcome::kFailed;
    result.message = "no answer within 30s";
    return reply;
  }
  result.status = service.answer == "ok" ? 200 : std::stoi(service.answer);
  if (result.status == 200) return reply;
  result.outcome = result.status == 400 ? Outcome::kRejected : Outcome::kFailed;
  result.message = result.status == 400   ? "channel_not_found"
                   : result.status == 429 ? "too many requests"
                                          : "internal error";
  result.retry_after = service.retry_after;
  return reply;
}

}  // namespace tocsin

#include "tests/router/router_story.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/check.h"

namespace tocsin {

RoutingConfig plain_config() {
  RoutingConfig config;
  config.root.receiver = "team";
  name_routes(config.root);
  config.receivers = {{"team", {integration("team")}}};
  return config;
}

RouterStory::RouterStory(RoutingConfig config)
    : service([](const Notification&) { return ok(); }),
      config_(std::make_shared<RoutingConfig>(std::move(config))),
      router_(std::make_unique<Router>(config_)) {}

void RouterStory::fires(const Labels& labels, double second) {
  Alert alert;
  alert.labels = labels;
  alert.starts_at = alert.updated_at = at(second);
  alert.origin = AlertOrigin::kRule;
  accepts(alert, second);
}

void RouterStory::resolves(const Labels& labels, double second) {
  Alert alert;
  alert.labels = labels;
  alert.starts_at = kStart;
  alert.ends_at = alert.updated_at = at(second);
  alert.origin = AlertOrigin::kRule;
  alert.cause = ResolveCause::kConditionFalse;
  accepts(alert, second);
}

void RouterStory::accepts(Alert alert, double second) {
  run_until(second);
  RouterOutput out;
  router_->accept({&alert, 1}, now_, out);
  take(std::move(out));
  advance();
}

void RouterStory::reloads(RoutingConfig config, double second) {
  run_until(second);
  config_ = std::make_shared<RoutingConfig>(std::move(config));
  RouterOutput out;
  router_->configure(config_, now_, out);
  take(std::move(out));
  advance();
}

std::string RouterStory::silences(const Matcher& matcher, double second, double until) {
  run_until(second);
  Silence silence;
  silence.matcher_sets = {{matcher}};
  silence.starts_at = now_;
  silence.ends_at = at(until);
  silence.created_by = silence.comment = "somebody";
  RouterOutput out;
  auto id = router_->set_silence(silence, fmt::format("silence-{:g}", second), now_, out);
  TOCSIN_CHECK(id.has_value());
  take(std::move(out));
  advance();
  return *id;
}

void RouterStory::expires(const std::string& silence, double second) {
  run_until(second);
  RouterOutput out;
  TOCSIN_CHECK(router_->expire_silence(silence, now_, out).has_value());
  take(std::move(out));
  advance();
}

void RouterStory::restarts(double second) {
  now_ = std::max(now_, at(second));
  unanswered_.clear();
  router_ = std::make_unique<Router>(config_);
  std::vector<Record> records;
  for (const auto& [name, value] : store_) records.push_back({name.first, name.second, value});
  RouterOutput out;
  router_->restore(records, now_, out);
  take(std::move(out));
  advance();
}

void RouterStory::answers(const std::string& id, const DeliveryResult& result, double second) {
  run_until(second);
  RouterOutput out;
  router_->delivered(id, result, now_, out);
  take(std::move(out));
  advance();
}

void RouterStory::run_until(double second) {
  TimePoint end = at(second);
  TOCSIN_CHECK(end >= now_, "a story runs forwards");
  while (router_->next_deadline() <= end) {
    now_ = std::max(now_, router_->next_deadline());
    advance();
  }
  now_ = end;
}

void RouterStory::advance() {
  do {  // an answer that comes at once may bring about more, and is to be written down
    answered_ = false;
    RouterOutput out;
    router_->advance(now_, out);
    TOCSIN_CHECK(router_->next_deadline() > now_, "after advance nothing is due");
    take(std::move(out));
  } while (answered_ || router_->next_deadline() <= now_);
}

void RouterStory::take(RouterOutput out) {
  for (const Record& record : out.records) {
    if (record.value) {
      store_[{record.bucket, record.key}] = *record.value;
    } else {
      store_.erase({record.bucket, record.key});
    }
  }
  for (const Notification& n : out.deliveries) {
    std::string line = fmt::format("{:g} {} {}:", now(), n.integration.to_string(), to_string(n.reason));
    for (const Alert& alert : n.alerts) {
      line += fmt::format(" {}{}", is_set(alert.ends_at) ? '-' : '+', alert.labels.value("alertname"));
    }
    said_ += line + "\n";
    deliveries_.push_back(n);
    unanswered_.push_back(n);
  }
  notices_.insert(notices_.end(), out.notices.begin(), out.notices.end());
  last_output = std::move(out);
  RouterOutput kept = last_output;
  while (!unanswered_.empty()) {
    Notification n = unanswered_.front();
    unanswered_.pop_front();
    std::optional<DeliveryResult> result = service(n);
    if (!result) continue;
    RouterOutput answer;
    router_->delivered(n.id, *result, now_, answer);
    answered_ = true;
    take(std::move(answer));
  }
  last_output = std::move(kept);
}

std::string RouterStory::said() {
  return std::exchange(said_, "");
}

std::vector<std::string> RouterStory::notices(NoticeKind kind) const {
  std::vector<std::string> lines;
  for (const Notice& notice : notices_) {
    if (notice.kind == kind) lines.push_back(notice.to_string());
  }
  return lines;
}

std::size_t RouterStory::records_of(std::string_view bucket) const {
  return static_cast<std::size_t>(
      std::ranges::count_if(store_, [&](const auto& entry) { return entry.first.first == bucket; }));
}

}  // namespace tocsin

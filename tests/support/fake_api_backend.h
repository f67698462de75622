// A program made of values, for tests of the API: what it is asked it answers from its members, what is done
// to it it writes down.
#pragma once

#include <algorithm>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "app/api.h"
#include "app/memory_store.h"
#include "core/json.h"
#include "router/silences.h"

namespace tocsin {

// 2026-01-02T03:04:05Z
inline constexpr TimePoint kApiNow{std::chrono::seconds(1767323045)};

struct FakeApiBackend : ApiBackend {
  std::vector<AlertView> alert_views;
  std::vector<GroupView> group_views;
  std::vector<AlertExplanation> explanations;
  MemoryStore store;  // of the history
  RulesSnapshot rules_snapshot;
  std::string not_ready;      // why
  std::string reload_errors;  // of the next reload
  bool busy = false;

  Silences kept_silences;  // new ones get the ids of silence_id(1), silence_id(2), …
  bool refuse_broad = false;
  int silence_ids = 0;

  std::vector<Alert> offered;
  PostedCounts counts;
  int reloads = 0;

  TimePoint now() override { return kApiNow; }
  Duration resolve_timeout() override { return std::chrono::minutes(5); }
  std::vector<AlertView> alerts() override {
    std::vector<AlertView> views = alert_views;
    std::ranges::sort(views, {}, [](const AlertView& view) { return view.alert.labels.fingerprint(); });
    return views;
  }
  void alerts_in_parts(std::size_t part,
                       std::function<void(std::vector<AlertView>, bool last)> take) override {
    const std::vector<AlertView> views = alerts();
    std::size_t first = 0;
    for (; views.size() - first > part; first += part) {
      const auto begin = views.begin() + static_cast<std::ptrdiff_t>(first);
      take({begin, begin + static_cast<std::ptrdiff_t>(part)}, false);
    }
    take({views.begin() + static_cast<std::ptrdiff_t>(first), views.end()}, true);
  }
  std::vector<GroupView> groups() override { return group_views; }
  Explanations explain(const ExplainQuery& query) override {
    Explanations found;
    for (const AlertExplanation& alert : explanations) {
      if (!query.takes(alert.alert.labels)) continue;
      if (found.alerts.size() < query.limit)
        found.alerts.push_back(alert);
      else
        ++found.left_out;
    }
    return found;
  }
  Result<std::vector<HistoryEntry>> history(const HistoryQuery& query) override {
    return StoreHistoryReader(store).read(query);
  }
  RulesSnapshot rules() override { return rules_snapshot; }
  std::vector<ReceiverView> receivers() override {
    return {{"team-db", {{"name", "team-db"}, {"owner", "x"}}},
            {"team-web", {{"name", "team-web"}}},
            {"null", {{"name", "null"}}}};
  }
  StatusView status() override {
    StatusView view;
    view.version = "0.1.0";
    view.started_at = kApiNow - std::chrono::hours(1);
    view.redacted_config = "prometheus: []\nroute:\n  receiver: team-db\n";
    view.alertmanager_config = "route:\n  receiver: team-db\n";
    view.instance = "web-1";
    view.address = "127.0.0.1:9093";
    view.external_url = "http://tocsin.example";
    return view;
  }
  std::string metrics_text() override { return "up 1\n"; }
  Result<void> ready() override {
    if (!not_ready.empty()) return fail(not_ready);
    return {};
  }
  OfferAnswer offer(std::vector<Alert> alerts) override {
    if (busy) return OfferAnswer::kTooBusy;
    offered = std::move(alerts);
    return OfferAnswer::kAccepted;
  }
  void count_posted(const PostedCounts& posted) override { counts = posted; }
  static std::string silence_id(int number) {
    std::string digits = std::to_string(number);
    return "00000000-0000-4000-8000-" + std::string(12 - digits.size(), '0') + digits;
  }
  std::vector<Silence> silences() override { return kept_silences.all(); }
  std::optional<Silence> silence(const std::string& id) override {
    const Silence* found = kept_silences.find(id);
    if (found == nullptr) return std::nullopt;
    return *found;
  }
  tl::expected<std::string, SilenceError> set_silence(Silence wanted) override {
    RouterOutput out;
    return kept_silences.set(std::move(wanted), silence_id(++silence_ids), kApiNow, {}, out);
  }
  tl::expected<void, SilenceError> expire_silence(const std::string& id) override {
    RouterOutput out;
    return kept_silences.expire(id, kApiNow, out);
  }
  bool refuse_broad_silences() override { return refuse_broad; }
  Result<void> reload() override {
    ++reloads;
    if (!reload_errors.empty()) return fail(reload_errors);
    return {};
  }
};

// ask(backend, "GET", "/api/v2/alerts?filter=a=b"), as the server would hand it over.
inline HttpAnswer ask(FakeApiBackend& backend, std::string method, std::string_view target,
                      std::string body = "", std::string content_type = "application/json",
                      std::string prefix = "") {
  HttpQuery query;
  query.method = std::move(method);
  query.raw_target = target;
  const std::size_t mark = target.find('?');
  query.path = target.substr(0, mark);
  if (mark != std::string_view::npos) query.params = parse_query_string(target.substr(mark + 1));
  if (!content_type.empty()) query.headers.emplace_back("content-type", std::move(content_type));
  query.body = std::move(body);
  return Api(backend, std::move(prefix)).answer(query);
}

inline std::string header_of(const HttpAnswer& answer, std::string_view name) {
  for (const auto& [key, value] : answer.headers) {
    if (equal_ignoring_case(key, name)) return value;
  }
  return "";
}

inline JsonValue json_of(const HttpAnswer& answer) {
  auto json = JsonValue::parse(answer.body);
  return json ? *json : JsonValue();
}

}  // namespace tocsin

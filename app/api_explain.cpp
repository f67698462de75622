#include "app/api_explain.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "app/api_answer.h"
#include "app/explain_json.h"
#include "app/past_alert.h"
#include "app/query_params.h"

namespace tocsin {
namespace {

constexpr std::size_t kMostAlerts = 100;
constexpr std::size_t kMostLines = 10'000;    // read of the history for one question
constexpr std::size_t kMostLinesShown = 100;  // of one alert

using Lines = std::vector<PastNotice>;  // newest first

struct Wanted {
  Matchers filter;
  std::optional<TimePoint> at;  // nothing: now
};

tl::expected<Wanted, HttpAnswer> read_wanted(ApiBackend& backend, const HttpQuery& query) {
  Wanted wanted;
  auto filter = read_matchers(query, "filter", backend.matcher_dialect());
  if (!filter) return tl::unexpected(filter.error());
  wanted.filter = std::move(*filter);
  const std::string_view at = query.param("at").value_or("");
  if (at.empty()) return wanted;
  const auto time = parse_rfc3339(at);
  if (!time || !is_set(*time)) {
    return tl::unexpected(v2_error(
        400, fmt::format("bad at {}: give a time as 2026-01-02T15:04:05Z (RFC 3339)", go_quote(at))));
  }
  if (*time > backend.now()) {
    return tl::unexpected(v2_error(
        400, fmt::format("bad at {}: it lies ahead, and only what has been can be told", go_quote(at))));
  }
  wanted.at = *time;
  return wanted;
}

// One answer under way: what was read of the history, and the alerts that it is about.
class Answer {
 public:
  Answer(ApiBackend& backend, const Wanted& wanted)
      : backend_(backend), wanted_(wanted), now_(backend.now()), moment_(wanted.at.value_or(now_)) {}

  Result<std::string> write() {
    Explanations live;
    if (!wanted_.at) {
      live = backend_.explain(
          {[this](const Labels& labels) { return filter_takes(wanted_.filter, labels); }, kMostAlerts});
    }
    if (!wanted_.at) find_pending();
    Result<void> done = live.alerts.empty() ? find_past() : read_about(live);
    if (!done) return tl::unexpected(done.error());
    JsonWriter json;
    json.begin_object().field("now", format_rfc3339_millis(now_));
    if (wanted_.at) json.field("at", format_rfc3339_millis(*wanted_.at));
    json.key("alerts").begin_array();
    for (const AlertExplanation& alert : live.alerts) {
      std::set<std::string> groups;
      for (const GroupExplanation& group : alert.groups) groups.insert(group.group_key);
      write_explanation(json, alert, shown(alert.key.to_string(), groups));
    }
    json.end_array().key("pending").begin_array();
    for (const PendingAlert& alert : pending_) write_pending_alert(json, alert, now_);
    json.end_array().key("past").begin_array();
    for (const PastAlert& alert : past_) {
      std::set<std::string> groups;
      for (const PastGroup& group : alert.groups) groups.insert(group.key);
      write_past_alert(json, alert, shown(alert.fingerprint, groups));
    }
    json.end_array().key("leftOut").unsigned_integer(live.left_out + left_out_.size());
    json.key("history").begin_object().key("linesRead").unsigned_integer(lines_.size());
    json.key("all").boolean(all_read_);  // of these alerts
    if (!lines_.empty()) json.field("oldest", format_rfc3339_millis(lines_.back().at));
    return json.end_object().end_object().take();
  }

 private:
  // Nothing in `subjects`: everything.
  Result<Lines> read(const std::set<std::string>& subjects) {
    auto entries = backend_.history(
        {.subjects = {subjects.begin(), subjects.end()}, .until = moment_, .limit = kMostLines});
    if (!entries) return tl::unexpected(entries.error());
    if (entries->size() == kMostLines) all_read_ = false;
    Lines lines;
    lines.reserve(entries->size());
    for (const HistoryEntry& entry : *entries) lines.push_back(read_past_notice(entry));
    return lines;
  }

  void find_pending() {
    for (const RuleGroupSnapshot& group : backend_.rules().groups) {
      for (std::size_t i = 0; i < group.rules.size(); ++i) {
        for (const Instance& instance : group.rules[i].instances) {
          if (instance.state != Instance::State::kPending || !filter_takes(wanted_.filter, instance.labels))
            continue;
          if (pending_.size() == kMostAlerts) {
            left_out_.insert(instance.labels.fingerprint_hex());
            continue;
          }
          pending_.push_back({instance.labels, group.group->name, instance.active_at,
                              group.group->rules[i].hold_for, group.rules[i].last_error});
        }
      }
    }
  }

  Result<void> read_about(const Explanations& live) {
    std::set<std::string> subjects;
    for (const AlertExplanation& alert : live.alerts) {
      subjects.insert(alert.key.to_string());
      for (const GroupExplanation& group : alert.groups) subjects.insert(group.group_key);
    }
    auto lines = read(subjects);
    if (!lines) return tl::unexpected(lines.error());
    lines_ = std::move(*lines);
    return {};
  }

  // The newest lines say which alerts there were; what is known of those is then read in full.
  Result<void> find_past() {
    auto newest = read({});
    if (!newest) return tl::unexpected(newest.error());
    std::map<std::string, Labels> found;
    const auto consider = [&](const std::string& fingerprint, const Labels& labels) {
      if (!filter_takes(wanted_.filter, labels) || found.contains(fingerprint)) return;
      if (found.size() == kMostAlerts) {
        left_out_.insert(fingerprint);
      } else {
        found[fingerprint] = labels;
      }
    };
    for (const PastNotice& notice : *newest) {
      if (notice.of_alert() && !notice.labels.empty()) consider(notice.subject, notice.labels);
    }
    // What fires since long ago may have no line among the newest.
    if (wanted_.at) {
      const auto started = [this](const Labels& labels) { return filter_takes(wanted_.filter, labels); };
      for (const AlertExplanation& alert : backend_.explain({started, kMostAlerts}).alerts) {
        if (alert.alert.starts_at <= moment_) consider(alert.key.to_string(), alert.alert.labels);
      }
    }
    if (found.empty()) {
      lines_ = std::move(*newest);
      return {};
    }
    return read_past(found, *newest);
  }

  Result<void> read_past(const std::map<std::string, Labels>& found, const Lines& newest) {
    std::set<std::string> subjects;
    for (const auto& [fingerprint, labels] : found) {
      subjects.insert(fingerprint);
      for (const PastNotice& notice : newest) {
        if (said_about(notice.named, fingerprint)) subjects.insert(notice.subject);
        if (notice.subject == fingerprint && !notice.alert_group().empty())
          subjects.emplace(notice.alert_group());
      }
    }
    auto lines = read(subjects);
    if (!lines) return tl::unexpected(lines.error());
    lines_ = std::move(*lines);
    for (const auto& [fingerprint, labels] : found) {
      PastAlert alert = past_alert(fingerprint, lines_);
      // The rules know better what is pending now.
      if (!wanted_.at && alert.state == PastState::kPending) continue;
      if (alert.labels.empty()) alert.labels = labels;
      past_.push_back(std::move(alert));
    }
    const auto makers = silence_makers();
    if (!makers) return tl::unexpected(makers.error());
    for (PastAlert& alert : past_) word_past(alert, *makers, moment_);
    return {};
  }

  Result<SilenceMakers> silence_makers() {
    std::set<std::string> ids;
    for (const PastAlert& alert : past_) {
      for (const PastGroup& group : alert.groups) {
        for (std::string_view rest = group.silenced_by; !rest.empty();) {
          const std::size_t comma = std::min(rest.find(", "), rest.size());
          ids.emplace(rest.substr(0, comma));
          rest.remove_prefix(std::min(comma + 2, rest.size()));
        }
      }
    }
    SilenceMakers makers;
    if (ids.empty()) return makers;
    const bool all_read = all_read_;
    const auto lines = read(ids);
    all_read_ = all_read;  // which is about the alerts
    if (!lines) return tl::unexpected(lines.error());
    const auto add = [&](const std::string& id, std::string_view by, std::string_view comment) {
      makers.try_emplace(id, fmt::format("({}, {})", by, go_quote(comment)));
    };
    for (const PastNotice& notice : *lines) {
      if (notice.kind == "SilenceSet") add(notice.subject, notice.detail("by"), notice.detail("comment"));
    }
    for (const std::string& id : ids) {
      if (makers.contains(id)) continue;
      if (const auto silence = backend_.silence(id)) add(id, silence->created_by, silence->comment);
    }
    return makers;
  }

  // Of its groups what is said of the group as a whole, from the alert's own first line on.
  ShownHistory shown(const std::string& fingerprint, const std::set<std::string>& groups) const {
    ShownHistory history;
    const auto concerns = [&](const PastNotice& notice) { return notice.concerns(fingerprint); };
    const auto first = std::find_if(lines_.rbegin(), lines_.rend(), concerns);
    const TimePoint since = first == lines_.rend() ? kNever : first->at;
    for (const PastNotice& notice : lines_) {
      const bool of_group = notice.named.empty() && notice.at >= since && groups.contains(notice.subject);
      if (!of_group && !concerns(notice)) continue;
      if (history.lines.size() == kMostLinesShown) {
        history.more = true;
        break;
      }
      history.lines.push_back(&notice);
    }
    if (!all_read_) history.more = true;
    return history;
  }

  ApiBackend& backend_;
  const Wanted& wanted_;
  const TimePoint now_;
  const TimePoint moment_;
  Lines lines_;
  bool all_read_ = true;
  std::vector<PastAlert> past_;
  std::vector<PendingAlert> pending_;
  std::set<std::string> left_out_;  // fingerprints
};

}  // namespace

HttpAnswer explain_alerts(ApiBackend& backend, const HttpQuery& query) {
  const auto wanted = read_wanted(backend, query);
  if (!wanted) return wanted.error();
  auto answer = Answer(backend, *wanted).write();
  if (!answer) return v2_error(500, answer.error().message);
  return json_answer(std::move(*answer));
}

HttpAnswer list_groups(ApiBackend& backend, const HttpQuery&) {
  JsonWriter json;
  json.begin_array();
  for (const GroupView& group : backend.groups()) write_group_state(json, group);
  return json_answer(json.end_array().take());
}

}  // namespace tocsin

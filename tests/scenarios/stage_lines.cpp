// The part of Stage that makes lines for readers.
#include <fmt/format.h>

#include <regex>

#include "core/duration.h"
#include "tests/scenarios/stage.h"

namespace tocsin {

using namespace std::chrono_literals;

// Time since the start; the fraction of a second is left out.
std::string Stage::clock(TimePoint time) const {
  const auto seconds = (time - started_at_) / 1s;
  return fmt::format("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
}

// As logs print it, but for what is the same everywhere or differs from run to run.
std::string Stage::line_of(const Notice& notice) const {
  Notice shown = notice;
  std::erase_if(shown.details, [](const auto& detail) {
    return detail.first == "file" || detail.first == "took" || detail.first == "last_took";
  });
  for (auto& [name, value] : shown.details) {
    const auto time = parse_rfc3339(value);
    if (time) value = clock(*time);
    const auto duration = name == "in" ? parse_go_duration(value) : fail("");
    if (duration) value = format_go_duration(std::chrono::round<std::chrono::milliseconds>(*duration));
  }
  return shown.to_string();
}

bool Stage::show(std::string_view what) {
  if (!shell_->running()) return complain("it does not run");
  if (what == "alerts")
    show_alerts();
  else if (what == "groups")
    show_groups();
  else if (what == "told")
    show_told();
  else if (what == "silences")
    show_silences();
  else
    return false;
  return true;
}

void Stage::show_alerts() {
  for (const auto& [id, group] : shell_->engine().evaluator().groups()) {
    for (const RuleState& rule : group.rules) {
      for (const auto& [labels, instance] : rule.tracker.instances()) {
        if (instance.state == Instance::State::kPending)
          say(fmt::format("{} pending since {}", labels.to_string(), clock(instance.active_at)));
      }
    }
  }
  for (const AlertView& view : shell_->engine().router().alerts(shell_->now())) {
    std::string line = fmt::format("{} {} since {}", view.alert.labels.to_string(), to_string(view.status),
                                   clock(view.alert.starts_at));
    if (is_set(view.alert.ends_at)) line += ", ends " + clock(view.alert.ends_at);
    for (const std::string& receiver : view.receivers) line += fmt::format(", {}", receiver);
    for (const std::string& id : view.silenced_by) line += ", silenced by " + id;
    for (const std::string& source : view.inhibited_by) line += ", inhibited by " + source;
    for (const std::string& name : view.muted_by) line += ", muted by " + name;
    say(std::move(line));
  }
}

void Stage::show_silences() {
  for (const Silence& silence : shell_->engine().router().silences().all()) {
    say(fmt::format("{} {} {} until {}", silence.id, to_string(silence.state(shell_->now())),
                    matchers_text(silence), clock(silence.ends_at)));
  }
}

void Stage::show_groups() {
  for (const GroupView& group : shell_->engine().router().groups(shell_->now())) {
    say(fmt::format("{} for {}{}: {} alerts, next flush {}", group.group_key, group.receiver,
                    group.retired ? " (route is gone)" : "", group.alerts.size(), clock(group.next_flush)));
  }
}

void Stage::show_told() {
  for (const GroupView& group : shell_->engine().router().groups(shell_->now())) {
    for (const IntegrationView& integration : group.integrations) {
      std::string line =
          fmt::format("{} about {}: believes {} firing, told {} times", integration.id.to_string(),
                      group.group_key, integration.told_firing, integration.times_notified);
      if (is_set(integration.last_notified_at)) line += ", last at " + clock(integration.last_notified_at);
      line += ", delivery " + integration.delivery;
      if (!integration.last_error.empty()) line += ": " + integration.last_error;
      say(std::move(line));
    }
  }
}

// A sentence names times of day; here they count from the start.
std::string Stage::since_start(const std::string& sentence) const {
  static const std::regex kTime(R"((?:(\d{4}-\d\d-\d\d) )?(\d\d:\d\d:\d\d))");
  const std::string today = format_rfc3339(shell_->now()).substr(0, std::string_view("2026-01-02").size());
  std::string text;
  auto rest = sentence.cbegin();
  for (std::sregex_iterator it(sentence.begin(), sentence.end(), kTime), end; it != end; ++it) {
    const std::smatch& found = *it;
    text.append(rest, found[0].first);
    text += clock(*parse_rfc3339((found[1].matched ? found[1].str() : today) + "T" + found[2].str() + "Z"));
    rest = found[0].second;
  }
  return text.append(rest, sentence.cend());
}

bool Stage::explain(std::string_view words) {
  if (!shell_->running()) return complain("it does not run");
  const auto matchers = parse_matchers(words);
  if (!matchers) return complain(matchers.error().message);
  const auto takes = [&](const Labels& labels) { return match_all(matchers->matchers, labels); };
  const Explanations found = shell_->engine().router().explain({takes, 100}, shell_->now());
  if (found.alerts.empty()) say("no such alert");
  for (const AlertExplanation& alert : found.alerts) {
    say(alert.alert.labels.to_string() + (alert.firing ? " fires" : " has ended"));
    for (const GroupExplanation& group : alert.groups) {
      for (const IntegrationExplanation& about : group.integrations)
        say("  " + about.id.to_string() + ": " + since_start(about.verdict));
    }
  }
  return true;
}

}  // namespace tocsin

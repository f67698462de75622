// What keys are for, as an editor shows it while they are written. Only what a name does not say by itself; a
// test refuses keys that no loader reads.
#include <iterator>
#include <string_view>

#include "app/json_schema.h"

namespace tocsin {
namespace {

struct Description {
  std::string_view object;
  std::string_view key;
  std::string_view text;
};

constexpr Description kDescriptions[] = {
    {"rule file", "groups", "Groups of rules; the rules of a group are evaluated one after the other."},
    {"rule group", "name", "Unique within the file."},
    {"rule group", "interval",
     "How often the rules are evaluated; without it, the global evaluation_interval."},
    {"rule group", "query_offset", "So far back in time is evaluated, for data that arrives late."},
    {"rule group", "limit", "How many alerts or series a rule may make; more are an error. 0: any number."},
    {"rule group", "labels", "Added to every rule of the group; a rule's own labels win."},
    {"rule", "alert", "The name of the alert, its label alertname."},
    {"rule", "record", "The name of the series that a recording rule makes."},
    {"rule", "expr", "PromQL. An alert fires for each series that it gives."},
    {"rule", "for", "So long the condition must hold before the alert fires."},
    {"rule", "keep_firing_for", "So long the alert goes on firing when the condition holds no more."},
    {"rule", "labels",
     "Added to what the expression gives; in alerting rules templates. They are the alert's "
     "identity: no values that change, such as $value."},
    {"rule", "annotations", "Texts for people, templates: {{ $labels.instance }}, {{ $value | humanize }}."},
    {"the configuration", "prometheus", "The servers whose API is queried, each with its rule files."},
    {"the configuration", "route", "The root of the routing tree: it hears what no route below takes."},
    {"the configuration", "receivers", "Who is told, and how."},
    {"the configuration", "inhibit_rules", "Alerts that are not told of while others fire."},
    {"the configuration", "time_intervals", "Named times, for routes that are muted or active by the clock."},
    {"the configuration", "templates", "Files of notification templates; * is allowed in the last part."},
    {"the configuration", "heartbeat",
     "A dead man's switch: a service outside alarms when the sign of life stays away."},
    {"the configuration", "global", "Defaults."},
    {"global", "evaluation_interval", "How often rules are evaluated, where their group does not say."},
    {"global", "resolve_timeout", "A posted alert without an end is over after so long without news."},
    {"global", "external_labels", "Added to every alert that the rules here make."},
    {"global", "rule_query_offset",
     "So far back in time rules are evaluated, where their group does not say."},
    {"global", "message_style", "Default texts: tocsin's own, or alertmanager's."},
    {"prometheus", "url", "The server's address, such as http://localhost:9090."},
    {"prometheus", "rule_files", "Relative to this file; * is allowed in the last part."},
    {"route", "receiver", "The name of a receiver; without it, the parent's."},
    {"route", "group_by", "Alerts that are equal in these labels are told together; ['...'] is every label."},
    {"route", "group_wait", "So long a new group waits for more alerts before it speaks."},
    {"route", "group_interval", "So long it waits after it spoke before it tells of changes."},
    {"route", "repeat_interval", "So long until it says the same again."},
    {"route", "matchers", "Which alerts come here: severity=\"critical\", team=~\"db|web\". All must match."},
    {"route", "continue", "Whether the routes beside this one are asked as well."},
    {"route", "routes", "Asked in order; the first that matches takes the alert."},
    {"route", "mute_time_intervals", "Names of time intervals in which nothing is told."},
    {"route", "active_time_intervals", "Names of time intervals outside of which nothing is told."},
    {"receiver", "fallback_receiver",
     "Who is told as well when this receiver's services do not take a page."},
    {"receiver", "fallback_after", "How long delivery fails before that."},
    {"inhibit_rule", "source_matchers", "While an alert that matches these fires …"},
    {"inhibit_rule", "target_matchers", "… alerts that match these are not told of,"},
    {"inhibit_rule", "equal", "where both have the same values of these labels."},
    {"the configuration", "checks", "What `tocsin check` holds rules to, beyond what Prometheus asks."},
    {"check", "comment", "Said with each finding: why it is asked for."},
    {"check", "severity", "warning, or note."},
    {"check", "match", "Which rules are meant, by all of this; without it, every rule."},
    {"check", "ignore", "Which of them are not meant."},
    {"check", "aggregate", "Labels that results must keep, or must not have."},
    {"check", "annotations", "What is asked of annotations, each by its name."},
    {"check", "labels", "What is asked of labels, each by its name."},
    {"check", "selectors", "Labels that selectors must have a matcher for."},
    {"check", "rule_name", "A pattern that the whole name must match."},
    {"check", "owner", "Somebody must own the rule: # tocsin rule/owner NAME, or a label."},
    {"check", "reject", "Texts that names and values must not match."},
    {"check", "report", "Whether every rule that matches is reported."},
    {"match", "kind", "alerting or recording."},
    {"match", "name", "A pattern of the rule's whole name."},
    {"match", "matchers", "Of the labels that the rule sets: severity=\"critical\"."},
    {"match", "paths", "rules/*.yml: such files in a folder rules; prod/: all files below a folder prod."},
    {"selector", "metric", "Only selectors of metrics whose whole name matches this pattern."},
    {"selector", "function", "Only selectors in the arguments of functions that match this pattern."},
    {"selector", "labels", "Each must have a matcher."},
    {"heartbeat", "interval", "How often the sign of life is given."},
    {"heartbeat", "targets", "Where it is given."},
};

}  // namespace

std::string_view key_description(std::string_view object, std::string_view key) {
  for (const Description& known : kDescriptions) {
    if (known.object == object && known.key == key) return known.text;
  }
  return "";
}

std::size_t key_description_count() {
  return std::size(kDescriptions);
}

}  // namespace tocsin

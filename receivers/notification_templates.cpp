#include "receivers/notification_templates.h"

#include <charconv>
#include <functional>
#include <map>
#include <set>

#include "core/template/template_set.h"
#include "receivers/default_templates.h"
#include "receivers/html_escaping.h"
#include "receivers/notification_functions.h"

namespace tocsin {
namespace {

using tmpl::Node;
using Analyses = std::map<const tmpl::Tree*, HtmlAnalysis>;

constexpr std::string_view kInline =
    "";  // the name of a template that stands in the configuration, as Alertmanager has it

// "template: NAME:LINE:COLUMN: WHAT" taken apart; the place is 0:0 where it names another file.
struct LocatedError {
  Position position;
  std::string message;
};

LocatedError locate(const std::string& message, const std::string& name) {
  LocatedError out{{}, message};
  const std::string prefix = "template: " + name + ":";
  if (message.rfind(prefix, 0) != 0) return out;
  const char* at = message.data() + prefix.size();
  const char* end = message.data() + message.size();
  int line = 0;
  auto read = std::from_chars(at, end, line);
  if (read.ec != std::errc() || read.ptr == end || *read.ptr != ':') return out;
  out.position.line = line;
  at = read.ptr + 1;
  int column = 0;
  read = std::from_chars(at, end, column);
  if (read.ec == std::errc() && read.ptr != end && *read.ptr == ':') {
    out.position.column = column + 1;  // Go counts columns from 0
    at = read.ptr + 1;
  }
  while (at != end && *at == ' ') ++at;
  out.message.assign(at, end);
  return out;
}

// The templates that a tree calls, by name.
void collect_calls(const tmpl::ListNode& list, std::set<std::string>& out) {
  for (const auto& node : list.nodes) {
    if (node->type == Node::Type::template_) out.insert(static_cast<const tmpl::TemplateNode&>(*node).name);
    if (node->type != Node::Type::if_ && node->type != Node::Type::range && node->type != Node::Type::with)
      continue;
    const auto& branch = static_cast<const tmpl::BranchNode&>(*node);
    collect_calls(*branch.list, out);
    if (branch.else_list != nullptr) collect_calls(*branch.else_list, out);
  }
}

// Expands route labels on demand: each may call on the others, but not on itself.
class RouteLabels {
 public:
  using Expand = std::function<Result<std::string>(const std::string& text)>;
  RouteLabels(const KeyValues& labels, Expand expand) : labels_(labels), expand_(std::move(expand)) {}

  Result<std::string> value(const std::string& name) {
    const auto label = labels_.find(name);
    if (label == labels_.end()) return std::string();
    if (!in_progress_.insert(name).second) return fail("the route label " + name + " refers to itself");
    Result<std::string> out = expand_(label->second);
    in_progress_.erase(name);
    return out;
  }

 private:
  const KeyValues& labels_;
  Expand expand_;
  std::set<std::string> in_progress_;
};

KeyValues sample_labels(const char* instance, const char* severity) {
  return {{"alertname", "SampleAlert"}, {"cluster", "eu-1"},    {"env", "production"},
          {"instance", instance},       {"job", "api"},         {"namespace", "payments"},
          {"service", "checkout"},      {"severity", severity}, {"team", "sre"}};
}

AlertData sample_alert(const char* instance, const char* severity, bool firing) {
  AlertData out;
  out.firing = firing;
  out.labels = sample_labels(instance, severity);
  out.annotations = {{"dashboard", "https://grafana.example.com/d/abc"},
                     {"description", "Latency of " + std::string(instance) + " is 1.2s & above <1s>."},
                     {"runbook_url", "https://runbooks.example.com/latency"},
                     {"summary", "Latency is high"}};
  out.starts_at = TimePoint(std::chrono::seconds(1'700'000'000));
  if (!firing) out.ends_at = out.starts_at + std::chrono::minutes(18);
  out.generator_url = "https://prometheus.example.com/graph?g0.expr=up+%3D%3D+0&g0.tab=1";
  out.fingerprint = "0123456789abcdef";
  return out;
}

NotificationView sample(std::vector<AlertData> alerts, const char* reason) {
  NotificationData data;
  data.receiver = "sample";
  data.firing = alerts.front().firing;
  data.reason = reason;
  data.group_labels = {{"alertname", "SampleAlert"}, {"cluster", "eu-1"}};
  data.common_labels = alerts.front().labels;
  if (alerts.size() > 1) {
    data.common_labels.erase("instance");
    data.common_labels.erase("severity");
  }
  data.common_annotations = alerts.front().annotations;
  if (alerts.size() > 1) data.common_annotations.erase("description");
  data.external_url = "https://alerts.example.com";
  data.alerts = std::move(alerts);
  return {std::move(data), TimePoint(std::chrono::seconds(1'700'003'600))};
}

}  // namespace

struct NotificationTemplates::Sets {
  tmpl::TemplateSet set{"", notification_functions()};
  Analyses analyses;                                                     // of every tree in the set
  std::unordered_map<const tmpl::ActionNode*, HtmlPlace> shared_places;  // of all of them

  Result<std::string> text(std::string_view template_text, const NotificationView& view) const;
  Result<std::string> html(std::string_view template_text, const NotificationView& view) const;
  // One definition with any dot.
  Result<std::string> text_of(const tmpl::TemplateSet& from, std::string_view name, const tmpl::Value& dot,
                              const NotificationView& view, const tmpl::Escaper& escaper = nullptr) const;
  Result<std::string> check_escapable(const tmpl::TemplateSet& from, const Analyses& more) const;
  void parse(const std::string& name, std::string_view content, Problems& problems);
  void try_definitions(Problems& problems) const;
};

void NotificationTemplates::Sets::parse(const std::string& name, std::string_view content,
                                        Problems& problems) {
  const auto parsed = set.parse(name, std::string(content));
  if (parsed) return;
  LocatedError error = locate(parsed.error().message, name);
  problems.error(name, error.position, std::move(error.message));
}

Result<std::string> NotificationTemplates::Sets::text_of(const tmpl::TemplateSet& from, std::string_view name,
                                                         const tmpl::Value& dot, const NotificationView& view,
                                                         const tmpl::Escaper& escaper) const {
  tmpl::ExecuteOptions options;
  options.missing_key = tmpl::MissingKey::zero;
  RouteLabels labels(view.data().route_labels, [&](const std::string& label_text) -> Result<std::string> {
    tmpl::TemplateSet own = set;
    if (auto parsed = own.parse(std::string(kInline), label_text); !parsed)
      return fail(parsed.error().message);
    return own.execute(kInline, view.value(), options);
  });
  const tmpl::FunctionMap functions =
      moment_functions(view.now(), [&labels](const std::string& label) { return labels.value(label); });
  options.functions = &functions;
  // Route labels are plain text; what they become is escaped where it is printed.
  if (escaper != nullptr) {
    tmpl::ExecuteOptions escaping = options;
    escaping.escaper = escaper;
    return from.execute(name, dot, escaping);
  }
  return from.execute(name, dot, options);
}

Result<std::string> NotificationTemplates::Sets::text(std::string_view template_text,
                                                      const NotificationView& view) const {
  if (template_text.find("{{") == std::string_view::npos) return std::string(template_text);
  tmpl::TemplateSet own = set;
  if (auto parsed = own.parse(std::string(kInline), std::string(template_text)); !parsed)
    return fail(parsed.error().message);
  return text_of(own, kInline, view.value(), view);
}

// Whether every template that the inline one reaches can be escaped; those of the set that nothing calls may
// be for plain text.
Result<std::string> NotificationTemplates::Sets::check_escapable(const tmpl::TemplateSet& from,
                                                                 const Analyses& more) const {
  std::set<std::string> seen;
  std::set<std::string> waiting = {std::string(kInline)};
  while (!waiting.empty()) {
    const std::string name = waiting.extract(waiting.begin()).value();
    const auto tree = from.trees().find(name);
    if (!seen.insert(name).second || tree == from.trees().end()) continue;
    const auto own = more.find(tree->second.get());
    const auto shared = analyses.find(tree->second.get());
    const HtmlAnalysis* analysis = own != more.end()          ? &own->second
                                   : shared != analyses.end() ? &shared->second
                                                              : nullptr;
    if (analysis != nullptr && !analysis->problem.empty()) return fail("template: " + analysis->problem);
    std::set<std::string> calls;
    collect_calls(*tree->second->root, calls);
    for (const std::string& call : calls) waiting.insert(call);
  }
  return std::string();
}

Result<std::string> NotificationTemplates::Sets::html(std::string_view template_text,
                                                      const NotificationView& view) const {
  tmpl::TemplateSet own = set;
  if (auto parsed = own.parse(std::string(kInline), std::string(template_text)); !parsed)
    return fail(parsed.error().message);
  Analyses more;
  for (const auto& [name, tree] : own.trees()) {
    if (!analyses.contains(tree.get())) more.emplace(tree.get(), analyze_html(*tree));
  }
  if (auto escapable = check_escapable(own, more); !escapable) return escapable;
  std::unordered_map<const tmpl::ActionNode*, HtmlPlace> places;
  for (const auto& [tree, analysis] : more) places.insert(analysis.places.begin(), analysis.places.end());
  const tmpl::Escaper escaper = [&](const tmpl::Value& value,
                                    const tmpl::ActionNode& action) -> Result<std::string> {
    if (const auto place = places.find(&action); place != places.end())
      return escape_html(value, place->second);
    const auto shared = shared_places.find(&action);
    return escape_html(value, shared == shared_places.end() ? HtmlPlace::kText : shared->second);
  };
  return text_of(own, kInline, view.value(), view, escaper);
}

// A definition that another one calls is tried through its callers, with the data they give it. The others
// are tried with what templates are called with: the whole, the alerts, one alert, its labels, a text.
void NotificationTemplates::Sets::try_definitions(Problems& problems) const {
  std::set<std::string> called;
  for (const auto& [name, tree] : set.trees()) collect_calls(*tree->root, called);
  for (const auto& [name, tree] : set.trees()) {
    if (called.contains(name)) continue;
    std::string failure;
    bool works = false;
    for (const NotificationView& view : samples()) {
      const tmpl::Value whole = view.value();
      const tmpl::Value alerts = *whole.as_object()->field("Alerts");
      const tmpl::Value alert = alerts.list_data()->items.front();
      const tmpl::Value labels = *alert.as_object()->field("Labels");
      for (const tmpl::Value& dot : {whole, alerts, alert, labels, tmpl::Value::string("text")}) {
        const Result<std::string> text = text_of(set, name, dot, view);
        works = works || text.has_value();
        if (!text && failure.empty()) failure = text.error().message;
      }
    }
    if (works) continue;
    LocatedError error = locate(failure, tree->parse_name);
    problems.warning(tree->parse_name, error.position,
                     "the template \"" + name + "\" fails on sample alerts: " + error.message);
  }
}

NotificationTemplates NotificationTemplates::make(
    const std::vector<std::pair<std::string, std::string>>& files, Problems& problems) {
  auto sets = std::make_shared<Sets>();
  for (const auto& [name, content] : default_templates()) sets->parse(std::string(name), content, problems);
  for (const auto& [name, content] : files) sets->parse(name, content, problems);
  for (const auto& [name, tree] : sets->set.trees()) {
    const HtmlAnalysis& analysis = sets->analyses.emplace(tree.get(), analyze_html(*tree)).first->second;
    sets->shared_places.insert(analysis.places.begin(), analysis.places.end());
  }
  sets->try_definitions(problems);
  return NotificationTemplates(std::move(sets));
}

Result<std::string> NotificationTemplates::text(std::string_view template_text,
                                                const NotificationView& view) const {
  return sets_->text(template_text, view);
}

Result<std::string> NotificationTemplates::html(std::string_view template_text,
                                                const NotificationView& view) const {
  if (template_text.empty()) return std::string();
  return sets_->html(template_text, view);
}

void NotificationTemplates::check(const TemplateField& field, Problems& problems) const {
  std::string failure;
  std::size_t failed = 0;
  const std::vector<NotificationView> views = samples();
  for (const NotificationView& view : views) {
    const auto out =
        field.output == TemplateField::Output::kHtml ? html(field.text, view) : text(field.text, view);
    if (out) continue;
    ++failed;
    if (failure.empty()) failure = locate(out.error().message, "").message;
  }
  if (failed == 0) return;
  // What fails on some only (say, on an alert that is not there) is the user's risk; they get plain words
  // then.
  const std::string what = "the template of " + field.key + " fails on sample alerts: " + failure;
  if (failed == views.size()) {
    problems.error(field.file, field.position, what);
  } else {
    problems.warning(field.file, field.position, what);
  }
}

std::vector<NotificationView> NotificationTemplates::samples() {
  return {sample({sample_alert("api-1:9090", "critical", true), sample_alert("api-2:9090", "warning", true),
                  sample_alert("api-3:9090", "info", false)},
                 "first notification"),
          sample({sample_alert("api-3:9090", "info", false)}, "all alerts resolved")};
}

}  // namespace tocsin

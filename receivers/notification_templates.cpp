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

}  // namespace

struct NotificationTemplates::Sets {
  tmpl::TemplateSet set{"", notification_functions()};
  bool replaces_defaults = false;
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

// What one execution goes by: the moment, and the route labels that its templates ask for.
struct NotificationTemplates::Execution {
  Execution(const Sets& sets, const NotificationView& view)
      : labels(view.data(), [&](const std::string& text) { return expand(sets, view, text); }),
        functions(
            moment_functions(view.now(), [this](const std::string& name) { return labels.value(name); })) {
    options.missing_key = tmpl::MissingKey::zero;
    options.functions = &functions;
  }
  Execution(const Execution&) = delete;
  Execution& operator=(const Execution&) = delete;

  RouteLabelResolver labels;
  tmpl::FunctionMap functions;
  tmpl::ExecuteOptions options;

 private:
  Result<std::string> expand(const Sets& sets, const NotificationView& view, const std::string& text) const {
    tmpl::TemplateSet own = sets.set;
    if (auto parsed = own.parse(std::string(kInline), text); !parsed) return fail(parsed.error().message);
    return own.execute(kInline, view.value(), options);
  }
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
  Execution execution(*this, view);
  // Route labels are plain text; what they become is escaped where it is printed.
  tmpl::ExecuteOptions options = execution.options;
  options.escaper = escaper;
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
  const auto built_in = sets->set.trees();
  for (const auto& [name, content] : files) sets->parse(name, content, problems);
  for (const auto& [name, tree] : built_in) {
    const auto now = sets->set.trees().find(name);
    const bool a_default = name.starts_with("__") || name.find(".default.") != std::string::npos;
    sets->replaces_defaults = sets->replaces_defaults || (a_default && now->second != tree);
  }
  for (const auto& [name, tree] : sets->set.trees()) {
    const HtmlAnalysis& analysis = sets->analyses.emplace(tree.get(), analyze_html(*tree)).first->second;
    sets->shared_places.insert(analysis.places.begin(), analysis.places.end());
  }
  sets->try_definitions(problems);
  return NotificationTemplates(std::move(sets));
}

bool NotificationTemplates::replaces_defaults() const {
  return sets_->replaces_defaults;
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

RenderedRouteLabels NotificationTemplates::route_labels(const NotificationView& view) const {
  RenderedRouteLabels out;
  Execution execution(*sets_, view);
  for (const auto& [name, text] : view.data().route_labels) {
    Result<std::string> value = execution.labels.value(name);
    if (value) {
      out.labels.emplace(name, std::move(*value));
    } else {
      out.failures.emplace(name, locate(value.error().message, "").message);
    }
  }
  return out;
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

}  // namespace tocsin

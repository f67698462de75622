#include "receivers/notification_templates.h"

#include <charconv>
#include <functional>
#include <optional>
#include <set>

#include "core/html_template/html_template_set.h"
#include "core/template/template_set.h"
#include "receivers/default_templates.h"
#include "receivers/notification_functions.h"

namespace tocsin {
namespace {

using tmpl::Node;

constexpr std::string_view kInline =
    "";  // the name of a template that stands in the configuration, as Alertmanager has it

// "template: NAME:LINE:COLUMN: WHAT" or "html/template:NAME:…" taken apart; the place is 0:0 where it names
// another file.
struct LocatedError {
  Position position;
  std::string message;
};

LocatedError locate(const std::string& message, const std::string& name) {
  LocatedError out{{}, message};
  const std::string prefix = (message.starts_with("html/") ? "html/template:" : "template: ") + name + ":";
  if (!message.starts_with(prefix)) return out;
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
  std::optional<tmpl::HtmlTemplateSet> html_set;  // the same templates; there once all are read
  bool replaces_defaults = false;

  Result<std::string> text(std::string_view template_text, const NotificationView& view) const;
  Result<std::string> html(std::string_view template_text, const NotificationView& view) const;
  // One definition with any dot.
  template <class Set>
  Result<std::string> text_of(const Set& from, std::string_view name, const tmpl::Value& dot,
                              const NotificationView& view) const;
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

// Route labels are plain text; what they become is escaped where it is printed.
template <class Set>
Result<std::string> NotificationTemplates::Sets::text_of(const Set& from, std::string_view name,
                                                         const tmpl::Value& dot,
                                                         const NotificationView& view) const {
  const Execution execution(*this, view);
  return from.execute(name, dot, execution.options);
}

Result<std::string> NotificationTemplates::Sets::text(std::string_view template_text,
                                                      const NotificationView& view) const {
  if (template_text.find("{{") == std::string_view::npos) return std::string(template_text);
  tmpl::TemplateSet own = set;
  if (auto parsed = own.parse(std::string(kInline), std::string(template_text)); !parsed)
    return fail(parsed.error().message);
  return text_of(own, kInline, view.value(), view);
}

Result<std::string> NotificationTemplates::Sets::html(std::string_view template_text,
                                                      const NotificationView& view) const {
  tmpl::HtmlTemplateSet own = *html_set;
  if (auto parsed = own.parse(std::string(kInline), std::string(template_text)); !parsed)
    return fail(parsed.error().message);
  return text_of(own, kInline, view.value(), view);
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
  sets->html_set.emplace(sets->set);
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

#include "app/template_findings.h"

#include <fmt/format.h>

#include <charconv>
#include <string>
#include <string_view>
#include <vector>

#include "evaluator/rule_template.h"
#include "evaluator/template_run.h"
#include "rules/findings/template_uses.h"
#include "rules/label_flow.h"
#include "rules/template_check.h"

namespace tocsin {
namespace {

constexpr FindingKind kKinds[] = {
    {
        "alerts/template-error",
        Severity::kWarning,
        "the template of a label or annotation fails when it is executed",
        R"(The text parses, so the rule loads; but when the alert fires, executing it fails, and the label or annotation
holds `<error expanding template: …>` instead. It was executed on labels that the expression can give.

    wrong:  summary: "{{ humanize $labels }}"
    right:  summary: "{{ humanize $value }}")",
    },
    {
        "alerts/template-query",
        Severity::kNote,
        "the template fails as soon as its query finds nothing",
        R"(first fails on an empty result, and the whole text is replaced by the error. Ask first whether there is
anything:

    wrong:  summary: "{{ query \"up\" | first | value }}"
    right:  summary: "{{ with query \"up\" }}{{ . | first | value }}{{ end }}")",
    },
};
constexpr const FindingKind& kError = kKinds[0];
constexpr const FindingKind& kQuery = kKinds[1];

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n-");
  if (first == std::string_view::npos) return "";
  return text.substr(first, text.find_last_not_of(" \t\r\n-") - first + 1);
}

bool is_path(std::string_view text) {
  for (const char c : text) {
    const bool part =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
    if (!part) return false;
  }
  return true;
}

// {{ $labels.x }}, {{ $value }}, {{ $value | humanize }}: most templates are of nothing else, and cannot
// fail.
bool cannot_fail(std::string_view action) {
  action = trimmed(action);
  if (action.starts_with("$labels.") || action.starts_with("$externalLabels."))
    return is_path(action.substr(1));
  if (action.starts_with(".Labels.")) return is_path(action);
  if (action == "$externalURL") return true;
  for (const std::string_view value : {"$value", ".Value"}) {
    if (!action.starts_with(value)) continue;
    std::string_view rest = trimmed(action.substr(value.size()));
    if (rest.empty()) return true;
    if (!rest.starts_with('|')) return false;
    rest = trimmed(rest.substr(1));
    return rest.starts_with("humanize") && is_path(rest);
  }
  return false;
}

bool cannot_fail_anywhere(std::string_view text) {
  for (std::size_t at = text.find("{{"); at != std::string_view::npos;) {
    const std::size_t end = text.find("}}", at);
    if (end == std::string_view::npos || !cannot_fail(text.substr(at + 2, end - at - 2))) return false;
    at = text.find("{{", end);
  }
  return true;
}

// A sample as the expression can give it: every label that the template asks for and that may be there.
Sample sample_for(const LabelFlow& flow, const TemplateUses& uses, std::string_view placeholder) {
  std::vector<Label> labels;
  const auto add = [&](std::string_view name) {
    if (flow.of(name) == Presence::kCannot) return;
    const LabelFlow::Label* fixed = flow.fixed(name);
    labels.push_back({name, fixed != nullptr ? fixed->value : placeholder});
  };
  for (const LabelUse& use : uses.labels) add(use.name);
  for (const std::string& name : uses.guarded) add(name);
  for (const LabelFlow::Label& label : flow.labels()) add(label.name);
  Sample sample;
  sample.labels = Labels::from(std::move(labels));
  sample.value = 1;
  return sample;
}

// One that finds a series with every label asked for, or nothing.
TemplateQuery query_that_finds(bool something, const TemplateUses& uses, std::string_view placeholder) {
  return [=, &uses](const std::string&) -> Result<std::vector<Sample>> {
    if (!something) return std::vector<Sample>();
    std::vector<Label> labels;
    for (const QueryUse& query : uses.queries) {
      for (const LabelUse& use : query.labels) labels.push_back({use.name, placeholder});
    }
    Sample sample;
    sample.labels = Labels::from(std::move(labels));
    sample.value = 1;
    return std::vector{std::move(sample)};
  };
}

// The bytes of the text of which a message "template: NAME:LINE:COLUMN: executing … at <…>: …" speaks.
std::pair<std::size_t, std::size_t> place_in(std::string_view text, const std::string& name,
                                             std::string_view message) {
  const std::size_t found = message.find(name + ":");
  if (found == std::string_view::npos) return {0, text.size()};
  std::size_t line = 0, column = 0;
  const char* at = message.data() + found + name.size() + 1;
  const char* const end = message.data() + message.size();
  const auto read_line = std::from_chars(at, end, line);
  if (read_line.ec != std::errc() || read_line.ptr == end || *read_line.ptr != ':') return {0, text.size()};
  if (std::from_chars(read_line.ptr + 1, end, column).ec != std::errc()) return {0, text.size()};
  std::size_t begin = 0;
  for (std::size_t i = 1; i < line; ++i) {
    begin = text.find('\n', begin);
    if (begin == std::string_view::npos) return {0, text.size()};
    ++begin;
  }
  const std::size_t prelude = line == 1 ? rule_template_prelude().size() : 0;
  begin += column - std::min(column, prelude);
  if (begin >= text.size()) return {0, text.size()};
  const std::size_t open = message.find("at <"), close = message.find('>', open);
  std::size_t length = 1;
  if (open != std::string_view::npos && close != std::string_view::npos) length = close - open - 4;
  return {begin, std::min(begin + length, text.size())};
}

std::string reason_of(std::string_view message) {
  // What comes behind the places, which are shown otherwise.
  const std::size_t at = message.find(" at <");
  return std::string(at == std::string_view::npos ? message : message.substr(at + 1));
}

class TemplateSearch {
 public:
  TemplateSearch(const CheckedRuleFile& file, Problems& problems) : file_(file), problems_(problems) {}

  void check(const CheckedRule& rule) {
    for (const CheckedTemplate& text : rule.templates) {
      const auto& texts = text.kind == TextKind::kLabel ? rule.rule->labels : rule.rule->annotations;
      const auto found = texts.find(text.name);
      if (found != texts.end() && !cannot_fail_anywhere(found->second)) execute(rule, text, found->second);
    }
  }

 private:
  void execute(const CheckedRule& rule, const CheckedTemplate& text, const std::string& source) {
    if (rule.tree.root() == nullptr) return;
    const std::string name = rule_template_name(rule.rule->name);
    const auto compiled = TemplateText::compile(name, std::string(rule_template_prelude()) + source);
    if (!compiled) return;  // an error already
    const TemplateUses uses = template_uses(text.trees);
    const LabelFlow flow = label_flow(rule.tree);
    const auto run = [&](std::string_view placeholder, bool finds) {
      const TemplateRun environment({.now = TimePoint(std::chrono::hours(24 * 365 * 50)),
                                     .external_labels = {},
                                     .external_url = "http://localhost:9090",
                                     .query = query_that_finds(finds, uses, placeholder)});
      return compiled->expand(environment.data(sample_for(flow, uses, placeholder)), environment);
    };
    // A label may hold a number, a duration, or a name: it fails only where all of them fail.
    Result<std::string> first = run("1", true);
    const bool fails = !first && !run("1m", true) && !run("a.b:1", true);
    if (fails) {
      say(rule, text, source, kError, name, first.error().message,
          "executing it fails: ", "the alert would show the error instead of this text");
    } else if (first && !uses.queries.empty()) {
      if (const Result<std::string> empty = run("1", false); !empty)
        say(rule, text, source, kQuery, name, empty.error().message,
            "where the query finds nothing, it fails: ",
            "ask first: {{ with query … }}{{ . | first … }}{{ end }}");
    }
  }

  void say(const CheckedRule& rule, const CheckedTemplate& text, const std::string& source,
           const FindingKind& kind, const std::string& name, const std::string& message,
           std::string_view prefix, std::string hint) {
    const auto [begin, end] = place_in(source, name, message);
    const Place place = file_.text_place(rule, text.kind, text.name, begin, end);
    problems_.add({file_.file(), place.position, kind.severity,
                   fmt::format("alert {}: {} {}: {}{}", rule.rule->name,
                               text.kind == TextKind::kLabel ? "label" : "annotation", text.name, prefix,
                               reason_of(message)),
                   std::move(hint), place.length, std::string(kind.code)});
  }

  const CheckedRuleFile& file_;
  Problems& problems_;
};

}  // namespace

std::span<const FindingKind> template_finding_kinds() {
  return kKinds;
}

void find_in_templates(const CheckedRuleFile& file, Problems& problems) {
  TemplateSearch search(file, problems);
  for (const CheckedGroup& group : file.groups) {
    for (const CheckedRule& rule : group.rules) search.check(rule);
  }
}

}  // namespace tocsin

#include "rules/template_check.h"

#include <algorithm>
#include <array>

#include "core/template/builtins.h"
#include "core/template/parser.h"

namespace tocsin {
namespace {

constexpr std::array<std::string_view, 29> kFunctionNames{
    "args",
    "externalURL",
    "first",
    "graphLink",
    "humanize",
    "humanize1024",
    "humanizeDuration",
    "humanizePercentage",
    "humanizeTimestamp",
    "label",
    "match",
    "now",
    "parseDuration",
    "pathPrefix",
    "query",
    "reReplaceAll",
    "safeHtml",
    "sortByLabel",
    "stripDomain",
    "stripPort",
    "strvalue",
    "tableLink",
    "title",
    "toDuration",
    "toLower",
    "toTime",
    "toUpper",
    "urlQueryEscape",
    "value",
};

constexpr std::string_view kPrelude =
    "{{$labels := .Labels}}{{$externalLabels := .ExternalLabels}}{{$externalURL := .ExternalURL}}{{$value := "
    ".Value}}";

std::string hint_for(std::string_view message) {
  if (message.find("undefined variable") != std::string_view::npos) {
    return "the variables are $labels, $value, $externalLabels and $externalURL";
  }
  if (message.find("function \"tmpl\" not defined") != std::string_view::npos) {
    return "tmpl exists in Prometheus' console templates only";
  }
  if (message.find("not defined") != std::string_view::npos) {
    return "templates of rules and of notifications have different functions; labels are read as "
           "$labels.NAME";
  }
  return "";
}

}  // namespace

std::string rule_template_name(std::string_view alert) {
  return "__alert_" + std::string(alert);
}

std::string_view rule_template_prelude() {
  return kPrelude;
}

std::span<const std::string_view> rule_function_names() {
  return kFunctionNames;
}

tl::expected<tmpl::Trees, TemplateMistake> parse_rule_template(std::string_view alert,
                                                               std::string_view text) {
  if (text.find("{{") == std::string_view::npos) return tmpl::Trees();  // plain text
  const auto exists = [](std::string_view name) {
    if (tmpl::find_builtin(name) != nullptr) return true;
    return std::find(kFunctionNames.begin(), kFunctionNames.end(), name) != kFunctionNames.end();
  };
  auto parsed =
      tmpl::parse_template(rule_template_name(alert), std::string(kPrelude) + std::string(text), exists);
  if (parsed) return std::move(*parsed);
  return tl::unexpected(TemplateMistake{parsed.error().message, hint_for(parsed.error().message)});
}

std::optional<TemplateMistake> check_rule_template(std::string_view alert, std::string_view text) {
  auto parsed = parse_rule_template(alert, text);
  if (parsed) return std::nullopt;
  return std::move(parsed.error());
}

}  // namespace tocsin

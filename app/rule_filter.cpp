#include "app/rule_filter.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace tocsin {
namespace {

std::vector<std::string> texts(const HttpQuery& query, std::string_view name) {
  const auto values = query.all_params(name);
  return {values.begin(), values.end()};
}

bool one_of(const std::vector<std::string>& wanted, const std::string& name) {
  return wanted.empty() || std::find(wanted.begin(), wanted.end(), name) != wanted.end();
}

tl::unexpected<Error> invalid(std::string_view parameter, std::string_view reason) {
  return fail(fmt::format("invalid parameter \"{}\": {}", parameter, reason));
}

Labels configured_labels(const Rule& rule) {
  std::vector<Label> pairs;
  for (const auto& [name, value] : rule.labels) pairs.push_back({name, value});
  return Labels::from(std::move(pairs));
}

}  // namespace

Result<RuleFilter> RuleFilter::read(const HttpQuery& query) {
  RuleFilter filter;
  filter.rules_ = texts(query, "rule_name[]");
  filter.groups_ = texts(query, "rule_group[]");
  filter.files_ = texts(query, "file[]");
  if (auto read = filter.read_type(query); !read) return fail(read.error().message);
  if (auto read = filter.read_selectors(query); !read) return fail(read.error().message);
  if (auto read = filter.read_exclude_alerts(query); !read) return fail(read.error().message);
  if (auto read = filter.read_paging(query); !read) return fail(read.error().message);
  return filter;
}

Result<void> RuleFilter::read_type(const HttpQuery& query) {
  const std::string_view type = query.param("type").value_or("");
  if (type.empty()) return {};
  if (equal_ignoring_case(type, "alert")) {
    kind_ = Rule::Kind::kAlerting;
  } else if (equal_ignoring_case(type, "record")) {
    kind_ = Rule::Kind::kRecording;
  } else {
    return invalid("type", fmt::format("not supported value \"{}\"", type));
  }
  return {};
}

Result<void> RuleFilter::read_selectors(const HttpQuery& query) {
  for (const std::string_view text : query.all_params("match[]")) {
    auto parsed = parse_matchers(text, MatcherDialect::kUtf8);
    if (!parsed) return invalid("match[]", parsed.error().message);
    const bool takes_everything =
        std::all_of(parsed->matchers.begin(), parsed->matchers.end(),
                    [](const Matcher& matcher) { return matcher.matches(std::string_view()); });
    if (takes_everything) return invalid("match[]", "a selector must contain at least one non-empty matcher");
    selectors_.push_back(std::move(parsed->matchers));
  }
  return {};
}

Result<void> RuleFilter::read_exclude_alerts(const HttpQuery& query) {
  static constexpr std::array<std::string_view, 6> kTrue = {"1", "t", "T", "true", "TRUE", "True"};
  static constexpr std::array<std::string_view, 6> kFalse = {"0", "f", "F", "false", "FALSE", "False"};
  const std::string_view text = query.param("exclude_alerts").value_or("");
  if (text.empty() || std::find(kFalse.begin(), kFalse.end(), text) != kFalse.end()) return {};
  if (std::find(kTrue.begin(), kTrue.end(), text) == kTrue.end()) {
    return invalid("exclude_alerts", fmt::format("\"{}\" is neither true nor false", text));
  }
  shows_alerts_ = false;
  return {};
}

Result<void> RuleFilter::read_paging(const HttpQuery& query) {
  const std::string_view limit = query.param("group_limit").value_or("");
  next_token_ = query.param("group_next_token").value_or("");
  if (limit.empty()) {
    return next_token_.empty() ? Result<void>()
                               : invalid("group_limit", "required where group_next_token is given");
  }
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(limit.data(), limit.data() + limit.size(), number);
  if (error != std::errc() || end != limit.data() + limit.size() || number == 0) {
    return invalid("group_limit", fmt::format("\"{}\" is not a whole number above 0", limit));
  }
  group_limit_ = number;
  return {};
}

bool RuleFilter::takes(const RuleGroup& group) const {
  return one_of(groups_, group.name) && one_of(files_, group.file);
}

// Selectors are held against the labels as they are configured: templates in them are not expanded.
bool RuleFilter::takes(const Rule& rule) const {
  if (kind_ && rule.kind != *kind_) return false;
  if (!one_of(rules_, rule.name)) return false;
  if (selectors_.empty()) return true;
  const Labels labels = configured_labels(rule);
  return std::any_of(selectors_.begin(), selectors_.end(),
                     [&](const Matchers& selector) { return match_all(selector, labels); });
}

}  // namespace tocsin

#include "rules/policies/policy_scope.h"

#include <algorithm>

#include "rules/glob.h"

namespace tocsin {
namespace {

// The parts between slashes; those that say nothing ("", ".") are left out.
std::vector<std::string_view> parts_of(std::string_view path) {
  std::vector<std::string_view> parts;
  while (!path.empty()) {
    const std::size_t end = std::min(path.find('/'), path.size());
    const std::string_view part = path.substr(0, end);
    path.remove_prefix(std::min(end + 1, path.size()));
    if (part.empty() || part == ".") continue;
    if (part == ".." && !parts.empty() && parts.back() != "..") {
      parts.pop_back();
    } else {
      parts.push_back(part);
    }
  }
  return parts;
}

bool parts_match(const std::vector<std::string_view>& patterns, const std::vector<std::string_view>& parts,
                 std::size_t from) {
  for (std::size_t i = 0; i < patterns.size(); ++i) {
    if (!glob_matches(patterns[i], parts[from + i]).value_or(false)) return false;
  }
  return true;
}

bool labels_match(const Matchers& matchers, const Rule& rule) {
  return std::ranges::all_of(matchers, [&](const Matcher& matcher) {
    if (matcher.name() == "alertname" && rule.kind == Rule::Kind::kAlerting)
      return matcher.matches(rule.name);
    const auto label = rule.labels.find(matcher.name());
    return matcher.matches(label == rule.labels.end() ? std::string_view() : label->second);
  });
}

bool is_in(const PolicyScope& scope, const Rule& rule, std::string_view file) {
  if (scope.kind && *scope.kind != rule.kind) return false;
  if (scope.name && !scope.name->matches(rule.name)) return false;
  if (!labels_match(scope.labels, rule)) return false;
  return scope.paths.empty() || std::ranges::any_of(scope.paths, [&](const std::string& pattern) {
           return path_matches(pattern, file);
         });
}

}  // namespace

bool path_matches(std::string_view pattern, std::string_view path) {
  const bool from_root = pattern.starts_with('/');
  const bool below = pattern.ends_with('/');
  const std::vector<std::string_view> patterns = parts_of(pattern), parts = parts_of(path);
  if (parts.size() < patterns.size() + (below ? 1 : 0)) return false;
  if (from_root && !path.starts_with('/')) return false;
  const std::size_t last = parts.size() - patterns.size();  // where the end of the path begins
  if (!below) return (!from_root || last == 0) && parts_match(patterns, parts, last);
  if (from_root) return parts_match(patterns, parts, 0);
  for (std::size_t from = 0; from < last; ++from) {
    if (parts_match(patterns, parts, from)) return true;
  }
  return false;
}

Result<void> check_path_pattern(std::string_view pattern) {
  const std::vector<std::string_view> parts = parts_of(pattern);
  if (parts.empty()) return fail("a path must name something");
  for (const std::string_view part : parts) {
    if (part == "..") return fail("a path must not go up");
    if (part.find("**") != std::string_view::npos) return fail("** is not known");
    if (const auto good = glob_matches(part, ""); !good) return tl::unexpected(good.error());
  }
  return {};
}

bool is_about(const Policy& policy, const Rule& rule, std::string_view file) {
  return is_in(policy.match, rule, file) && !(policy.ignore && is_in(*policy.ignore, rule, file));
}

}  // namespace tocsin

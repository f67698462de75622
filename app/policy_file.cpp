#include "app/policy_file.h"

#include <algorithm>

#include "app/configuration.h"
#include "rules/policies/policy_reader.h"

namespace tocsin {
namespace {

enum class Keys { kChecksOnly, kOfConfiguration };

std::vector<Policy> read_document(const YamlNode& document, Keys keys, Problems& problems) {
  YamlObject root(document, "policy file", problems);
  std::vector<Policy> policies = read_policies(root.child("checks"), problems);
  if (keys == Keys::kChecksOnly) root.refuse_unknown_keys();
  return policies;
}

}  // namespace

std::vector<Policy> read_policy_file(const std::string& path, Files& files, Problems& problems) {
  const auto text = files.read(path);
  if (!text) {
    problems.error(path, {}, text.error().message);
    return {};
  }
  Problems found;
  const YamlDocument document = YamlDocument::parse(*text, path, found);
  const Keys keys = looks_like_configuration(*text) ? Keys::kOfConfiguration : Keys::kChecksOnly;
  std::vector<Policy> policies = read_document(document.root(), keys, found);
  if (policies.empty() && !found.has_errors())
    found.error(path, {1, 1}, "there is no check in it", "write `checks:` with a list of checks");
  problems.append(found);
  return policies;
}

bool looks_like_policy(const std::string& text) {
  if (!text.starts_with("checks:") && text.find("\nchecks:") == std::string::npos) return false;
  Problems ignored;
  const YamlDocument document = YamlDocument::parse(text, "", ignored);
  return !looks_like_configuration(text) &&
         std::ranges::none_of(document.root().entries(),
                              [](const auto& entry) { return entry.first.text() == "groups"; });
}

void read_policy_sample(const YamlNode& root) {
  Problems problems;
  read_document(root, Keys::kChecksOnly, problems);
}

}  // namespace tocsin

#include "app/policy_file.h"

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

Result<std::vector<Policy>> read_policy_file(const std::string& path, Files& files, Problems& warnings) {
  const auto text = files.read(path);
  if (!text) return tl::unexpected(text.error());
  Problems problems;
  const YamlDocument document = YamlDocument::parse(*text, path, problems);
  const Keys keys = looks_like_configuration(*text) ? Keys::kOfConfiguration : Keys::kChecksOnly;
  std::vector<Policy> policies = read_document(document.root(), keys, problems);
  if (policies.empty() && !problems.has_errors())
    problems.error(path, {1, 1}, "there is no check in it", "write `checks:` with a list of checks");
  if (!problems.has_errors()) {
    warnings.append(problems);
    return policies;
  }
  std::string message = problems.to_string();
  while (message.ends_with('\n')) message.pop_back();
  return fail(message);
}

void read_policy_sample(const YamlNode& root) {
  Problems problems;
  read_document(root, Keys::kChecksOnly, problems);
}

}  // namespace tocsin

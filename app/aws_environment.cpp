#include "app/aws_environment.h"

#include <cstdlib>
#include <map>
#include <sstream>

#include "app/secret_files.h"

namespace tocsin {
namespace {

using Section = std::map<std::string, std::string>;

std::string trimmed(const std::string& text) {
  constexpr const char* kSpace = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string::npos) return "";
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

// [name], then "key = value" lines; lines that begin with # or ; are comments, indented ones belong to nested
// settings that do not concern us.
std::map<std::string, Section> read_sections(const std::string& text) {
  std::map<std::string, Section> out;
  Section* section = nullptr;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const bool indented = line.starts_with(' ') || line.starts_with('\t');
    line = trimmed(line);
    if (line.empty() || line.front() == '#' || line.front() == ';') continue;
    if (line.front() == '[' && line.back() == ']') {
      section = &out[trimmed(line.substr(1, line.size() - 2))];
      continue;
    }
    const std::size_t equals = line.find('=');
    if (section == nullptr || indented || equals == std::string::npos) continue;
    (*section)[trimmed(line.substr(0, equals))] = trimmed(line.substr(equals + 1));
  }
  return out;
}

std::string first_variable(const AwsSources& sources, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    if (std::string value = sources.variable(name); !value.empty()) return value;
  }
  return "";
}

std::string shared_path(const AwsSources& sources, const char* variable, const char* name) {
  const std::string named = sources.variable(variable);
  return named.empty() ? sources.variable("HOME") + "/.aws/" + name : named;
}

// What both files say of the profile; where they differ, the credentials file is right.
Section profile_of(const AwsSources& sources, const std::string& profile, std::string& where) {
  Section out;
  const std::string credentials = shared_path(sources, "AWS_SHARED_CREDENTIALS_FILE", "credentials");
  const std::string config = shared_path(sources, "AWS_CONFIG_FILE", "config");
  where = credentials + " and " + config;
  if (const auto text = sources.file(credentials)) out = read_sections(*text)[profile];
  if (const auto text = sources.file(config)) {
    out.merge(read_sections(*text)[profile == "default" ? profile : "profile " + profile]);
  }
  return out;
}

}  // namespace

Result<AwsIdentity> find_aws_identity(const std::string& profile, const AwsSources& sources) {
  AwsIdentity out;
  std::string name = profile.empty() ? sources.variable("AWS_PROFILE") : profile;
  if (name.empty()) name = "default";
  std::string where;
  Section section = profile_of(sources, name, where);
  if (profile.empty()) {
    out.access_key = first_variable(sources, {"AWS_ACCESS_KEY_ID", "AWS_ACCESS_KEY"});
    out.secret_key = first_variable(sources, {"AWS_SECRET_ACCESS_KEY", "AWS_SECRET_KEY"});
    out.session_token = sources.variable("AWS_SESSION_TOKEN");
  }
  if (out.access_key.empty() || out.secret_key.empty()) {
    out.access_key = section["aws_access_key_id"];
    out.secret_key = section["aws_secret_access_key"];
    out.session_token = section["aws_session_token"];
  }
  out.region = first_variable(sources, {"AWS_REGION", "AWS_DEFAULT_REGION"});
  if (out.region.empty()) out.region = section["region"];
  if (out.access_key.empty() || out.secret_key.empty()) {
    return fail(
        "no AWS keys were found for the profile " + name + " in " + where +
        (profile.empty() ? ", nor in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY" : "") +
        "; keys of instance and container roles are not supported: set sigv4.access_key and secret_key");
  }
  return out;
}

Result<AwsIdentity> aws_identity_of_environment(const std::string& profile) {
  const AwsSources own = {[](const std::string& name) {
                            const char* value = std::getenv(name.c_str());
                            return std::string(value == nullptr ? "" : value);
                          },
                          read_small_file};
  return find_aws_identity(profile, own);
}

}  // namespace tocsin

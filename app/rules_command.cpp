#include "app/rules_command.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <map>

#include "app/file_descriptor.h"
#include "app/problem_report.h"
#include "core/labels.h"
#include "rules/legacy_conversion.h"
#include "rules/legacy_rules.h"
#include "rules/rule_file_format.h"

namespace tocsin {
namespace {

// Two files of one name would make two groups that nobody can tell apart.
void check_group_names(const std::vector<CommentedGroup>& groups, Problems& problems) {
  std::map<std::string, std::string> files;
  for (const CommentedGroup& group : groups) {
    const auto [first, is_new] = files.try_emplace(group.group.name, group.group.file);
    if (is_new) continue;
    problems.error(
        group.group.file, {},
        fmt::format("its group is called {}, as that of {} is", go_quote(group.group.name), first->second),
        "convert them to files of their own, or rename one");
  }
}

Result<void> write_all(const FileDescriptor& file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(file.number(), text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return fail(std::strerror(errno));
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fsync(file.number()) != 0 && errno != EINVAL) return fail(std::strerror(errno));
  return {};
}

// Into a new file beside it, which then takes its place: whoever reads it sees the old one or the new one,
// and never a half. A symbolic link stays one, and the mode stays.
Result<void> replace_file(const std::string& path, std::string_view text) {
  std::error_code error;
  const std::filesystem::path real = std::filesystem::weakly_canonical(path, error);
  const std::string target = error ? path : real.string();
  struct stat status {};
  const bool exists = ::stat(target.c_str(), &status) == 0;
  if (exists && !S_ISREG(status.st_mode)) {  // /dev/stdout, a pipe
    std::FILE* file = std::fopen(target.c_str(), "w");
    if (file == nullptr) return fail(std::strerror(errno));
    const bool whole = std::fwrite(text.data(), 1, text.size(), file) == text.size();
    const bool closed = std::fclose(file) == 0;
    if (!whole || !closed) return fail(std::strerror(errno));
    return {};
  }
  std::string beside = target + ".XXXXXX";
  const FileDescriptor file(::mkstemp(beside.data()));
  if (!file) return fail(std::strerror(errno));
  Result<void> written = write_all(file, text);
  const mode_t mask = ::umask(0);
  ::umask(mask);
  if (written && ::fchmod(file.number(), exists ? status.st_mode & 07777 : 0666 & ~mask) != 0)
    written = fail(std::strerror(errno));
  // Where it cannot be given back to its owner, its group or others may still read it.
  if (exists && ::fchown(file.number(), status.st_uid, status.st_gid) != 0) errno = 0;
  if (written && std::rename(beside.c_str(), target.c_str()) != 0) written = fail(std::strerror(errno));
  if (!written) ::unlink(beside.c_str());
  return written;
}

}  // namespace

RulesOutput convert_rules(const RulesConvertOptions& options, Files& files) {
  RulesOutput result;
  Problems problems;
  std::vector<CommentedGroup> groups;
  for (const std::string& path : options.files) {
    const auto text = files.read(path);
    if (!text) {
      problems.error(path, {}, text.error().message);
    } else if (find_legacy_statement(*text)) {
      groups.push_back(convert_legacy_rules(*text, path, problems, options.dialect));
    } else if (options.in_place) {
      problems.warning(path, {}, "this is no Prometheus 1.x rule file", "it stays as it is");
    } else {
      problems.error(path, {}, "this is no Prometheus 1.x rule file",
                     "such a file begins with ALERT, or with the name of a series and =");
    }
  }
  if (!options.in_place) check_group_names(groups, problems);
  result.output.err = problem_report(problems, files);
  if (problems.has_errors()) {
    result.output.err += "nothing is written\n";
    result.output.exit_code = 1;
  } else if (options.in_place) {
    for (const CommentedGroup& group : groups)
      result.files.emplace_back(group.group.file, write_rule_file({&group, 1}));
  } else if (options.output.empty()) {
    result.output.out = write_rule_file(groups);
  } else {
    result.files.emplace_back(options.output, write_rule_file(groups));
  }
  return result;
}

RulesOutput format_rules(const RulesFormatOptions& options, Files& files) {
  RulesOutput result;
  Problems problems;
  for (const std::string& path : options.files) {
    const auto text = files.read(path);
    if (!text) {
      problems.error(path, {}, text.error().message);
      continue;
    }
    std::optional<std::string> formatted = format_rule_file(*text, path, problems);
    if (!formatted || *formatted == *text) continue;
    result.output.out += path + (options.check ? ": would change\n" : ": formatted\n");
    if (options.check) {
      result.output.exit_code = 1;
    } else {
      result.files.emplace_back(path, std::move(*formatted));
    }
  }
  result.output.err = problem_report(problems, files);
  if (problems.has_errors()) result.output.exit_code = 1;
  return result;
}

int run_rules(const RulesOptions& options) {
  DiskFiles files;
  const auto* convert = std::get_if<RulesConvertOptions>(&options);
  RulesOutput result = convert != nullptr ? convert_rules(*convert, files)
                                          : format_rules(std::get<RulesFormatOptions>(options), files);
  for (const auto& [path, text] : result.files) {
    const Result<void> written = replace_file(path, text);
    if (written) continue;
    result.output.err += fmt::format("{}: error: it cannot be written: {}\n", path, written.error().message);
    result.output.exit_code = 1;
  }
  return print(result.output);
}

}  // namespace tocsin

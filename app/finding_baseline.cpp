#include "app/finding_baseline.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "core/json.h"

namespace tocsin {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

}  // namespace

// "rule 3," and "line 12", and the places of files: "r.yml:12", "template: __alert_A:1:12:".
std::string lasting_message(std::string_view message) {
  std::string out;
  for (std::size_t at = 0; at < message.size();) {
    const bool counted = out.ends_with("line ") || out.ends_with("rule ") || out.ends_with("lines ");
    const bool place = out.ends_with(':') && out.size() > 1 && out[out.size() - 2] != ' ';
    if (is_digit(message[at]) && (counted || place)) {
      while (at < message.size() && is_digit(message[at])) ++at;
      out += 'N';
    } else {
      out += message[at++];
    }
  }
  return out;
}

FindingBaseline::Key FindingBaseline::key_of(const ReportedProblem& one, const std::string& current_folder) {
  return {code_of(one.problem), report_path(one.problem.file, current_folder), one.rule,
          lasting_message(one.problem.message)};
}

FindingBaseline FindingBaseline::of(const std::vector<ReportedProblem>& problems,
                                    const std::string& current_folder) {
  FindingBaseline baseline;
  for (const ReportedProblem& one : problems) {
    if (one.problem.severity != Severity::kError) ++baseline.known_[key_of(one, current_folder)];
  }
  return baseline;
}

Result<FindingBaseline> FindingBaseline::parse(std::string_view text) {
  const auto json = JsonValue::parse(text);
  if (!json) return fail("this is no baseline: " + json.error().message);
  if (json->integer("version") != 1 || json->find("findings").kind() != JsonValue::Kind::kArray)
    return fail("this is no baseline of this program (--write-baseline makes one)");
  FindingBaseline baseline;
  for (const JsonValue& entry : json->find("findings").array()) {
    const std::int64_t count = entry.find("count").is_null() ? 1 : entry.integer("count");
    if (entry.text("message").empty() || count < 1) return fail("a finding of the baseline is not whole");
    baseline.known_[{entry.text("code"), entry.text("file"), entry.text("rule"), entry.text("message")}] +=
        static_cast<std::size_t>(count);
  }
  return baseline;
}

// A finding a line, in order, so that changes to it are read easily.
std::string FindingBaseline::json() const {
  std::string out = "{\"version\": 1, \"findings\": [";
  std::string_view separator = "\n";
  for (const auto& [key, count] : known_) {
    const auto& [code, file, rule, message] = key;
    JsonWriter entry;
    entry.begin_object()
        .field("code", code)
        .field("file", file)
        .field("rule", rule)
        .field("message", message);
    if (count > 1) entry.key("count").unsigned_integer(count);
    entry.end_object();
    out += fmt::format("{}  {}", separator, entry.text());
    separator = ",\n";
  }
  return out + "\n]}\n";
}

std::size_t FindingBaseline::size() const {
  std::size_t sum = 0;
  for (const auto& [key, count] : known_) sum += count;
  return sum;
}

void FindingBaseline::hide(CheckReport& report, const std::string& current_folder) const {
  std::map<Key, std::size_t> left = known_;
  std::erase_if(report.problems, [&](const ReportedProblem& one) {
    if (one.problem.severity == Severity::kError) return false;
    const auto entry = left.find(key_of(one, current_folder));
    if (entry == left.end() || entry->second == 0) return false;
    --entry->second;
    ++report.hidden_by_baseline;
    return true;
  });
  // Of files that were not looked at nothing is known.
  std::set<std::string> checked;
  for (const CheckedFile& file : report.files) {
    checked.insert(report_path(file.path, current_folder));
    for (const std::string& name : file.files) checked.insert(report_path(name, current_folder));
  }
  for (const auto& [key, count] : left) {
    const auto& [code, file, rule, message] = key;
    if (count == 0 || !checked.contains(file)) continue;
    report.gone_from_baseline.push_back(
        fmt::format("{}: {}{} [{}]", file, rule.empty() ? "" : rule + ": ", message, code));
  }
}

}  // namespace tocsin

#include "app/comment_directive.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>

#include "core/labels.h"
#include "core/nearest_name.h"

namespace tocsin {
namespace {

using What = CommentDirective::What;
using Speaker = CommentDirective::Speaker;

constexpr std::string_view kBlanks = " \t\r";

constexpr std::array<std::string_view, 38> kPintChecks{"alerts/absent",
                                                       "alerts/annotation",
                                                       "alerts/comparison",
                                                       "alerts/count",
                                                       "alerts/external_labels",
                                                       "alerts/for",
                                                       "alerts/template",
                                                       "group/interval",
                                                       "ignore/file",
                                                       "labels/conflict",
                                                       "pint/comment",
                                                       "promql/aggregate",
                                                       "promql/counter",
                                                       "promql/features",
                                                       "promql/fragile",
                                                       "promql/impossible",
                                                       "promql/nan",
                                                       "promql/offset",
                                                       "promql/performance",
                                                       "promql/range_query",
                                                       "promql/rate",
                                                       "promql/regexp",
                                                       "promql/selector",
                                                       "promql/series",
                                                       "promql/syntax",
                                                       "promql/vector_matching",
                                                       "query/cost",
                                                       "rule/dependency",
                                                       "rule/duplicate",
                                                       "rule/for",
                                                       "rule/label",
                                                       "rule/link",
                                                       "rule/name",
                                                       "rule/owner",
                                                       "rule/reject",
                                                       "rule/report",
                                                       "yaml/parse",
                                                       "promql/aggregation"};

struct Word {
  std::string_view text;
  What what;
};
constexpr Word kPintWords[] = {
    {"disable", What::kDisable},
    {"snooze", What::kDisable},
    {"file/disable", What::kFileDisable},
    {"file/snooze", What::kFileDisable},
    {"ignore/file", What::kIgnoreFile},
    {"ignore/line", What::kIgnoreLine},
    {"ignore/next-line", What::kIgnoreNextLine},
    {"ignore/begin", What::kIgnoreBegin},
    {"ignore/end", What::kIgnoreEnd},
    {"rule/owner", What::kRuleOwner},
    {"file/owner", What::kFileOwner},
    {"rule/set", What::kOther},
};
constexpr Word kOwnWords[] = {{"disable", What::kDisable},
                              {"file/disable", What::kFileDisable},
                              {"rule/owner", What::kRuleOwner},
                              {"file/owner", What::kFileOwner}};

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return "";
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

// Takes the first word off.
std::string_view take_word(std::string_view& text) {
  text = trimmed(text);
  const std::size_t end = std::min(text.find_first_of(kBlanks), text.size());
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(end);
  return word;
}

std::optional<TimePoint> read_time(std::string_view text) {
  const bool day = text.size() == 10;
  const auto time = parse_rfc3339(day ? std::string(text) + "T00:00:00Z" : std::string(text));
  if (!time) return std::nullopt;
  return *time;
}

void refuse(CommentDirective& directive, std::string mistake, std::string hint) {
  directive.what = What::kInvalid;
  directive.mistake = std::move(mistake);
  directive.hint = std::move(hint);
}

void read_until(CommentDirective& directive, std::string_view date) {
  directive.until = read_time(date);
  if (directive.until) return;
  refuse(directive, date.empty() ? "the date is missing" : fmt::format("{} is no date", go_quote(date)),
         "write it as 2027-01-31, or 2027-01-31T10:00:00Z");
}

// CODE or CODE(SUBJECT).
void read_code(CommentDirective& directive, std::string_view text) {
  const std::size_t open = text.find('(');
  directive.code = trimmed(text.substr(0, open));
  if (open == std::string_view::npos) return;
  const std::size_t close = text.rfind(')');
  if (close == std::string_view::npos || close < open)
    return refuse(directive, fmt::format("the ) behind {} is missing", text), "write CODE(SUBJECT)");
  directive.subject = text.substr(open + 1, close - open - 1);
}

// A code with its subject, in which there may be blanks.
std::string_view take_code(std::string_view& text) {
  text = trimmed(text);
  std::size_t end = std::min(text.find_first_of(kBlanks), text.size());
  if (text.substr(0, end).find('(') != std::string_view::npos) {
    while (end < text.size() && text[end - 1] != ')')
      end = std::min(text.find_first_of(kBlanks, end + 1), text.size());
  }
  const std::string_view code = text.substr(0, end);
  text.remove_prefix(end);
  return code;
}

void read_owner(CommentDirective& directive, std::string_view word, std::string_view rest) {
  directive.owner = trimmed(rest);
  if (directive.owner.empty()) refuse(directive, fmt::format("{} needs the owner's name", word), "");
}

void read_own(CommentDirective& directive, std::string_view word, std::string_view rest) {
  if (directive.what == What::kRuleOwner || directive.what == What::kFileOwner)
    return read_owner(directive, word, rest);
  read_code(directive, take_code(rest));
  if (directive.what == What::kInvalid) return;
  if (directive.code.empty()) return refuse(directive, "the code is missing", "write # tocsin disable CODE");
  if (trimmed(rest).starts_with("until ")) {
    take_word(rest);
    read_until(directive, take_word(rest));
  }
}

void read_pint(CommentDirective& directive, std::string_view word, std::string_view rest) {
  rest = trimmed(rest);
  switch (directive.what) {
    case What::kDisable:
    case What::kFileDisable:
      break;
    case What::kRuleOwner:
    case What::kFileOwner:
      return read_owner(directive, word, rest);
    case What::kOther:
      if (rest.empty()) refuse(directive, fmt::format("pint {} needs a value", word), "");
      return;
    default:
      if (!rest.empty())
        refuse(directive, fmt::format("pint {} takes nothing behind it", word),
               "remove the rest of the line");
      return;
  }
  if (word.ends_with("snooze")) {
    read_until(directive, take_word(rest));
    if (directive.what == What::kInvalid) return;
    rest = trimmed(rest);
  }
  read_code(directive, rest);
  if (directive.code.empty()) refuse(directive, fmt::format("pint {} needs the name of a check", word), "");
}

}  // namespace

std::optional<CommentDirective> read_comment_directive(std::string_view line) {
  for (std::size_t hash = line.find('#'); hash != std::string_view::npos; hash = line.find('#', hash + 1)) {
    // In the middle of a word it is no comment.
    if (hash > 0 && kBlanks.find(line[hash - 1]) == std::string_view::npos && line[hash - 1] != '#') continue;
    std::string_view rest = line.substr(hash + 1);
    const std::string_view speaker = take_word(rest);
    if (speaker != "tocsin" && speaker != "pint") continue;
    CommentDirective directive;
    directive.speaker = speaker == "pint" ? Speaker::kPint : Speaker::kTocsin;
    directive.begin = hash;
    directive.end = line.find_last_not_of(kBlanks) + 1;
    directive.alone = trimmed(line.substr(0, hash)).empty();
    const std::string_view word = take_word(rest);
    const bool pint = directive.speaker == Speaker::kPint;
    const std::span<const Word> words = pint ? std::span<const Word>(kPintWords) : kOwnWords;
    const auto known = std::ranges::find(words, word, &Word::text);
    if (known == words.end()) {
      std::vector<std::string> names;
      for (const Word& each : words) names.emplace_back(each.text);
      const std::string hint = did_you_mean(word, names);
      // A sentence about pint or Tocsin is none of these.
      if (hint.empty() && word.find('/') == std::string_view::npos) continue;
      refuse(directive, fmt::format("{} does not know the word {}", speaker, go_quote(word)), hint);
      return directive;
    }
    directive.what = known->what;
    if (pint) {
      read_pint(directive, word, rest);
    } else {
      read_own(directive, word, rest);
    }
    return directive;
  }
  return std::nullopt;
}

bool is_pint_check(std::string_view code) {
  return std::ranges::find(kPintChecks, code) != kPintChecks.end();
}

}  // namespace tocsin

#include "app/explain_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/json.h"
#include "core/moment.h"

namespace tocsin {
namespace {

constexpr std::size_t kMostLines = 20;  // of the history of one alert

// What services and people wrote must not steer a terminal.
std::string plain(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') c = ' ';
  }
  return text;
}

class Writer {
 public:
  Writer(const JsonValue& answer, TimePoint now) : answer_(answer), now_(now) {}

  std::string write() {
    line(0, "as of " + date_and_time(now_) + " UTC");
    for (const JsonValue& alert : answer_.find("alerts").array()) live(alert);
    for (const JsonValue& alert : answer_.find("pending").array()) {
      line(0, "");
      line(0, alert.labels("labels").to_string() + ": " + alert.text("verdict"));
    }
    for (const JsonValue& alert : answer_.find("past").array()) past(alert);
    if (const auto more = answer_.integer("leftOut"); more > 0) {
      line(0, "");
      line(0, fmt::format("and {} more alerts: ask with more matchers to see them", more));
    }
    if (!answer_.find("history").boolean("all")) {
      line(0, "");
      line(0, fmt::format("The newest {} lines of the history were read, back to {}; there are more.",
                          answer_.find("history").integer("linesRead"),
                          moment(answer_.find("history"), "oldest")));
    }
    return std::move(text_);
  }

 private:
  static std::string date_and_time(TimePoint time) {
    std::string text = format_rfc3339(std::chrono::floor<std::chrono::seconds>(time));
    text[text.find('T')] = ' ';
    text.pop_back();
    return text;
  }
  void line(int indent, std::string text) {
    text_.append(static_cast<std::size_t>(indent), ' ').append(plain(std::move(text))).append("\n");
  }
  // "" where the answer does not say.
  std::string moment(const JsonValue& value, std::string_view name) const {
    const auto time = parse_rfc3339(value.text(name));
    return time ? format_moment(*time, now_) : "";
  }

  void live(const JsonValue& alert) {
    line(0, "");
    const bool firing = alert.text("state") == "firing";
    std::string head = alert.labels("labels").to_string();
    head += firing ? " fires since " + moment(alert, "startsAt") : " has ended at " + moment(alert, "endsAt");
    if (!firing) head += " (" + alert.text("cause") + ")";
    line(0, std::move(head));
    muting(alert);
    for (const JsonValue& group : alert.find("groups").array()) live_group(group);
    if (alert.find("groups").array().empty()) line(2, "it is in no group: nobody is told of it");
    history(alert);
  }

  // Of several the verdicts name only one.
  void muting(const JsonValue& alert) {
    if (alert.find("silencedBy").array().size() > 1) {
      for (const JsonValue& silence : alert.find("silencedBy").array()) {
        line(2, fmt::format("silenced by {} ({}, {}) until {}", silence.text("id"), silence.text("createdBy"),
                            go_quote(silence.text("comment")), moment(silence, "until")));
      }
    }
    if (alert.find("inhibitedBy").array().size() > 1) {
      for (const JsonValue& source : alert.find("inhibitedBy").array()) {
        line(2, fmt::format("inhibited by {} (rule {})", source.labels("labels").to_string(),
                            source.text("rule")));
      }
    }
  }

  void live_group(const JsonValue& group) {
    line(2, fmt::format("group {} of receiver {}: next flush {}", group.text("groupKey"),
                        group.text("receiver"), moment(group, "nextFlush")));
    const auto& integrations = group.find("integrations").array();
    for (const JsonValue& about : integrations) {
      line(4, about.text("integration") + ": " + about.text("verdict"));
    }
    if (integrations.empty()) line(4, "the receiver has no integrations: nobody is told");
  }

  void past(const JsonValue& alert) {
    line(0, "");
    line(0, alert.labels("labels").to_string() + ": " + alert.text("verdict"));
    for (const JsonValue& group : alert.find("groups").array()) {
      if (group.find("integrations").array().empty()) continue;
      line(2, "group " + group.text("groupKey"));
      for (const JsonValue& about : group.find("integrations").array()) {
        line(4, about.text("integration") + ": " + about.text("verdict"));
      }
    }
    history(alert);
  }

  // Try after try that fails is one line.
  static bool repeats(const JsonValue& newer, const JsonValue& older) {
    return newer.text("kind") == "DeliveryRetrying" && older.text("kind") == newer.text("kind") &&
           older.find("details").text("integration") == newer.find("details").text("integration");
  }

  void history(const JsonValue& alert) {
    const auto& lines = alert.find("history").array();
    if (lines.empty()) return;
    line(2, "history, newest first");
    std::size_t written = 0;
    std::size_t i = 0;
    for (; i < lines.size() && written < kMostLines; ++written) {
      std::string text = moment(lines[i], "at") + "  " + lines[i].text("kind");
      for (const auto& [name, value] : lines[i].find("details").object()) {
        const bool bare =
            !value.string().empty() && value.string().find_first_of(" \"\n=") == std::string::npos;
        text += " " + name + "=" + (bare ? value.string() : go_quote(value.string()));
      }
      std::size_t alike = i + 1;
      while (alike < lines.size() && repeats(lines[i], lines[alike])) ++alike;
      if (const std::size_t more = alike - i - 1; more > 0) {
        const std::string since = moment(lines[alike - 1], "at");
        text += fmt::format(" (and {} before, since {})", more == 1 ? "once" : fmt::format("{} times", more),
                            since.substr(0, since.find(" (")));
      }
      line(4, std::move(text));
      i = alike;
    }
    if (i < lines.size() || alert.boolean("moreHistory")) line(4, "… (more with --output json)");
  }

  const JsonValue& answer_;
  const TimePoint now_;
  std::string text_;
};

}  // namespace

Result<ExplanationText> explanation_text(std::string_view json) {
  const auto answer = JsonValue::parse(json);
  const bool ours = answer && answer->find("alerts").kind() == JsonValue::Kind::kArray &&
                    answer->find("past").kind() == JsonValue::Kind::kArray;
  const std::string when = !ours ? "" : answer->text("at").empty() ? answer->text("now") : answer->text("at");
  const auto now = parse_rfc3339(when);
  if (!ours || !now) return fail("the server gave an answer that cannot be understood; is it tocsin?");
  const bool nothing = answer->find("alerts").array().empty() && answer->find("pending").array().empty() &&
                       answer->find("past").array().empty();
  if (nothing) {
    return ExplanationText{"no alert matches, neither live nor in the history\n", false};
  }
  return ExplanationText{Writer(*answer, *now).write(), true};
}

}  // namespace tocsin

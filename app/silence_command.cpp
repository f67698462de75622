#include "app/silence_command.h"

#include <fmt/format.h>

#include <iostream>
#include <iterator>

#include "app/api_connection.h"
#include "app/clock.h"
#include "app/duration_argument.h"
#include "app/listed_silence.h"
#include "app/matcher_arguments.h"
#include "app/silence_wish.h"
#include "app/user_name.h"
#include "core/percent_encoding.h"
#include "router/silence_breadth.h"

namespace tocsin {
namespace {

constexpr int kFailed = 1;
constexpr int kUsage = 2;
constexpr int kNotFound = 404;

CommandOutput wrong(const std::string& message) {
  return {"", message + "\n", kUsage};
}

CommandOutput failed(const std::string& message) {
  return {"", message + "\n", kFailed};
}

std::string id_in(const std::string& answer) {
  const auto json = JsonValue::parse(answer);
  return json ? json->text("silenceID") : "";
}

// What `add` says in words of the answer to a preview.
std::string preview_text(const JsonValue& preview) {
  const auto& alerts = preview.find("alerts").array();
  const std::int64_t matched = preview.integer("matched");
  std::string text = fmt::format("would mute {} of {} firing alerts\n", matched, preview.integer("total"));
  for (const JsonValue& alert : alerts) {
    std::string line;
    for (const auto& [name, value] : alert.object()) {
      line += fmt::format("{}{}={}", line.empty() ? "  " : " ", name, go_quote(value.string()));
    }
    text += line + "\n";
  }
  const std::int64_t more = matched - static_cast<std::int64_t>(alerts.size());
  if (more > 0) text += fmt::format("  and {} more\n", more);
  if (preview.boolean("broad")) text += preview.text("warning") + "\n";
  return text;
}

CommandOutput preview_silence(const Silence& wanted, const SilenceSurroundings& around) {
  const auto answer = around.ask("POST", "/api/tocsin/v1/silences/preview", posted_silence(wanted));
  if (!answer && answer.error().status == kNotFound) {
    return failed(answer.error().message + "\nonly Tocsin can preview a silence");
  }
  if (!answer) return failed(answer.error().message);
  if (around.settings.output == OutputForm::kJson) return {*answer + "\n", "", 0};
  const auto preview = JsonValue::parse(*answer);
  if (!preview) return failed("the server's preview cannot be understood: " + preview.error().message);
  return {preview_text(*preview), "", 0};
}

// Why it is refused, with what it would mute where the server can say so.
CommandOutput refuse_broad(const Silence& wanted, const SilenceSurroundings& around) {
  CommandOutput output = failed(
      "this silence narrows nothing down, so that it mutes nearly every alert, also those of others: add a "
      "matcher that names what is meant, or --yes if that is meant");
  const auto answer = around.ask("POST", "/api/tocsin/v1/silences/preview", posted_silence(wanted));
  const auto preview = answer ? JsonValue::parse(*answer) : Result<JsonValue>(JsonValue());
  if (preview && !preview->find("total").is_null()) {
    output.err += fmt::format("now it would mute {} of {} firing alerts\n", preview->integer("matched"),
                              preview->integer("total"));
  }
  return output;
}

// Gone, or never there.
std::string no_silence(const std::string& id) {
  return fmt::format("there is no silence {}", id);
}

struct WantedTimes {
  std::string start, end;
  Duration duration{};  // zero: not given
};

Result<WantedTimes> read_wanted_times(const SilenceUpdateOptions& options) {
  WantedTimes wanted;
  std::string mistakes;
  const auto read_time = [&](const std::string& text, const char* flag, std::string& target) {
    if (text.empty()) return;
    const auto time = parse_rfc3339(text);
    if (time) {
      target = format_rfc3339(*time);
    } else {
      mistakes += fmt::format("{}{}: {}", mistakes.empty() ? "" : "\n", flag, time.error().message);
    }
  };
  read_time(options.start, "--start", wanted.start);
  read_time(options.end, "--end", wanted.end);
  if (!options.duration.empty()) {
    const auto duration = parse_duration_argument(options.duration);
    const std::string why = !duration                       ? duration.error().message
                            : *duration <= Duration::zero() ? "it must be longer than nothing"
                                                            : "";
    if (!why.empty()) mistakes += fmt::format("{}--duration: {}", mistakes.empty() ? "" : "\n", why);
    if (why.empty()) wanted.duration = *duration;
  }
  if (!mistakes.empty()) return fail(mistakes);
  return wanted;
}

std::map<std::string, std::string> changes_of(const ListedSilence& listed,
                                              const SilenceUpdateOptions& options,
                                              const WantedTimes& wanted) {
  std::map<std::string, std::string> changes;
  if (!wanted.start.empty()) changes["startsAt"] = wanted.start;
  if (!wanted.end.empty()) {
    changes["endsAt"] = wanted.end;
  } else if (wanted.duration > Duration::zero()) {
    const TimePoint start =
        wanted.start.empty() ? listed.silence.starts_at : parse_rfc3339(wanted.start).value();
    changes["endsAt"] = format_rfc3339(kNever - wanted.duration > start ? start + wanted.duration : kNever);
  }
  if (!options.comment.empty()) changes["comment"] = options.comment;
  return changes;
}

// The silence as it is after the change.
Result<ListedSilence> update_one(const std::string& id, const SilenceUpdateOptions& options,
                                 const WantedTimes& wanted, const SilenceSurroundings& around) {
  const auto before = around.ask("GET", "/api/v2/silence/" + percent_encoded(id), "");
  if (!before && before.error().status == kNotFound) return fail(no_silence(id));
  if (!before) return fail(before.error().message);
  const auto listed = read_listed_silence(*before);
  if (!listed) return listed;
  const auto posted =
      around.ask("POST", "/api/v2/silences", posted_again(*listed, changes_of(*listed, options, wanted)));
  if (!posted) return fail(posted.error().message);
  const auto after = around.ask("GET", "/api/v2/silence/" + id_in(*posted), "");
  if (!after) return fail(after.error().message);
  return read_listed_silence(*after);
}

bool shows(const Silence& silence, const SilenceQueryOptions& options, Duration within, TimePoint now) {
  const bool over = silence.ends_at <= now;
  if (over != options.expired) return false;
  if (within > Duration::zero()) {
    const Duration distance = over ? now - silence.ends_at : silence.ends_at - now;
    if (distance > within) return false;
  }
  if (!options.created_by.empty() && silence.created_by != options.created_by) return false;
  return options.id.empty() || silence.id == options.id;
}

std::string ids_text(const std::vector<ListedSilence>& silences) {
  std::string text;
  for (const ListedSilence& one : silences) text += one.silence.id + "\n";
  return text;
}

// A silence whose id the server does not know any more comes again, under another.
ApiAnswer import_one(const JsonValue& json, const SilenceImportOptions& options,
                     const SilenceSurroundings& around) {
  const ListedSilence listed{{}, json};
  const std::map<std::string, std::string> as_new{{"id", ""}};
  if (!options.force) {
    auto answer = around.ask("POST", "/api/v2/silences", posted_again(listed, {}));
    if (answer || answer.error().status != kNotFound) return answer;
  }
  return around.ask("POST", "/api/v2/silences", posted_again(listed, as_new));
}

}  // namespace

CommandOutput add_silence(const SilenceAddOptions& options, const SilenceSurroundings& around) {
  const auto wanted = read_silence_wish(options, around.settings, around.now, around.user);
  if (!wanted) return wrong(wanted.error().message);
  if (options.preview) return preview_silence(*wanted, around);
  if (!options.yes && dangerously_broad(*wanted)) return refuse_broad(*wanted, around);
  const auto answer = around.ask("POST", "/api/v2/silences", posted_silence(*wanted));
  if (!answer) return failed(answer.error().message);
  return {id_in(*answer) + "\n", "", 0};
}

CommandOutput query_silences(const SilenceQueryOptions& options, const SilenceSurroundings& around) {
  const auto matchers = read_matcher_arguments(options.matchers);
  const auto within =
      options.within.empty() ? Result<Duration>(Duration::zero()) : parse_duration_argument(options.within);
  if (!matchers) return wrong(matchers.error().message);
  if (!within) return wrong("--within: " + within.error().message);
  std::string path = "/api/v2/silences";
  for (std::size_t i = 0; i < matchers->size(); ++i) {
    path += (i == 0 ? "?filter=" : "&filter=") + percent_encoded((*matchers)[i].to_string());
  }
  const auto answer = around.ask("GET", path, "");
  if (!answer) return failed(answer.error().message);
  auto silences = read_listed_silences(*answer);
  if (!silences) return failed(silences.error().message);
  std::erase_if(*silences,
                [&](const ListedSilence& one) { return !shows(one.silence, options, *within, around.now); });
  return {options.quiet ? ids_text(*silences) : silences_text(std::move(*silences), around.settings), "", 0};
}

// One that cannot be expired does not keep the others from it.
CommandOutput expire_silences(const SilenceExpireOptions& options, const SilenceSurroundings& around) {
  CommandOutput output;
  for (const std::string& id : options.ids) {
    const auto answer = around.ask("DELETE", "/api/v2/silence/" + percent_encoded(id), "");
    if (answer) continue;
    output.err +=
        (answer.error().status == kNotFound ? no_silence(id) : id + ": " + answer.error().message) + "\n";
    output.exit_code = kFailed;
  }
  return output;
}

CommandOutput update_silences(const SilenceUpdateOptions& options, const SilenceSurroundings& around) {
  const auto wanted = read_wanted_times(options);
  if (!wanted) return wrong(wanted.error().message);
  CommandOutput output;
  std::vector<ListedSilence> updated;
  for (const std::string& id : options.ids) {
    auto one = update_one(id, options, *wanted, around);
    if (one) {
      updated.push_back(std::move(*one));
      continue;
    }
    output.err += one.error().message + "\n";
    output.exit_code = kFailed;
  }
  if (updated.empty()) return output;
  output.out = options.quiet ? ids_text(updated) : silences_text(std::move(updated), around.settings);
  return output;
}

CommandOutput import_silences(const SilenceImportOptions& options, const SilenceSurroundings& around) {
  const auto json = JsonValue::parse(around.input);
  if (!json) return failed("this is not JSON: " + json.error().message);
  if (json->kind() != JsonValue::Kind::kArray) {
    return failed("this is no list of silences (`tocsin silence query -o json` writes one)");
  }
  CommandOutput output;
  std::size_t mistakes = 0;
  for (const JsonValue& one : json->array()) {
    const auto answer = import_one(one, options, around);
    if (answer) {
      output.out += id_in(*answer) + "\n";
      continue;
    }
    ++mistakes;
    output.err += fmt::format("silence {}: {}\n", json_text(one.find("id")), answer.error().message);
  }
  if (mistakes == 0) return output;
  output.err += fmt::format("{} of {} silences could not be imported\n", mistakes, json->array().size());
  output.exit_code = kFailed;
  return output;
}

namespace {

struct Runner {
  SilenceSurroundings around;
  CommandOutput operator()(const SilenceAddOptions& options) { return add_silence(options, around); }
  CommandOutput operator()(const SilenceQueryOptions& options) { return query_silences(options, around); }
  CommandOutput operator()(const SilenceExpireOptions& options) { return expire_silences(options, around); }
  CommandOutput operator()(const SilenceUpdateOptions& options) { return update_silences(options, around); }
  CommandOutput operator()(const SilenceImportOptions& options) {
    if (options.file.empty()) {
      around.input.assign(std::istreambuf_iterator<char>(std::cin), {});
    } else {
      const auto text = DiskFiles().read(options.file);
      if (!text) return failed(text.error().message);
      around.input = *text;
    }
    return import_silences(options, around);
  }
};

}  // namespace

int run_silence(const SilenceOptions& options) {
  const ApiFlags& flags = std::visit([](const auto& one) -> const ApiFlags& { return one.api; }, options);
  auto connection = ApiConnection::open(flags);
  if (!connection) return print(wrong(connection.error().message));
  Runner runner{{connection->ask(), connection->settings, SystemClock().now(), user_name(), ""}};
  return print(std::visit(runner, options));
}

}  // namespace tocsin

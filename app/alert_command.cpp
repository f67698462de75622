#include "app/alert_command.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/api_connection.h"
#include "app/matcher_arguments.h"
#include "app/text_table.h"
#include "core/json.h"
#include "core/percent_encoding.h"

namespace tocsin {
namespace {

constexpr int kFailed = 1;
constexpr int kUsage = 2;

CommandOutput wrong(const std::string& message) {
  return {"", message + "\n", kUsage};
}

CommandOutput failed(const std::string& message) {
  return {"", message + "\n", kFailed};
}

TimePoint time_in(const JsonValue& alert, std::string_view key) {
  return parse_rfc3339(alert.text(key)).value_or(kNoTime);
}

// By name: the order in which the API writes them need not be one.
std::string pairs_text(const JsonValue& object) {
  std::vector<std::string> pairs;
  for (const auto& [name, value] : object.object()) {
    pairs.push_back(fmt::format("{}=\"{}\"", name, value.string()));
  }
  std::sort(pairs.begin(), pairs.end());
  std::string text;
  for (const std::string& pair : pairs) text += (text.empty() ? "" : " ") + pair;
  return text;
}

std::string query_path(const AlertQueryOptions& options, const Matchers& matchers) {
  const bool any = options.silenced || options.inhibited || options.active || options.unprocessed;
  std::string path =
      fmt::format("/api/v2/alerts?active={}&inhibited={}&silenced={}&unprocessed={}", options.active || !any,
                  options.inhibited, options.silenced, options.unprocessed);
  if (!options.receiver.empty()) path += "&receiver=" + percent_encoded(options.receiver);
  for (const Matcher& matcher : matchers) path += "&filter=" + percent_encoded(matcher.to_string());
  return path;
}

void write_pairs(JsonWriter& json, std::string_view key, const std::map<std::string, std::string>& pairs) {
  json.key(key).begin_object();
  for (const auto& [name, value] : pairs) json.field(name, value);
  json.end_object();
}

}  // namespace

Result<std::string> alerts_text(std::string_view body, const ApiSettings& settings) {
  const auto json = JsonValue::parse(body);
  if (!json || json->kind() != JsonValue::Kind::kArray) {
    return fail("the server's answer is no list of alerts (does --url name a Tocsin or an Alertmanager?)");
  }
  if (settings.output == OutputForm::kJson) {
    std::string text(body);
    if (!text.ends_with('\n')) text += '\n';
    return text;
  }
  JsonValue::Array alerts = json->array();
  std::stable_sort(alerts.begin(), alerts.end(), [](const JsonValue& a, const JsonValue& b) {
    return time_in(a, "startsAt") < time_in(b, "startsAt");
  });
  const bool extended = settings.output == OutputForm::kExtended;
  TextTable table(extended ? std::vector<std::string>{"Labels", "Annotations", "Starts At", "Ends At",
                                                      "Generator URL", "State"}
                           : std::vector<std::string>{"Alertname", "Starts At", "Summary", "State"});
  for (const JsonValue& alert : alerts) {
    const std::string start = format_date(time_in(alert, "startsAt"), settings);
    const std::string state = alert.find("status").text("state");
    if (extended) {
      table.add({pairs_text(alert.find("labels")), pairs_text(alert.find("annotations")), start,
                 format_date(time_in(alert, "endsAt"), settings), alert.text("generatorURL"), state});
    } else {
      table.add(
          {alert.find("labels").text("alertname"), start, alert.find("annotations").text("summary"), state});
    }
  }
  return table.text();
}

CommandOutput query_alerts(const AlertQueryOptions& options, const AlertSurroundings& around) {
  const auto matchers = read_matcher_arguments(options.matchers);
  if (!matchers) return wrong(matchers.error().message);
  const auto answer = around.ask("GET", query_path(options, *matchers), "");
  if (!answer) return failed(answer.error().message);
  auto text = alerts_text(*answer, around.settings);
  if (!text) return failed(text.error().message);
  return {std::move(*text), "", 0};
}

CommandOutput add_alert(const AlertAddOptions& options, const AlertSurroundings& around) {
  std::string mistakes;
  const auto keep = [&](const auto& read, const char* flag) {
    if (!read) mistakes += fmt::format("{}{}\n", flag, read.error().message);
  };
  const auto labels = read_label_arguments(options.labels);
  const auto annotations = read_pair_arguments(options.annotations, "annotation");
  const auto start = options.start.empty() ? Result<TimePoint>(kNoTime) : parse_rfc3339(options.start);
  const auto end = options.end.empty() ? Result<TimePoint>(kNoTime) : parse_rfc3339(options.end);
  keep(labels, "");
  keep(annotations, "");
  keep(start, "--start: ");
  keep(end, "--end: ");
  if (!mistakes.empty()) return {"", mistakes, kUsage};
  JsonWriter json;
  json.begin_array().begin_object();
  write_pairs(json, "labels", *labels);
  write_pairs(json, "annotations", *annotations);
  if (is_set(*start)) json.field("startsAt", format_rfc3339(*start));
  if (is_set(*end)) json.field("endsAt", format_rfc3339(*end));
  if (!options.generator_url.empty()) json.field("generatorURL", options.generator_url);
  const auto answer = around.ask("POST", "/api/v2/alerts", json.end_object().end_array().take());
  return answer ? CommandOutput{} : failed(answer.error().message);
}

int run_alert(const AlertOptions& options) {
  const ApiFlags& flags = std::visit([](const auto& one) -> const ApiFlags& { return one.api; }, options);
  auto connection = ApiConnection::open(flags);
  if (!connection) return print(wrong(connection.error().message));
  const AlertSurroundings around{connection->ask(), connection->settings};
  if (const auto* add = std::get_if<AlertAddOptions>(&options)) return print(add_alert(*add, around));
  return print(query_alerts(std::get<AlertQueryOptions>(options), around));
}

}  // namespace tocsin

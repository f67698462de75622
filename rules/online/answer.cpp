#include "rules/online/answer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <limits>

#include "core/duration.h"
#include "core/json.h"
#include "core/utf8.h"
#include "core/yaml_reader.h"

namespace tocsin {
namespace {

using Kind = Question::Kind;

constexpr std::size_t kQuotedRunes = 300;
constexpr std::size_t kLongestError =
    2000;  // an error of PromQL may name series, and says what is wrong after them

// The server's words on one line, and not long.
std::string on_one_line(std::string_view text, std::size_t runes = kQuotedRunes) {
  std::string line;
  for (const char c : text) {
    const bool blank = static_cast<unsigned char>(c) <= ' ';
    if (blank && (line.empty() || line.back() == ' ')) continue;
    line += blank ? ' ' : c;
  }
  while (line.ends_with(' ')) line.pop_back();
  return truncate_runes(line, runes);
}

NoAnswer unreadable(std::string_view what) {
  return {NoAnswerReason::kUnreadable, fmt::format("the answer is not that of a Prometheus API: {}", what)};
}

// "1.5", "NaN", "+Inf", as the API writes values.
double value_of(const JsonValue& pair) {
  const auto& items = pair.array();
  if (items.size() != 2) return std::numeric_limits<double>::quiet_NaN();
  return std::strtod(items[1].string().c_str(), nullptr);
}

Answer read_refusal(const Question& question, int status, const Result<JsonValue>& json,
                    std::string_view body) {
  std::string type = json ? json->text("errorType") : "";
  std::string words = json ? json->text("error") : "";
  const bool told = json && json->text("status") == "error" && !type.empty();
  if (told && (type == "bad_data" || type == "execution")) {
    if (question.kind != Kind::kCost)
      return NoAnswer{NoAnswerReason::kRefused, fmt::format("the server answers: {}", on_one_line(words))};
    Evaluated failed;
    failed.error_type = std::move(type);
    failed.error = on_one_line(words, kLongestError);
    return failed;
  }
  if (told && type == "timeout")
    return NoAnswer{NoAnswerReason::kTooSlow, "the query takes too long: " + on_one_line(words)};
  if (words.empty()) words = on_one_line(body);
  std::string said = fmt::format("the server answers HTTP status {}", status);
  if (!words.empty()) said += ": " + on_one_line(words);
  if (status == 401 || status == 403) return NoAnswer{NoAnswerReason::kUnauthorized, std::move(said)};
  if (status == 404) return NoAnswer{NoAnswerReason::kNotFound, std::move(said)};
  return NoAnswer{status >= 500 ? NoAnswerReason::kServerFailed : NoAnswerReason::kRefused, std::move(said)};
}

Answer read_evaluated(const JsonValue& data) {
  Evaluated out;
  const std::string type = data.text("resultType");
  if (type == "scalar") {
    out.series.push_back({"", value_of(data.find("result"))});
  } else if (type == "vector") {
    for (const JsonValue& series : data.find("result").array()) {
      const bool histogram = !series.find("histogram").is_null();
      out.series.push_back(
          {series.find("metric").text("job"), histogram ? 1 : value_of(series.find("value"))});
    }
  } else {
    return unreadable(fmt::format("its result is of type \"{}\"", on_one_line(type)));
  }
  const JsonValue& stats = data.find("stats");
  const auto number = [](const JsonValue& value) {
    const bool known = value.kind() == JsonValue::Kind::kInteger || value.kind() == JsonValue::Kind::kNumber;
    return known ? value.number() : -1;
  };
  out.samples = number(stats.find("samples").find("totalQueryableSamples"));
  out.peak_samples = number(stats.find("samples").find("peakSamples"));
  out.seconds = number(stats.find("timings").find("evalTotalTime"));
  return out;
}

Answer read_seen(const JsonValue& data) {
  if (data.text("resultType") != "matrix") return unreadable("its result is no matrix");
  Seen out;
  for (const JsonValue& series : data.find("result").array()) {
    for (const JsonValue& point : series.find("values").array()) {
      const double second = point.array().empty() ? -1 : point.array()[0].number();
      if (second >= 0 && second < kEndOfTime) out.at.push_back(static_cast<std::int64_t>(second));
    }
  }
  std::ranges::sort(out.at);
  out.at.erase(std::unique(out.at.begin(), out.at.end()), out.at.end());
  return out;
}

Answer read_names(const JsonValue& data) {
  if (data.kind() != JsonValue::Kind::kArray && !data.is_null()) return unreadable("it is no list");
  Names out;
  for (const JsonValue& name : data.array()) out.names.push_back(name.string());
  return out;
}

Answer read_metadata(const JsonValue& data) {
  if (data.kind() != JsonValue::Kind::kObject) return unreadable("it is no object");
  Metadata out;
  for (const auto& [metric, entries] : data.object()) {
    std::vector<std::string>& types = out.types[metric];
    for (const JsonValue& entry : entries.array()) {
      std::string type = entry.text("type");
      if (std::ranges::find(types, type) == types.end()) types.push_back(std::move(type));
    }
  }
  return out;
}

Answer read_targets(const JsonValue& data) {
  if (data.kind() != JsonValue::Kind::kObject) return unreadable("it is no object");
  ScrapeIntervals out;
  for (const JsonValue& target : data.find("activeTargets").array()) {
    const auto interval = parse_prometheus_duration(target.text("scrapeInterval"));
    const std::string job = target.find("labels").text("job");
    if (!interval || *interval <= Duration::zero() || job.empty()) continue;
    const auto [known, fresh] = out.by_job.try_emplace(job, *interval);
    if (!fresh) known->second = std::min(known->second, *interval);
  }
  return out;
}

void read_interval(YamlObject& object, Duration& out) {
  const YamlNode node = object.child("scrape_interval");
  if (node.null()) return;
  const auto interval = parse_prometheus_duration(node.text());
  if (interval && *interval > Duration::zero()) out = *interval;
}

// As the server prints it: with its defaults.
Answer read_config(const JsonValue& data) {
  if (data.find("yaml").kind() != JsonValue::Kind::kString) return unreadable("it holds no configuration");
  Problems problems;
  const YamlDocument document =
      YamlDocument::parse(data.text("yaml"), "configuration of the server", problems);
  if (problems.has_errors()) return unreadable("its configuration is no YAML");
  ServerConfig out;
  if (document.root().null()) return out;
  YamlObject root(document.root(), "configuration", problems);
  if (root.has("global")) {
    YamlObject global(root.child("global"), "global", problems);
    read_interval(global, out.scrape_interval);
    for (const auto& [name, value] : global.child("external_labels").entries())
      out.external_labels.emplace(name.text(), value.text());
  }
  for (const YamlNode& node : root.list("scrape_configs")) {
    if (node.kind() != YamlNode::Kind::kMapping) continue;
    YamlObject scrape(node, "scrape configuration", problems);
    Duration interval = out.scrape_interval;
    read_interval(scrape, interval);
    out.by_job_name.emplace(scrape.child("job_name").text(), interval);
  }
  out.reads_remotely = root.has("remote_read");
  return out;
}

Answer read_flags(const JsonValue& data) {
  if (data.kind() != JsonValue::Kind::kObject) return unreadable("it is no object");
  ServerFlags out;
  for (const auto& [name, value] : data.object()) out.values.emplace(name, value.string());
  return out;
}

// "15d", "15d or 10GiB", "10GiB"
Answer read_runtime(const JsonValue& data) {
  if (data.kind() != JsonValue::Kind::kObject) return unreadable("it is no object");
  const std::string retention = data.text("storageRetention");
  const auto time = parse_prometheus_duration(retention.substr(0, retention.find(' ')));
  return ServerRuntime{time ? *time : Duration::zero()};
}

Answer read_data(const Question& question, const JsonValue& data) {
  switch (question.kind) {
    case Kind::kBuild:
      if (data.kind() != JsonValue::Kind::kObject) return unreadable("it is no object");
      return ServerBuild{data.text("version"), data.text("application")};
    case Kind::kFlags:
      return read_flags(data);
    case Kind::kRuntime:
      return read_runtime(data);
    case Kind::kConfig:
      return read_config(data);
    case Kind::kTargets:
      return read_targets(data);
    case Kind::kMetadata:
      return read_metadata(data);
    case Kind::kTime:
    case Kind::kCost:
    case Kind::kValue:
      return read_evaluated(data);
    case Kind::kUp:
    case Kind::kSeen:
      return read_seen(data);
    case Kind::kMetrics:
    case Kind::kExists:
    case Kind::kLabels:
    case Kind::kLabelValues:
      return read_names(data);
  }
  return unreadable("nobody knows what was asked");
}

}  // namespace

double Evaluated::sum() const {
  double sum = 0;
  for (const Series& one : series) sum += one.value;
  return sum;
}

Answer read_answer(const Question& question, int status, std::string_view body) {
  const Result<JsonValue> json = JsonValue::parse(body);
  const bool success = json && json->text("status") == "success";
  if (status < 200 || status > 299 || (json && json->text("status") == "error"))
    return read_refusal(question, status, json, body);
  if (!success) {
    const std::string begins = on_one_line(body.substr(0, 80));
    return unreadable(begins.empty() ? "it is empty" : "it begins with " + begins);
  }
  return read_data(question, json->find("data"));
}

}  // namespace tocsin

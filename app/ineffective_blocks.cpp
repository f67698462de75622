#include "app/ineffective_blocks.h"

#include <fmt/format.h>

#include <initializer_list>

#include "core/duration.h"
#include "core/labels.h"

namespace tocsin {
namespace {

using Keys = std::initializer_list<std::string_view>;

void allow(YamlObject& object, Keys keys) {
  for (std::string_view key : keys) object.child(key);
  object.refuse_unknown_keys();
}

// A list of mappings that may have `keys` and must have `required`.
void check_outputs(YamlObject& recorder, std::string_view key, Keys keys, Keys required = {}) {
  for (const YamlNode& item : recorder.list(key)) {
    YamlObject output(item, std::string(key) + " entry", recorder.problems());
    for (std::string_view name : required) {
      if (!output.has(name)) output.error(name, fmt::format("an entry of {} must have {}", key, name));
    }
    allow(output, keys);
  }
}

}  // namespace

void check_tracing(const YamlNode& node, Problems& problems) {
  if (node.null()) return;
  YamlObject tracing(node, "tracing", problems);
  std::string text;
  if (tracing.text("client_type", text) && !tracing.is_one_of("client_type", text, {"grpc", "http"})) {
    tracing.error("client_type", fmt::format("{} is not a client_type", go_quote(text)),
                  "write grpc or http");
  }
  if (tracing.text("compression", text) && !tracing.is_one_of("compression", text, {"", "gzip"})) {
    tracing.error("compression", fmt::format("{} is not a compression", go_quote(text)),
                  "write gzip, or remove it");
  }
  double fraction = 0;
  tracing.real("sampling_fraction", fraction);
  bool insecure = false;
  tracing.boolean("insecure", insecure);
  if (tracing.text("timeout", text) && !parse_prometheus_duration(text) && !parse_go_duration(text)) {
    tracing.error("timeout", fmt::format("{} is not a duration", go_quote(text)), "write for example 10s");
  }
  if (!tracing.has("endpoint")) {
    tracing.error("endpoint", "tracing must have an endpoint",
                  "add `endpoint: HOST:PORT`, or remove `tracing`");
  }
  allow(tracing, {"endpoint", "tls_config", "headers"});
  problems.warning(node.file(), node.position(), "tracing has no effect here: no traces are sent",
                   "the history and /metrics say what the program does");
}

void check_event_recorder(const YamlNode& node, Problems& problems) {
  if (node.null()) return;
  YamlObject recorder(node, "event_recorder", problems);
  check_outputs(recorder, "file_outputs", {"path"}, {"path"});
  check_outputs(recorder, "webhook_outputs",
                {"url", "http_config", "timeout", "workers", "max_retries", "retry_backoff", "batch",
                 "batch_max_events", "batch_max_bytes", "batch_flush_interval"},
                {"url"});
  check_outputs(
      recorder, "kafka_outputs",
      {"brokers", "topic", "client_id", "format", "acks", "compression", "buffer_size", "tls_config"},
      {"brokers", "topic"});
  check_outputs(recorder, "stdout_outputs", {});
  // An earlier form, with the kind of output as a key of its own.
  check_outputs(
      recorder, "outputs",
      {"type", "path", "url", "http_config", "timeout", "workers", "max_retries", "retry_backoff", "brokers",
       "topic", "client_id", "format", "acks", "compression", "buffer_size", "tls_config"},
      {"type"});
  recorder.refuse_unknown_keys();
  problems.warning(node.file(), node.position(), "event_recorder has no effect here: no events are written",
                   "every event is kept in the history");
}

}  // namespace tocsin

// ApiBackend is all that the HTTP API may ask of the program, and all that it may do to it. The running
// program stands behind it; in tests, a struct of values does. Every answer is a value of its own: handlers
// run on the server's threads, several at a time.
#pragma once

#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "app/history_reader.h"
#include "app/rules_snapshot.h"
#include "core/alert.h"
#include "core/matcher.h"
#include "core/result.h"
#include "core/time.h"
#include "router/explain.h"
#include "router/posted_alerts.h"
#include "router/router_view.h"
#include "router/silence.h"

namespace tocsin {

struct StatusView {
  std::string version;
  std::string revision;
  std::string branch;
  std::string build_user;
  std::string build_date;
  TimePoint started_at = kNoTime;
  std::string redacted_config;      // YAML, secrets as <secret>
  std::string alertmanager_config;  // the part of it that Alertmanager's loader takes
  std::string own_version;
  std::string instance;  // this one's name among its peers; it has none
  std::string address;   // HOST:PORT that it listens on
  std::string external_url;
};

struct ReceiverView {
  std::string name;
  Labels labels;  // the name is one of them
};

// What one POST of alerts held, for the metrics.
struct PostedCounts {
  std::size_t firing = 0;
  std::size_t resolved = 0;
  std::size_t invalid = 0;
};

enum class OfferAnswer { kAccepted, kTooBusy };

class ApiBackend {
 public:
  virtual ~ApiBackend() = default;

  virtual TimePoint now() = 0;
  virtual Duration resolve_timeout() = 0;
  // How filters and posted silences write matchers, and which label names are allowed (--enable-feature).
  virtual MatcherDialect matcher_dialect() { return MatcherDialect::kFallback; }
  virtual NameScheme name_scheme() { return NameScheme::kUtf8; }
  virtual std::vector<AlertView> alerts() = 0;  // in order of their fingerprints
  // The same in parts of that many: returns at once, and `take` is called for one part after the other, on
  // whichever thread, with true for the last one. Others wait meanwhile, so it must not do the work itself.
  virtual void alerts_in_parts(std::size_t, std::function<void(std::vector<AlertView>, bool last)> take) {
    take(alerts(), true);
  }
  virtual std::vector<GroupView> groups() = 0;
  virtual Explanations explain(const ExplainQuery&) = 0;
  // Read beside the engine, so it may lag behind by what is not committed yet.
  virtual Result<std::vector<HistoryEntry>> history(const HistoryQuery&) = 0;
  virtual RulesSnapshot rules() = 0;
  virtual std::vector<ReceiverView> receivers() = 0;  // in the order of the configuration
  virtual StatusView status() = 0;
  virtual std::string metrics_text() = 0;
  // Fails with what is still awaited.
  virtual Result<void> ready() = 0;

  // Takes all of them, or none because too much waits already. What is accepted is stored when this returns:
  // the sender may forget it.
  virtual OfferAnswer offer(std::vector<Alert>) = 0;
  virtual void count_posted(const PostedCounts&) = 0;

  virtual std::vector<Silence> silences() = 0;
  virtual std::optional<Silence> silence(const std::string& id) = 0;
  // Answers with the id in force. What is set, and what is expired, is stored when this returns.
  virtual tl::expected<std::string, SilenceError> set_silence(Silence wanted) = 0;
  virtual tl::expected<void, SilenceError> expire_silence(const std::string& id) = 0;
  // Whether silences that mute nearly everything are refused instead of accepted with a warning.
  virtual bool refuse_broad_silences() { return false; }

  // Fails with every problem of the new configuration, a line each; the old one stays in force then.
  virtual Result<void> reload() = 0;
};

}  // namespace tocsin

// An Integration is one way to reach people: one Slack channel, one PagerDuty service, one mailbox list. It
// is two pure functions: build the request that says a notification, and read the service's answer; where a
// service wants several requests for that, a third one says which comes next. Carrying, retrying and
// remembering belong to others.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/delivery_result.h"
#include "core/notification.h"
#include "core/outbound.h"
#include "core/pace.h"
#include "core/rule_change.h"
#include "receivers/aws_identity.h"
#include "receivers/template_field.h"

namespace tocsin {

class NotificationTemplates;

// What an integration may use while it builds: all of it given, nothing looked up.
struct BuildContext {
  const NotificationTemplates& templates;
  std::string external_url;
  TimePoint now = kNoTime;
  // Reads a secret now (files are read at use); fails with the path where a file cannot be read.
  std::function<Result<std::string>(const Secret&)> read_secret;
  // What this integration asked to be kept, as it was when the delivery began; empty: nothing, or no longer
  // good.
  std::string kept = {};
  // The AWS identity that the environment gives, or that profile of the shared AWS files; unset: there is
  // none.
  std::function<Result<AwsIdentity>(const std::string& profile)> aws_identity = {};
  // Told of each template of the user's that fails while the message still goes out in plain words; may be
  // unset.
  std::function<void(const std::string& what)> note_template_failure = {};
};

// Something that an integration wants back at its next deliveries, for instance an access token that the
// service asks not to be fetched each time. In memory only: it may be lost at any moment, and does not
// survive a restart.
struct Keepsake {
  std::string text;          // may be secret; empty: forget what is kept
  TimePoint until = kNever;  // not handed out from then on
};

// A request, and what the user should know about it.
struct BuiltRequest {
  OutboundRequest request;
  // Templates that failed and parts that were cut to a service's limit. The message still goes out, in plain
  // words where a template failed; empty: nothing to report.
  std::string warning;
  std::optional<Keepsake> keep = std::nullopt;
};

// What follows an answer: another request of the same delivery, or its end.
using NextStep = std::variant<BuiltRequest, DeliveryResult>;

class Integration {
 public:
  Integration(IntegrationId id, std::string id_of_config)
      : id_(std::move(id)), fingerprint_(std::move(id_of_config)) {}
  virtual ~Integration() = default;
  Integration(const Integration&) = delete;
  Integration& operator=(const Integration&) = delete;

  const IntegrationId& id() const { return id_; }
  // Changes when the user's configuration of this integration changes.
  const std::string& fingerprint() const { return fingerprint_; }
  virtual bool wants_resolved() const = 0;  // send_resolved
  // Every template of its configuration, to be tried out when the configuration is loaded.
  virtual std::vector<TemplateField> template_fields() const = 0;

  // Fails (the delivery is then kRejected) only where there is nobody to tell: an empty key or address, an
  // unreadable secret, or a template of these that fails. A failing template of the wording costs the
  // wording, never the page.
  virtual Result<BuiltRequest> build(const Notification&, const BuildContext&) const = 0;
  virtual DeliveryResult read(const Notification&, const OutboundAnswer&) const = 0;

  // True where one request may not be enough: after each answer next() is asked instead of read().
  virtual bool takes_several_requests() const { return false; }
  // `so_far` has all answers of this delivery in the order of their requests; it is not empty. A delivery
  // that failed half-way is tried again from its first request, so each request must be harmless to repeat
  // once the ones before it were done, or the service must know the repetition by a key of ours.
  virtual NextStep next(const Notification& notification, const BuildContext&,
                        const std::vector<OutboundAnswer>& so_far) const {
    return read(notification, so_far.back());
  }

  // Whether the service is to hear of changed rules, which is no notification.
  virtual bool wants_changes() const { return false; }
  virtual Result<HttpRequest> tell_change(const RulesChanged&, const BuildContext&) const {
    return fail("this kind of integration tells no changes");
  }
  virtual DeliveryResult read_change(const OutboundAnswer&, TimePoint) const { return {}; }

 private:
  IntegrationId id_;
  std::string fingerprint_;
};

struct Receiver {
  std::string name;
  std::map<std::string, std::string> labels;  // what Alertmanager 0.34 calls receiver labels
  std::vector<std::shared_ptr<const Integration>> integrations;  // may be empty: the usual "null" sink
  std::map<IntegrationId, Pace> paces;                           // of the integrations
  // Hears as well what an integration of this one has not taken for so long; empty: none.
  std::string fallback_receiver{};
  Duration fallback_after = std::chrono::minutes(5);
};

}  // namespace tocsin

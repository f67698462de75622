// An Integration is one way to reach people: one Slack channel, one PagerDuty service, one mailbox list. It
// is two pure functions: build the request that says a notification, and read the service's answer. Carrying,
// retrying and remembering belong to others.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/delivery_result.h"
#include "core/notification.h"
#include "core/outbound.h"
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
};

// A request, and what the user should know about it.
struct BuiltRequest {
  OutboundRequest request;
  // Templates that failed and parts that were cut to a service's limit. The message still goes out, in plain
  // words where a template failed; empty: nothing to report.
  std::string warning;
};

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

 private:
  IntegrationId id_;
  std::string fingerprint_;
};

struct Receiver {
  std::string name;
  std::map<std::string, std::string> labels;  // what Alertmanager 0.34 calls receiver labels
  std::vector<std::shared_ptr<const Integration>> integrations;  // may be empty: the usual "null" sink
};

}  // namespace tocsin

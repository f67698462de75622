// MessageWriter: expands the templates of one integration for one notification. A template that fails is
// replaced by plain words and remembered, so that the message can say so and the delivery's warning too. Made
// for one build() and thrown away.
#pragma once

#include <string>
#include <string_view>

#include "receivers/integration.h"
#include "receivers/notification_templates.h"

namespace tocsin {

class MessageWriter {
 public:
  // The notification's route labels become text first; one that fails is left out and reported.
  MessageWriter(const BuildContext&, NotificationData);
  // With the first `max_alerts` alerts (0: all); route labels are still those of all.
  MessageWriter(const BuildContext&, const Notification&, std::size_t max_alerts);

  const NotificationData& data() const { return view_.data(); }
  // The expanded template; `instead` where it fails.
  std::string text(const TemplateField&, std::string_view instead = "");
  std::string html(const TemplateField&, std::string_view instead = "");
  // For what says where to send: no plain words can replace it.
  Result<std::string> required(const TemplateField&) const;
  // A secret, which may be a template itself (PagerDuty's key, a webhook's URL).
  Result<std::string> required_secret(const std::string& key, const Secret&) const;
  // Any text as a template; fails as templates do.
  Result<std::string> expand(std::string_view template_text) const;

  // The text within a service's limit in code points; a cut is reported, naming `what` was cut.
  std::string fitting(std::string text, std::size_t limit, const std::string& what);

  // A template that was expanded elsewhere has failed.
  void note_failure(const TemplateField&, const std::string& why);
  void warn(const std::string& what);
  // A template of the user's failed, and something plain stands in its place.
  void warn_of_template(const std::string& what);
  bool failed() const { return failed_; }
  // What to report of all that happened, on one line; empty where nothing did.
  const std::string& warning() const { return warning_; }

 private:
  NotificationData with_text_labels(NotificationData);
  NotificationData first_alerts(const Notification&, std::size_t max_alerts);
  std::string kept_or_instead(const TemplateField&, Result<std::string>, std::string_view instead);

  const BuildContext& context_;
  std::string warning_;  // before the view, whose making may add to it
  NotificationView view_;
  bool failed_ = false;
};

}  // namespace tocsin

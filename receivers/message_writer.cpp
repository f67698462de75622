#include "receivers/message_writer.h"

#include "receivers/text_limits.h"

namespace tocsin {

MessageWriter::MessageWriter(const BuildContext& context, NotificationData data)
    : context_(context), view_(with_text_labels(std::move(data)), context.now) {}

MessageWriter::MessageWriter(const BuildContext& context, const Notification& notification,
                             std::size_t max_alerts)
    : context_(context), view_(first_alerts(notification, max_alerts), context.now) {}

NotificationData MessageWriter::with_text_labels(NotificationData data) {
  warning_ = render_route_labels(data, context_.templates, context_.now);
  if (!warning_.empty() && context_.note_template_failure) context_.note_template_failure(warning_);
  return data;
}

NotificationData MessageWriter::first_alerts(const Notification& notification, std::size_t max_alerts) {
  NotificationData all = with_text_labels(notification_data(notification, context_.external_url));
  if (max_alerts == 0 || all.alerts.size() <= max_alerts) return all;
  NotificationData out = notification_data(notification, context_.external_url, max_alerts);
  out.route_labels = std::move(all.route_labels);
  out.route_labels_rendered = true;
  return out;
}

std::string MessageWriter::text(const TemplateField& field, std::string_view instead) {
  if (field.text.empty()) return "";
  return kept_or_instead(field, context_.templates.text(field.text, view_), instead);
}

std::string MessageWriter::html(const TemplateField& field, std::string_view instead) {
  if (field.text.empty()) return "";
  return kept_or_instead(field, context_.templates.html(field.text, view_), instead);
}

std::string MessageWriter::kept_or_instead(const TemplateField& field, Result<std::string> expanded,
                                           std::string_view instead) {
  if (expanded) return std::move(*expanded);
  note_failure(field, expanded.error().message);
  return std::string(instead);
}

void MessageWriter::note_failure(const TemplateField& field, const std::string& why) {
  warn_of_template("the template of " + field.key + " failed: " + cut_to_runes(on_one_line(why), 300));
}

Result<std::string> MessageWriter::required(const TemplateField& field) const {
  Result<std::string> out = expand(field.text);
  if (!out) return fail("the template of " + field.key + " failed: " + out.error().message);
  return out;
}

Result<std::string> MessageWriter::required_secret(const std::string& key, const Secret& secret) const {
  const Result<std::string> content = context_.read_secret(secret);
  if (!content) return fail(key + ": " + content.error().message);
  Result<std::string> out = expand(*content);
  // The message of a failing template quotes it, and here it is a secret.
  if (!out) return fail("the template of " + key + " failed");
  if (out->empty()) return fail(key + " is empty");
  return out;
}

Result<std::string> MessageWriter::expand(std::string_view template_text) const {
  return context_.templates.text(template_text, view_);
}

std::string MessageWriter::fitting(std::string text, std::size_t limit, const std::string& what) {
  if (count_runes(text) <= limit) return text;
  warn("the " + what + " was cut to " + std::to_string(limit) + " characters");
  return cut_to_runes(text, limit);
}

void MessageWriter::warn_of_template(const std::string& what) {
  failed_ = true;
  if (context_.note_template_failure) context_.note_template_failure(what);
  warn(what);
}

void MessageWriter::warn(const std::string& what) {
  warning_ += (warning_.empty() ? "" : "; ") + what;
}

}  // namespace tocsin

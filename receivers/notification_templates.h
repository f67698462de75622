// NotificationTemplates: all templates of a configuration, parsed once: the built-in ones, then the user's
// files in order, where a later `define` replaces an earlier one. There are two forms of each: one for plain
// text, and one for HTML, where each action's output is escaped for the place where it stands. Immutable;
// shared by all integrations of one configuration.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/problem.h"
#include "core/result.h"
#include "receivers/notification_objects.h"
#include "receivers/route_labels.h"
#include "receivers/template_field.h"

namespace tocsin {

class NotificationTemplates {
 public:
  // `files` are names and contents. Each syntax error becomes a problem with file and line, and so does each
  // definition that fails on sample alerts, firing and resolved; the templates made are those that could be
  // read.
  static NotificationTemplates make(const std::vector<std::pair<std::string, std::string>>& files, Problems&);

  // Whether a file of the user's has a definition of its own for one of Alertmanager's default texts.
  bool replaces_defaults() const;

  // Expands a template that stands in the configuration; it may call every definition.
  Result<std::string> text(std::string_view template_text, const NotificationView&) const;
  Result<std::string> html(std::string_view template_text, const NotificationView&) const;

  // The notification's route labels, each expanded; see render_route_labels for what they are expanded with.
  RenderedRouteLabels route_labels(const NotificationView&) const;

  // Tries a template of the configuration on the samples; a failure is a problem at its place.
  void check(const TemplateField&, Problems&) const;

  // A group with firing and resolved alerts, and one that is resolved.
  static std::vector<NotificationView> samples();

 private:
  struct Sets;
  struct Execution;
  explicit NotificationTemplates(std::shared_ptr<const Sets> sets) : sets_(std::move(sets)) {}
  std::shared_ptr<const Sets> sets_;
};

}  // namespace tocsin

#include "receivers/page_links.h"

#include <algorithm>

#include "core/matcher.h"
#include "core/percent_encoding.h"
#include "receivers/receiver_config.h"

namespace tocsin {
namespace {

constexpr std::size_t kMostAlertsSearched = 100;  // for a link that not all alerts share

// {a="b", c="d"}, as matchers are written; empty where there are none.
std::string matchers_of(const KeyValues& labels) {
  std::string out;
  for (const auto& [name, value] : labels) {
    if (const auto matcher = Matcher::make(name, MatchType::kEqual, value))
      out += (out.empty() ? "{" : ", ") + matcher->to_string();
  }
  return out.empty() ? out : out + "}";
}

std::string base_of(const NotificationData& data) {
  std::string out = data.external_url;
  while (out.ends_with('/')) out.pop_back();
  return out;
}

// Of the annotation that all alerts share, else of the first alert that has one.
std::string annotated_url(const NotificationData& data, std::initializer_list<const char*> names) {
  const auto usable = [](const KeyValues& annotations, const char* name) {
    const auto found = annotations.find(name);
    return found != annotations.end() && check_http_url(found->second) ? found->second : std::string();
  };
  for (const char* name : names) {
    if (std::string url = usable(data.common_annotations, name); !url.empty()) return url;
  }
  for (std::size_t i = 0; i < std::min(data.alerts.size(), kMostAlertsSearched); ++i) {
    for (const char* name : names) {
      if (std::string url = usable(data.alerts[i].annotations, name); !url.empty()) return url;
    }
  }
  return "";
}

std::string expression_url(const NotificationData& data) {
  for (std::size_t i = 0; i < std::min(data.alerts.size(), kMostAlertsSearched); ++i) {
    if (check_http_url(data.alerts[i].generator_url)) return data.alerts[i].generator_url;
  }
  return "";
}

}  // namespace

std::string silence_url(const NotificationData& data) {
  const std::string matchers =
      matchers_of(data.common_labels.empty() ? data.group_labels : data.common_labels);
  if (data.external_url.empty() || matchers.empty()) return "";
  return base_of(data) + "/#/silences/new?filter=" + percent_encoded(matchers);
}

std::string group_url(const NotificationData& data) {
  if (data.external_url.empty()) return "";
  std::string out = base_of(data) + "/#/alerts?receiver=" + percent_encoded(data.receiver);
  const std::string matchers = matchers_of(data.group_labels);
  return matchers.empty() ? out : out + "&filter=" + percent_encoded(matchers);
}

std::string explain_url(const NotificationData& data) {
  const std::string matchers =
      matchers_of(data.group_labels.empty() ? data.common_labels : data.group_labels);
  if (data.external_url.empty()) return "";
  const std::string out = base_of(data) + "/api/tocsin/v1/explain";
  return matchers.empty() ? out : out + "?filter=" + percent_encoded(matchers);
}

std::vector<PageLink> page_links(const NotificationData& data) {
  std::vector<PageLink> out;
  const auto add = [&out](const char* text, std::string url) {
    if (!url.empty()) out.push_back({text, std::move(url)});
  };
  add("Runbook", annotated_url(data, {"runbook_url", "runbook"}));
  add("Graph", expression_url(data));
  add("Dashboard", annotated_url(data, {"dashboard_url", "dashboard"}));
  if (data.firing) add("Silence", silence_url(data));
  add("This group", group_url(data));
  add("Why?", explain_url(data));
  return out;
}

}  // namespace tocsin

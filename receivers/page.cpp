#include "receivers/page.h"

#include <algorithm>
#include <set>

#include "receivers/text_limits.h"
#include "receivers/trend_text.h"

namespace tocsin {
namespace {

constexpr std::size_t kMostPlaceLabels = 4;  // in the title
constexpr std::size_t kMostNames = 3;        // of alerts in the delta line, of rules in the title
constexpr std::size_t kMostColumns = 4;
constexpr std::size_t kMostSubjectsCounted = 1000;
// The head of the one column that holds all labels as name=value; no label has an empty name.
constexpr std::string_view kAllInOne = "";

std::string value_of(const KeyValues& pairs, const char* name) {
  const auto found = pairs.find(name);
  return found == pairs.end() ? std::string() : found->second;
}

std::string counted(std::size_t count, const std::string& word) {
  return std::to_string(count) + " " + word;
}

// Firing before resolved, then what is new, then the worse; otherwise as the router sorted them.
std::vector<const AlertData*> most_important(const NotificationData& data) {
  std::vector<const AlertData*> out;
  out.reserve(data.alerts.size());
  for (const AlertData& alert : data.alerts) out.push_back(&alert);
  const auto rank = [](const AlertData* alert) {
    return (alert->firing ? 100 : 0) + (alert->change == AlertChange::kNew ? 10 : 0) +
           static_cast<int>(severity_of(*alert));
  };
  const std::size_t shown = std::min(out.size(), kMostPageRows);
  std::vector<std::pair<int, std::size_t>> order;  // the rank negative, so that the highest comes first
  for (std::size_t i = 0; i < out.size(); ++i) order.emplace_back(-rank(out[i]), i);
  std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(shown), order.end());
  std::vector<const AlertData*> sorted;
  for (std::size_t i = 0; i < shown; ++i) sorted.push_back(out[order[i].second]);
  return sorted;
}

std::string state_of(const NotificationData& data, const AlertTotals& totals) {
  const std::string all = totals.all() > 1 ? " " + std::to_string(totals.all()) : "";
  if (!data.firing) return "RESOLVED" + all;
  if (totals.resolved == 0) return "FIRING" + all;
  return "FIRING " + std::to_string(totals.firing()) + " of " + std::to_string(totals.all());
}

std::string symbol_of(const Page& page) {
  if (!page.firing) return "🟢";
  switch (page.severity) {
    case AlertSeverity::kCritical:
      return "🔴";
    case AlertSeverity::kError:
      return "🟠";
    case AlertSeverity::kWarning:
      return "🟡";
    case AlertSeverity::kInfo:
      return "🔵";
  }
  return "🟠";
}

// The alerts' name; of several the first ones.
std::string subject_of(const NotificationData& data) {
  if (std::string name = value_of(data.common_labels, "alertname"); !name.empty()) return name;
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < std::min(data.alerts.size(), kMostSubjectsCounted); ++i) {
    const auto name = data.alerts[i].labels.find("alertname");
    if (name != data.alerts[i].labels.end() && !name->second.empty()) names.insert(name->second);
  }
  std::string out;
  std::size_t said = 0;
  for (const std::string_view name : names) {
    if (said == kMostNames) break;
    out += (said++ == 0 ? "" : ", ") + std::string(name);
  }
  if (names.size() > said) out += " and " + std::to_string(names.size() - said) + " more";
  return out.empty() ? "alerts" : out;
}

// The common labels that say where, the group's own first, and the others.
void place_labels(const NotificationData& data, Page& page) {
  std::vector<std::pair<std::string, std::string>> pairs;
  const auto add = [&pairs](const KeyValues& labels, const KeyValues& known) {
    for (const auto& [name, value] : labels) {
      if (name == "alertname" || name == "severity" || value.empty() || known.contains(name)) continue;
      pairs.emplace_back(name, value);
    }
  };
  add(data.group_labels, {});
  add(data.common_labels, data.group_labels);
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    std::string& text = i < kMostPlaceLabels ? page.place : page.common;
    text += (text.empty() ? "" : ", ") + pairs[i].first + "=" + pairs[i].second;
  }
  if (const std::string severity = value_of(data.common_labels, "severity"); !severity.empty())
    page.common += (page.common.empty() ? "severity=" : ", severity=") + severity;
}

KeyValues own_labels(const NotificationData& data, const AlertData& alert) {
  KeyValues out;
  for (const auto& [name, value] : alert.labels) {
    if (!data.common_labels.contains(name)) out.emplace(name, value);
  }
  return out;
}

// gpu-7, or gpu-7/3 where two labels differ.
std::string short_name(const NotificationData& data, const AlertData& alert) {
  std::string out;
  for (const auto& [name, value] : sorted_pairs(own_labels(data, alert)))
    out += (out.empty() ? "" : "/") + value;
  return on_one_line(cut_to_runes(out, 40));
}

// " (gpu-7, gpu-9, …)" of the alerts that changed so; empty where nothing tells them apart.
std::string names_of(const NotificationData& data, AlertChange change, std::size_t count) {
  std::string out;
  std::size_t said = 0;
  for (const AlertData& alert : data.alerts) {
    if (alert.change != change) continue;
    const std::string name = said < kMostNames ? short_name(data, alert) : "";
    if (name.empty()) break;
    out += (said++ == 0 ? "" : ", ") + name;
  }
  if (said == 0) return "";
  return " (" + out + (said < count ? ", …)" : ")");
}

std::string changes_of(const NotificationData& data, const AlertTotals& totals) {
  std::string out;
  const auto add = [&out](const std::string& text) { out += (out.empty() ? "" : ", ") + text; };
  if (totals.fresh > 0)
    add("+" + counted(totals.fresh, "new") + names_of(data, AlertChange::kNew, totals.fresh));
  if (totals.resolved > 0 && data.firing) {
    add(counted(totals.resolved, "resolved") + names_of(data, AlertChange::kResolved, totals.resolved));
  } else if (totals.resolved > 1) {
    add(counted(totals.resolved, "resolved"));
  }
  if (totals.unchanged > 0) add(counted(totals.unchanged, "unchanged"));
  return out;
}

// How long something fired: from the group's first alert to the last end.
std::string resolved_after(const NotificationData& data) {
  TimePoint end = kNoTime;
  for (const AlertData& alert : data.alerts) end = std::max(end, alert.ends_at);
  if (!is_set(end) || !is_set(data.first_fired_at) || end < data.first_fired_at) return "resolved";
  return "resolved after " + spoken_duration(end - data.first_fired_at);
}

std::string history_of(const NotificationData& data, TimePoint now) {
  std::string out;
  if (!data.firing) {
    out = resolved_after(data);
  } else if (is_set(data.first_fired_at)) {
    out = "first fired " + spoken_duration(now - data.first_fired_at) + " ago";
  }
  if (data.times_notified > 0)
    out += (out.empty() ? "notified: " : "; notified: ") + ordinal(data.times_notified) + " time";
  return out;
}

std::string saying_of(const KeyValues& annotations) {
  for (const char* name : {"summary", "description", "message"}) {
    if (std::string text = value_of(annotations, name); !text.empty()) return text;
  }
  return "";
}

void add_sayings(const NotificationData& data, Page& page) {
  page.summary = saying_of(data.common_annotations);
  const std::string description = value_of(data.common_annotations, "description");
  if (description != page.summary) page.description = description;
}

// Of several alerts it says whose it is.
void add_trend(const NotificationData& data, Page& page) {
  if (!data.trend) return;
  page.trend = trend_text(*data.trend);
  if (page.trend.empty()) return;
  page.trend_words = trend_words(*data.trend);
  page.trend_picture = data.trend_picture;
  if (data.alerts.size() < 2) return;
  const auto about = std::ranges::find(data.alerts, data.trend->fingerprint, &AlertData::fingerprint);
  const std::string name = about == data.alerts.end() ? "" : short_name(data, *about);
  if (name.empty()) return;
  page.trend = name + ": " + page.trend;
  page.trend_words = name + ": " + page.trend_words;
}

// The names of the labels in which the rows differ, unless there are too many for a table.
std::vector<std::string> columns_of(const NotificationData& data,
                                    const std::vector<const AlertData*>& alerts) {
  KeyValues names;
  for (const AlertData* alert : alerts) {
    for (const auto& [name, value] : alert->labels) {
      if (!data.common_labels.contains(name)) names.emplace(name, "");
    }
  }
  std::vector<std::string> out;
  if (names.size() > kMostColumns) return {std::string(kAllInOne)};
  for (const auto& [name, none] : sorted_pairs(names)) out.push_back(name);
  return out;
}

PageRow row_of(const NotificationData& data, const AlertData& alert, const Page& page, TimePoint now) {
  PageRow row;
  if (alert.change == AlertChange::kNew) row.change = "new";
  if (!alert.firing) row.change = "resolved";
  const KeyValues own = own_labels(data, alert);
  if (page.columns.size() == 1 && page.columns.front() == kAllInOne) {
    std::string text;
    for (const auto& [name, value] : sorted_pairs(own))
      text += (text.empty() ? "" : ", ") + name + "=" + value;
    row.values.push_back(on_one_line(text));
  } else {
    for (const std::string& name : page.columns)
      row.values.push_back(on_one_line(value_of(own, name.c_str())));
  }
  const TimePoint until = alert.firing || !is_set(alert.ends_at) ? now : alert.ends_at;
  if (is_set(alert.starts_at) && until >= alert.starts_at) row.age = spoken_duration(until - alert.starts_at);
  if (const std::string saying = saying_of(alert.annotations); saying != page.summary)
    row.saying = on_one_line(saying);
  return row;
}

}  // namespace

std::string spoken_duration(Duration duration) {
  const auto seconds =
      std::max<std::int64_t>(0, std::chrono::duration_cast<std::chrono::seconds>(duration).count());
  const auto two = [](std::int64_t large, const char* unit, std::int64_t small, const char* small_unit) {
    std::string out = std::to_string(large) + " " + unit;
    if (small > 0) out += " " + std::to_string(small) + " " + small_unit;
    return out;
  };
  if (seconds < 60) return std::to_string(seconds) + " s";
  if (seconds < 3600) return std::to_string(seconds / 60) + " min";
  if (seconds < 86'400) return two(seconds / 3600, "h", seconds % 3600 / 60, "min");
  return two(seconds / 86'400, "d", seconds % 86'400 / 3600, "h");
}

std::string ordinal(int number) {
  const int tens = number % 100;
  const char* ending = tens >= 11 && tens <= 13 ? "th"
                       : number % 10 == 1       ? "st"
                       : number % 10 == 2       ? "nd"
                       : number % 10 == 3       ? "rd"
                                                : "th";
  return std::to_string(number) + ending;
}

std::string Page::about() const {
  return on_one_line(place.empty() ? subject : subject + " — " + place);
}

std::string Page::title(std::size_t limit) const {
  return cut_to_runes(symbol + " [" + state + "] " + about(), limit);
}

std::string Page::delta() const {
  return changes.empty() || history.empty() ? changes + history : changes + "; " + history;
}

std::string Page::more(std::size_t shown) const {
  return shown >= total ? "" : "… " + std::to_string(total - shown) + " more";
}

Page make_page(const NotificationData& data, TimePoint now) {
  AlertTotals totals = data.totals;
  if (totals.all() == 0) {
    for (const AlertData& alert : data.alerts) totals.count(alert.change);
  }
  Page page;
  page.firing = data.firing;
  page.severity = worst_severity(data);
  page.symbol = symbol_of(page);
  page.state = state_of(data, totals);
  page.subject = subject_of(data);
  place_labels(data, page);
  add_sayings(data, page);
  page.changes = changes_of(data, totals);
  page.history = history_of(data, now);
  add_trend(data, page);
  page.total = totals.all();
  const std::vector<const AlertData*> alerts = most_important(data);
  page.columns = columns_of(data, alerts);
  for (const AlertData* alert : alerts) page.rows.push_back(row_of(data, *alert, page, now));
  page.links = page_links(data);
  page.all_url = group_url(data);
  page.footer = "Tocsin · receiver " + data.receiver_name;
  if (!data.group_key.empty()) page.footer += " · " + on_one_line(data.group_key);
  return page;
}

}  // namespace tocsin

// A Page is what a notification says to a person in Tocsin's own style, before any service's markup: a title
// that makes sense alone on a lock screen, what changed since the last time, the alerts as a table without
// what all of them share, and where to go on. It words; how much of it a service takes, and in which markup,
// is decided where it is rendered (page_text, page_html, slack_page).
#pragma once

#include <string>
#include <vector>

#include "receivers/alert_severity.h"
#include "receivers/page_links.h"

namespace tocsin {

struct PageRow {
  std::string change;               // "new", "resolved", "" where nothing changed
  std::vector<std::string> values;  // one per column of the page
  std::string age;                  // "12 min"; of a resolved alert how long it fired
  std::string saying;               // its summary, where not all alerts say the same
};

struct Page {
  bool firing = true;
  AlertSeverity severity = AlertSeverity::kError;
  std::string symbol;                // 🔴 🟠 🟡 🔵 by severity, 🟢 where all is resolved
  std::string state;                 // FIRING 3 of 5
  std::string subject;               // HighInferenceLatency
  std::string place;                 // model=llama-70b, cluster=eu1
  std::string summary;               // what all alerts say; may be empty
  std::string description;           // more of it; may be empty
  std::string common;                // the common labels that the title has no room for: job=api, team=ml
  std::string changes;               // +2 new (gpu-7, gpu-9), 1 resolved (gpu-3), 2 unchanged
  std::string history;               // first fired 12 min ago; notified: 2nd time
  std::string trend;                 // gpu-7: ▁▂▅█ 2.4 (threshold 2, last hour); may be empty
  std::string trend_words;           // gpu-7: 2.4 (threshold 2, last hour), for beside the picture
  std::string trend_picture;         // the content id of the same as a picture; empty: there is none
  std::vector<std::string> columns;  // names of the labels that differ; of many an empty one: name=value, …
  std::vector<PageRow> rows;         // the most important first; at most kMostPageRows
  std::size_t total = 0;             // alerts, shown or not
  std::vector<PageLink> links;
  std::string all_url;  // where all alerts are listed; may be empty
  std::string footer;

  // [FIRING 3 of 5] HighInferenceLatency — model=llama-70b, cluster=eu1, with the symbol before it; cut at
  // its end to at most `limit` code points.
  std::string title(std::size_t limit) const;
  // HighInferenceLatency — model=llama-70b, cluster=eu1
  std::string about() const;
  // `changes; history`: the one line that tells what is different from the last time.
  std::string delta() const;
  // "… 37 more" where `shown` rows are shown, and empty where that is all.
  std::string more(std::size_t shown) const;
  // A table of one alert says little that the title has not said.
  bool has_table() const { return total > 1 && !rows.empty(); }
};

inline constexpr std::size_t kMostPageRows = 100;

Page make_page(const NotificationData&, TimePoint now);

// As people say it, the two largest units: 45 s, 12 min, 3 h 5 min, 2 d 4 h.
std::string spoken_duration(Duration);
std::string ordinal(int number);  // 1st, 2nd, 3rd, 11th

}  // namespace tocsin

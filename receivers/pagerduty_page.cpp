// A page as PagerDuty's custom_details: nested, so that PagerDuty's rules can read single values.
#include <algorithm>

#include "receivers/pagerduty.h"

namespace tocsin {
namespace {

PayloadValue alert_of(const Page& page, const PageRow& row) {
  PayloadValue::Map out;
  const auto add = [&out](const std::string& key, const std::string& value) {
    if (!value.empty()) out.emplace(key, PayloadValue{value});
  };
  for (std::size_t i = 0; i < page.columns.size() && i < row.values.size(); ++i)
    add(page.columns[i].empty() ? "labels" : page.columns[i], row.values[i]);
  // What a label of that name says is not lost to ours.
  add("change", row.change);
  add("for", row.age);
  add("summary", row.saying);
  return {std::move(out)};
}

}  // namespace

PayloadValue::Map pagerduty_details(const Page& page, std::size_t shown) {
  PayloadValue::Map out;
  const auto add = [&out](const char* key, const std::string& value) {
    if (!value.empty()) out.emplace(key, PayloadValue{value});
  };
  add("summary", page.summary);
  add("description", page.description);
  add("changes", page.delta());
  add("trend", page.trend);
  add("labels",
      page.place.empty() || page.common.empty() ? page.place + page.common : page.place + ", " + page.common);
  add("source", page.footer);
  if (!page.has_table()) return out;
  shown = std::min(shown, page.rows.size());
  PayloadValue::List alerts;
  for (std::size_t i = 0; i < shown; ++i) alerts.push_back(alert_of(page, page.rows[i]));
  if (!alerts.empty()) out.emplace("alerts", PayloadValue{std::move(alerts)});
  if (const std::string more = page.more(shown); !more.empty())
    add("truncated", page.all_url.empty() ? more : more + ", full list: " + page.all_url);
  return out;
}

}  // namespace tocsin

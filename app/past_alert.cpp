#include "app/past_alert.h"

#include <algorithm>

namespace tocsin {
namespace {

using Said = NamedAlerts::Said;

template <class Item>
Item& find_or_add(std::vector<Item>& items, std::string Item::*name, std::string_view wanted) {
  const auto before = [&](const Item& item, std::string_view key) { return item.*name < key; };
  auto place = std::lower_bound(items.begin(), items.end(), wanted, before);
  if (place != items.end() && (*place).*name == wanted) return *place;
  Item added;
  added.*name = std::string(wanted);
  return *items.insert(place, std::move(added));
}

// Takes in one notice after the other, oldest first.
class Chronicle {
 public:
  explicit Chronicle(std::string_view fingerprint) { alert_.fingerprint = std::string(fingerprint); }

  void take(const PastNotice& notice) {
    if (notice.subject == alert_.fingerprint && notice.of_alert()) return take_alert(notice);
    const std::string_view integration = notice.detail("integration");
    if (!integration.empty()) return take_delivery(notice, integration);
    const auto known = std::ranges::find(alert_.groups, notice.subject, &PastGroup::key);
    if (known != alert_.groups.end()) take_group(notice, *known);
  }
  PastAlert finish() {
    // What a notification said is evidence too, where the beginning is older than the history.
    for (const PastGroup& group : alert_.groups) {
      for (const PastIntegration& about : group.integrations) {
        if (alert_.state != PastState::kUnknown || !about.told) continue;
        alert_.state = *about.told == Said::kFiring ? PastState::kFiring : PastState::kResolved;
      }
    }
    return std::move(alert_);
  }
  // Groups that hold the alert by what is said of it, before anything else is taken in: muting of a group may
  // begin before its first notification.
  void expect(const PastNotice& notice) {
    if (notice.subject == alert_.fingerprint && !notice.alert_group().empty()) {
      find_or_add(alert_.groups, &PastGroup::key, notice.alert_group());
    } else if (said_about(notice.named, alert_.fingerprint)) {
      find_or_add(alert_.groups, &PastGroup::key, notice.subject);
    }
  }

 private:
  void become(PastState state, const PastNotice& notice) {
    if (alert_.state != state) alert_.since = notice.at;
    alert_.state = state;
    alert_.cause.clear();
    alert_.dropped.clear();
  }

  void take_alert(const PastNotice& notice) {
    if (!notice.labels.empty()) alert_.labels = notice.labels;
    if (notice.kind == "AlertPending") {
      become(PastState::kPending, notice);
    } else if (notice.kind == "AlertForgotten") {
      become(PastState::kForgotten, notice);
    } else if (notice.kind == "AlertFired" || notice.kind == "AlertReceived") {
      become(PastState::kFiring, notice);
    } else if (notice.kind == "AlertResolved") {
      if (!notice.detail("but").empty()) return;  // another rule goes on with it
      become(PastState::kResolved, notice);
      alert_.cause = std::string(notice.detail("cause"));
      for (PastGroup& group : alert_.groups) unmute(group);
    } else if (notice.kind == "AlertDropped") {
      alert_.dropped = std::string(notice.detail("reason"));
    } else if (notice.kind == "AlertSuppressed" || notice.kind == "AlertUnsuppressed") {
      PastGroup& group = find_or_add(alert_.groups, &PastGroup::key, notice.alert_group());
      unmute(group);  // what it says replaces what was said before
      group.silenced_by = std::string(notice.detail("silenced_by"));
      group.inhibited_by = std::string(notice.detail("inhibited_by"));
      group.rule = std::string(notice.detail("rule"));
    }
  }

  static void unmute(PastGroup& group) {
    group.silenced_by.clear();
    group.inhibited_by.clear();
    group.rule.clear();
  }

  void take_group(const PastNotice& notice, PastGroup& group) {
    if (notice.kind == "GroupMuted") {
      for (const char* list : {"mute_time_intervals", "outside active_time_intervals"}) {
        if (notice.detail(list).empty()) continue;
        group.muted_by = std::string(notice.detail(list));
        group.muting_list = list;
      }
    } else if (notice.kind == "GroupUnmuted") {
      group.muted_by.clear();
    } else if (notice.kind == "GroupOpened") {
      group.closed = false;
      group.muted_by.clear();
    } else if (notice.kind == "GroupClosed") {
      group.closed = true;
    }
  }

  void take_delivery(const PastNotice& notice, std::string_view integration) {
    const auto said = said_about(notice.named, alert_.fingerprint);
    if (!said) return take_other_delivery(notice, integration);
    PastGroup& group = find_or_add(alert_.groups, &PastGroup::key, notice.subject);
    PastIntegration& about = find_or_add(group.integrations, &PastIntegration::integration, integration);
    if (notice.kind == "Notified") return arrived(notice, *said, about);
    if (!is_set(about.trying_since)) about.trying_since = notice.at;
    if (notice.kind == "Notifying") return;
    about.refused = notice.kind == "DeliveryRejected";
    about.last_error = std::string(notice.detail("message"));
    about.failed_tries = std::string(notice.detail("tries"));
  }

  // A delivery of one of its groups that does not name it, or not any more.
  void take_other_delivery(const PastNotice& notice, std::string_view integration) {
    if (notice.named.empty() || unnamed_in(notice.named) > 0) return;
    for (PastGroup& group : alert_.groups) {
      if (group.key != notice.subject) continue;
      for (PastIntegration& about : group.integrations) {
        if (about.integration == integration) about.trying_since = kNoTime;
      }
    }
  }

  static void arrived(const PastNotice& notice, Said said, PastIntegration& about) {
    if (about.told != said) {
      about.told_at = notice.at;
      about.times = 0;
    }
    about.told = said;
    about.last_at = notice.at;
    ++about.times;
    about.reason = std::string(notice.detail("reason"));
    about.tries = std::string(notice.detail("tries"));
    about.status = std::string(notice.detail("status"));
    about.trying_since = kNoTime;
    about.last_error.clear();
    about.failed_tries.clear();
    about.refused = false;
  }

  PastAlert alert_;
};

}  // namespace

std::string_view to_string(PastState state) {
  switch (state) {
    case PastState::kUnknown:
      return "unknown";
    case PastState::kPending:
      return "pending";
    case PastState::kForgotten:
      return "gone";
    case PastState::kFiring:
      return "firing";
    case PastState::kResolved:
      return "resolved";
  }
  return "unknown";
}

PastAlert past_alert(std::string_view fingerprint, std::span<const PastNotice> newest_first) {
  Chronicle chronicle(fingerprint);
  for (const PastNotice& notice : newest_first) chronicle.expect(notice);
  for (std::size_t i = newest_first.size(); i > 0; --i) chronicle.take(newest_first[i - 1]);
  return chronicle.finish();
}

}  // namespace tocsin

// What a client asked to see: the query parameters of /api/v2/alerts and /api/v2/alerts/groups, read and
// checked before anybody is asked for alerts. Reading fails with the answer to send.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "app/http_message.h"
#include "core/matcher.h"
#include "router/router_view.h"

namespace tocsin {

class ApiBackend;

// The parameters `receiver` (a regex over the whole name) and `receiver_matchers` (over a receiver's labels).
class ReceiverFilter {
 public:
  // The backend says which receivers there are, and which dialect matchers are written in.
  static tl::expected<ReceiverFilter, HttpAnswer> read(const HttpQuery&, ApiBackend&);
  bool takes(std::string_view receiver) const;
  bool takes_any(const std::vector<std::string>& receivers) const;

 private:
  std::optional<Matcher> name_;
  std::optional<std::set<std::string, std::less<>>> with_labels_;  // names; absent: whatever the labels
};

class AlertFilter {
 public:
  static tl::expected<AlertFilter, HttpAnswer> read(const HttpQuery&, ApiBackend&);

  // Resolved alerts are never listed.
  bool takes(const AlertView&, TimePoint now) const;
  // Groups that a time interval mutes; asked for by /api/v2/alerts/groups.
  bool takes_muted_groups() const { return muted_; }
  const ReceiverFilter& receivers() const { return receivers_; }

 private:
  bool active_ = true;
  bool silenced_ = true;
  bool inhibited_ = true;
  bool unprocessed_ = false;  // asked for in so many words
  bool muted_ = true;
  Matchers matchers_;
  ReceiverFilter receivers_;
};

}  // namespace tocsin

// What comes from outside, POSTed to the API, becomes alerts here: defaults for times, empty labels dropped,
// then the checks. Pure: the JSON has been read before. Good alerts are taken even where others of the same
// request are refused.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/alert.h"

namespace tocsin {

// One item of the request as it was sent; kNoTime where a time was absent.
struct PostedAlert {
  Labels labels;
  Labels annotations;
  TimePoint starts_at = kNoTime;
  TimePoint ends_at = kNoTime;
  SharedText generator_url;
};

struct PostedError {
  std::size_t index = 0;  // of the item
  std::string message;
};

struct PostedAlerts {
  std::vector<Alert> alerts;
  std::vector<PostedError> errors;
};

// Which label and annotation names are allowed.
enum class NameScheme { kUtf8, kLegacy };

// A missing start is the end, or now; a missing end is now + resolve_timeout, and marked as assumed.
PostedAlerts read_posted_alerts(std::span<const PostedAlert>, Duration resolve_timeout, NameScheme,
                                TimePoint now);

}  // namespace tocsin

// What a client asked to see of the silences: the query parameters of /api/v2/silences, read and checked
// before anybody is asked for silences.
#pragma once

#include <tl/expected.hpp>

#include "app/http_message.h"
#include "router/silence.h"

namespace tocsin {

class SilenceFilter {
 public:
  // Fails with the answer to send.
  static tl::expected<SilenceFilter, HttpAnswer> read(const HttpQuery&, MatcherDialect);
  bool takes(const Silence&, TimePoint now) const;

 private:
  bool active_ = true;
  bool expired_ = true;
  bool pending_ = true;
  Matchers matchers_;
};

}  // namespace tocsin

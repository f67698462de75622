// Api answers every HTTP request to the program: it finds the endpoint, sees to methods and common headers,
// and leaves the rest to the handlers of api_alerts, api_explain, api_posts, api_rules, api_silences and
// api_status. It has no state of its own; everything it tells comes from the ApiBackend. It may be called from
// several threads at once.
#pragma once

#include <string>
#include <string_view>

#include "app/api_backend.h"
#include "app/http_message.h"

namespace tocsin {

class Api {
 public:
  // The backend has to outlive the API. `route_prefix` ("/tocsin") stands before every path; "" and "/" are
  // none.
  explicit Api(ApiBackend& backend, std::string route_prefix);

  HttpAnswer answer(const HttpQuery&);
  // The endpoint that a request is for, as the metrics name it: "/api/v2/alerts", or "other". Never what a
  // client made up.
  std::string_view handler_name(const HttpQuery&) const;

 private:
  bool strip_prefix(std::string_view& path) const;
  HttpAnswer dispatch(std::string_view path, const HttpQuery&);
  HttpAnswer index_page() const;

  ApiBackend& backend_;
  std::string route_prefix_;  // without a slash at the end
};

}  // namespace tocsin

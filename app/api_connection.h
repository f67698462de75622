// ApiConnection: a command's flags put together with this machine's environment and amtool's configuration
// file, and the client that comes of them.
#pragma once

#include "app/api_flags.h"

namespace tocsin {

struct ApiConnection {
  ApiClient client;
  ApiSettings settings;
  static Result<ApiConnection> open(const ApiFlags&);
  // Lives as long as this.
  AskApi ask();
};

}  // namespace tocsin

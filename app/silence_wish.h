// SilenceWish: the silence that `tocsin silence add` was asked for, read from the command line with every
// mistake at once, and as the JSON that is posted.
#pragma once

#include <string>

#include "app/options_silence.h"
#include "core/result.h"
#include "router/silence.h"

namespace tocsin {

// Every mistake is in the message, a line each. `user` is the author where neither the command line nor
// `settings` name one.
Result<Silence> read_silence_wish(const SilenceAddOptions&, const ApiSettings& settings, TimePoint now,
                                  const std::string& user);

// What POST /api/v2/silences takes; fields that only we have are there only where they say something, so that
// an Alertmanager takes it too.
std::string posted_silence(const Silence&);

}  // namespace tocsin

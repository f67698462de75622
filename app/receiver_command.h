// `tocsin receiver`: tries a receiver of the configuration out, by a page that is marked as a test, or by
// showing what would be sent. One attempt each, without retries. Exit codes: 0 fine, 1 a faulty configuration
// or something that did not arrive, 2 usage.
#pragma once

#include "app/clock.h"
#include "app/command_output.h"
#include "app/files.h"
#include "app/options_receiver.h"
#include "app/transport.h"

namespace tocsin {

int run_receiver(const ReceiverOptions&);

// The same with the world given, and what is printed as values.
CommandOutput test_receiver(const ReceiverTestOptions&, Files&, Transport&, Clock&);
CommandOutput preview_receiver(const ReceiverPreviewOptions&, Files&, TimePoint now);

}  // namespace tocsin

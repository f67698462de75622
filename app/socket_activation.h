// Sockets that systemd has opened for us (a .socket unit) and handed over at the start: descriptors from 3
// on, announced by LISTEN_PID and LISTEN_FDS.
#pragma once

#include <string>
#include <vector>

#include "core/result.h"

namespace tocsin {

// The announced descriptors. Fails where there are none, or where they are meant for another process. The
// arguments are the variables' values; null: not set.
Result<std::vector<int>> activated_sockets(const char* listen_pid, const char* listen_fds, int own_pid);

// The same of this process' environment, which is cleared of them so that children do not take them for
// theirs.
Result<std::vector<int>> take_activated_sockets();

}  // namespace tocsin

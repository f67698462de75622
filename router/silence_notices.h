// How what happens to silences is put into notices and records.
#pragma once

#include <string>

#include "router/router_output.h"
#include "router/silence_entry.h"

namespace tocsin {

// `change`: "new", or "updated"; `replaced`: the id of the one that ended for it, or "".
void note_silence_set(const Silence&, std::string change, const std::string& replaced, TimePoint now,
                      RouterOutput&);
void note_silence_started(const Silence&, RouterOutput&);
void note_silence_expired(const Silence&, std::string cause, RouterOutput&);

// In place of what the same output already wants of this silence: one record per key.
void keep_silence(const SilenceEntry&, RouterOutput&);
void drop_silence(const std::string& id, RouterOutput&);

}  // namespace tocsin

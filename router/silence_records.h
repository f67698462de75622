// Silences as records: one per silence, its key the id. Only Silences reads them; whoever has silences from
// elsewhere (Alertmanager's data folder) may write them.
#pragma once

#include <string_view>

#include "core/record.h"
#include "core/result.h"
#include "router/silence_entry.h"

namespace tocsin {

inline constexpr std::string_view kSilenceBucket = "silence";

Record silence_record(const SilenceEntry&);
// A silence that was not ours so far: nothing has been said of it yet beyond its state now.
Record silence_record(const Silence&, TimePoint now);
// Of a record with a value.
Result<SilenceEntry> parse_silence(const Record&);

}  // namespace tocsin

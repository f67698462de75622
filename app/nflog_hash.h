// The number by which Alertmanager's notification log knows an alert. Only to read that log: our own state
// knows alerts by their labels.
#pragma once

#include <cstdint>

#include "core/labels.h"

namespace tocsin {

// XXH64 of name 0xFF value 0xFF for each label in order of name.
std::uint64_t nflog_alert_hash(const Labels&);

}  // namespace tocsin

// Blocks of Alertmanager's configuration that have no counterpart here: tracing and the event recorder. They
// are checked for mistakes and taken with a warning, because nobody is paged less for their absence.
#pragma once

#include "core/problem.h"
#include "core/yaml_reader.h"

namespace tocsin {

void check_tracing(const YamlNode&, Problems&);
void check_event_recorder(const YamlNode&, Problems&);

}  // namespace tocsin

// `tocsin schema rules|config`: the JSON Schema of what the loaders take, for editors.
#pragma once

#include "app/command_output.h"
#include "app/options_check.h"

namespace tocsin {

CommandOutput schema(const SchemaOptions&);
int run_schema(const SchemaOptions&);

}  // namespace tocsin

// Made-up documents for a loader that is run to be described: they hold what is known of its shape so far,
// and their nodes tell the shape how they are read.
#pragma once

#include <functional>
#include <memory>

#include "core/yaml_reader.h"
#include "core/yaml_shape.h"

namespace tocsin {

// The shape of what `load` reads, after it has read samples until nothing new was learned for long. The
// loader must refuse no document as a whole before it has looked at its keys. The shape must outlive the
// samples.
std::unique_ptr<YamlShape> learn_yaml_shape(const std::function<void(const YamlNode& root)>& load);

}  // namespace tocsin

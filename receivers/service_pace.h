// How fast each service takes notifications, as it documents it, and how users say it otherwise:
//
//   pace: {rate: 1/s, burst: 5}    one each second, and five at once after a pause
//   pace: none                     as fast as they come
#pragma once

#include <string_view>

#include "core/pace.h"
#include "core/yaml_reader.h"

namespace tocsin {

// Of the kinds that are not in the table nothing is known: no limit.
Pace service_pace(std::string_view kind);

// The key `pace` of an integration; `usual` where it is absent or wrong.
Pace read_pace(YamlObject&, const Pace& usual);

}  // namespace tocsin

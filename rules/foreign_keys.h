// Keys that other products put into rule files: Thanos, Mimir, Loki, vmalert. Prometheus refuses them and so
// do we, but the message can say whose they are and what to write instead.
#pragma once

#include <string>
#include <string_view>

namespace tocsin {

enum class RuleFilePart { kGroup, kRule };

// The hint for an unknown key that is known elsewhere; "" where nobody knows it.
std::string foreign_key_hint(RuleFilePart, std::string_view key);

}  // namespace tocsin

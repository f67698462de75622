// gzip: one buffer in, one gzip member out (RFC 1952). For answers to clients that accept it; nothing here
// reads gzip, because the server refuses compressed bodies.
#pragma once

#include <string>
#include <string_view>

namespace tocsin {

std::string gzip(std::string_view text);

}  // namespace tocsin

// What a plain YAML scalar means: the booleans and numbers of YAML 1.1 as Go's yaml resolves them. It knows
// text only; whether a scalar is plain at all is YamlNode's business.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tocsin {

// true, yes, on, y and their opposites, in lower case, Capitalised or in CAPITALS.
std::optional<bool> yaml_boolean(std::string_view text);
// Decimal, 0x, 0o, 0b, octal with a leading 0, with underscores anywhere; also 1.0 and 1e3, which are whole.
// Go cuts 1.5 down to 1; here it is no integer, since that is never what somebody meant.
std::optional<std::int64_t> yaml_integer(std::string_view text);
// Whatever an integer may be, decimal fractions, exponents, .inf and .nan.
std::optional<double> yaml_real(std::string_view text);
// Base64 with padding, line breaks allowed, as `!!binary` holds it.
std::optional<std::string> decode_base64(std::string_view text);

}  // namespace tocsin

// Label sets, strings and templates of Prometheus 1.x rules: {name="value", …}.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "rules/legacy_cursor.h"

namespace tocsin {

// `kind` is "label" or "annotation". `alert` is empty for recording rules, whose labels are no templates.
// False where nobody can say what stands behind it.
bool read_legacy_labels(LegacyCursor&, std::map<std::string, std::string>& out, std::string_view kind,
                        std::string_view alert = "");

// The text of the string here, which is passed; nothing where it has no end.
std::optional<std::string> read_legacy_string(LegacyCursor&);

// Whether the value is one, and a template. `literal` is where it stands.
void check_legacy_value(LegacyCursor&, const LegacyToken& literal, std::string_view kind,
                        const std::string& name, const std::string& value, std::string_view alert);

}  // namespace tocsin

// The templates that exist without the user writing any: every name that Alertmanager's own have, so that a
// configuration which calls or redefines them goes on working. Not parsed here: NotificationTemplates does,
// before the user's files.
#pragma once

#include <string_view>
#include <utility>
#include <vector>

namespace tocsin {

// File names as they appear in messages, and their text.
std::vector<std::pair<std::string_view, std::string_view>> default_templates();

}  // namespace tocsin

// The built-in templates of Tocsin's own style: what a text of a receiver is where the user wrote none and
// message_style is tocsin. Each stands in for Alertmanager's of the same place: discord.tocsin.title for
// discord.default.title. A user's `define` replaces them as it does the others.
#pragma once

#include <string>
#include <string_view>

namespace tocsin {

enum class MessageStyle { kAlertmanager, kTocsin };

std::string_view page_templates();

// `{{ template "discord.default.title" . }}` with the name of our own instead, where there is one; anything
// else is given back as it is.
std::string in_tocsin_style(std::string_view default_text);

}  // namespace tocsin

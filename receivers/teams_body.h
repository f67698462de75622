// What both Microsoft Teams receivers need: a body within the size that Teams takes. It refuses larger ones
// with an answer that comes too late for us to see, so nothing may rely on being told.
#pragma once

#include <functional>
#include <string>

#include "receivers/message_writer.h"

namespace tocsin {

// https://learn.microsoft.com/en-us/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook
inline constexpr std::size_t kLargestTeamsBody = 28 * 1024;  // bytes

// The body around the expanded `text`. Where that is too large, as many of the first alerts as fit, the
// number of the others and a link; where not even one fits, the beginning of the text and the link.
std::string fitting_teams_body(const TemplateField& text, const BuildContext&, MessageWriter&,
                               const std::function<std::string(const std::string& text)>& body_around);

}  // namespace tocsin

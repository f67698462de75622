// The `blocks` of a Slack config: Block Kit as the user wrote it, in YAML with templates in its texts. Read
// and checked when the configuration is loaded; expanded for a notification and kept within Slack's limits,
// so that one alert too many costs the last blocks and not the message. What the blocks mean is Slack's
// matter.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "receivers/message_writer.h"
#include "receivers/payload_value.h"
#include "receivers/receiver_config.h"

namespace tocsin {

struct SlackBlocks {
  PayloadValue content;  // a list, or a template that becomes one
  TemplateField place;   // without its text

  std::vector<TemplateField> template_fields() const;
};

std::optional<SlackBlocks> read_slack_blocks(ReceiverBlock&);

// A JSON array. A text that begins as JSON does becomes what it says, so that a template can make a list of
// blocks or leave one out; any other stays a text, whatever YAML would make of it. Empty where a template
// failed (which the writer knows) or nothing is left. `all_url` is where the reader finds what was cut.
std::string expand_slack_blocks(const SlackBlocks&, MessageWriter&, const std::string& all_url);

}  // namespace tocsin

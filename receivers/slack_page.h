// A Page as Slack shows it: Block Kit, within what Slack documents (50 blocks, 3,000 characters a section,
// 150 a header) and within the roughly 13,200 characters over all blocks that it refuses without documenting
// it. The title and what changed stand free; the table, the links and the footer stand beside a bar in the
// colour of the severity.
#pragma once

#include <string>

#include "core/notification.h"
#include "receivers/page.h"

namespace tocsin {

struct SlackPage {
  std::string text;         // what a phone's lock screen shows
  std::string blocks;       // a JSON array
  std::string attachments;  // a JSON array
};

SlackPage slack_page(const Page&);

// What a reply in the message's thread says: not the state, which the message shows, but what changed.
std::string slack_reply(const Page&, NotifyReason);

inline constexpr std::size_t kMostSlackBlocks = 50;
inline constexpr std::size_t kLongestSlackHeader = 150;
inline constexpr std::size_t kLongestSlackSection = 3000;
inline constexpr std::size_t kMostSlackCharacters = 13'000;  // over all blocks of a message
inline constexpr std::size_t kLongestSlackText = 4000;       // of a message's text, as Slack advises

}  // namespace tocsin

// A Page as one text for services that take text: plain, in the Markdown that chats agree on, or in the few
// HTML tags that Telegram knows. The title is not in it: most services have a place of their own for that.
// What a service's limit leaves no room for are alerts first, then the longest links, at last the end of the
// summary; and what is missing is said.
#pragma once

#include <limits>
#include <string>
#include <vector>

#include "receivers/page.h"

namespace tocsin {

enum class PageMarkup {
  kPlain,
  kMarkdown,      // with the table in a code block: Discord, Mattermost, Rocket.Chat
  kMarkdownList,  // without code blocks, paragraphs apart: Teams, Webex
  kTelegramHtml,
  kSlack,  // mrkdwn, with the table in a code block
};

struct TextLimit {
  enum class Unit { kCharacters, kBytes };  // code points, or bytes of UTF-8
  std::size_t most = std::numeric_limits<std::size_t>::max();
  Unit unit = Unit::kCharacters;
  bool fits(std::string_view) const;
};

std::string page_text(const Page&, PageMarkup, TextLimit = {});

// Slack gives & < > a meaning.
std::string slack_escaped(std::string_view text);
// <URL|text>
std::string slack_link(const std::string& text, const std::string& url);
// A link "… 37 more", or the words alone; empty where `shown` rows are all.
std::string more_line(const Page&, std::size_t shown, PageMarkup);

// The table of the first `shown` rows in aligned columns, a line each, the first one with the names; columns
// in which nothing stands are left out.
std::vector<std::string> table_lines(const Page&, std::size_t shown);

// How many rows a chat, which has a limit, shows at most: more of them are read by nobody.
inline constexpr std::size_t kMostChatRows = 20;

}  // namespace tocsin

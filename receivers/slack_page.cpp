#include "receivers/slack_page.h"

#include <algorithm>

#include "core/json.h"
#include "receivers/page_text.h"
#include "receivers/text_limits.h"

namespace tocsin {
namespace {

constexpr std::string_view kFence = "```";

// Blocks, and how many characters people see in them.
class Blocks {
 public:
  Blocks() { json_.begin_array(); }
  void header(const std::string& text) {
    json_.begin_object().field("type", "header").key("text").begin_object();
    json_.field("type", "plain_text")
        .field("text", text)
        .key("emoji")
        .boolean(true)
        .end_object()
        .end_object();
    count(text);
  }
  void section(const std::string& text) {
    if (text.empty()) return;
    json_.begin_object().field("type", "section").key("text").begin_object();
    json_.field("type", "mrkdwn").field("text", text).end_object().end_object();
    longest_section_ = std::max(longest_section_, count(text));
  }
  void context(const std::string& text) {
    if (text.empty()) return;
    json_.begin_object().field("type", "context").key("elements").begin_array().begin_object();
    json_.field("type", "mrkdwn").field("text", text).end_object().end_array().end_object();
    count(text);
  }
  std::size_t blocks() const { return blocks_; }
  std::size_t characters() const { return characters_; }
  bool sections_fit() const { return longest_section_ <= kLongestSlackSection; }
  std::string take() { return json_.end_array().take(); }

 private:
  std::size_t count(const std::string& text) {
    const std::size_t runes = count_runes(text);
    ++blocks_;
    characters_ += runes;
    return runes;
  }
  JsonWriter json_;
  std::size_t blocks_ = 0, characters_ = 0, longest_section_ = 0;
};

std::string color_of(const Page& page) {
  if (!page.firing) return "#2eb67d";
  switch (page.severity) {
    case AlertSeverity::kCritical:
      return "#d40e0d";
    case AlertSeverity::kError:
      return "#e8912d";
    case AlertSeverity::kWarning:
      return "#ecb22e";
    case AlertSeverity::kInfo:
      return "#36c5f0";
  }
  return "#d40e0d";
}

std::string bold(const std::string& text) {
  return text.empty() || text.find('\n') != std::string::npos ? text : "*" + text + "*";
}

// As much of a text as has room once it is escaped.
std::string escaped_within(const std::string& text, std::size_t limit) {
  std::string out = slack_escaped(text);
  if (count_runes(out) <= limit) return out;
  return slack_escaped(cut_to_runes(text, largest_fitting(count_runes(text), [&](std::size_t runes) {
                                      return count_runes(slack_escaped(cut_to_runes(text, runes))) <= limit;
                                    })));
}

// Code blocks of whole lines, each within a section.
std::vector<std::string> table_sections(const Page& page, std::size_t shown) {
  constexpr std::size_t kRoom = kLongestSlackSection - 2 * kFence.size() - 2;
  std::vector<std::string> out;
  std::string text;
  const auto close = [&] {
    if (!text.empty()) out.push_back(std::string(kFence) + "\n" + text + std::string(kFence));
    text.clear();
  };
  for (std::string line : table_lines(page, shown)) {
    std::replace(line.begin(), line.end(), '`', '\'');
    line = escaped_within(line, kRoom - 1) + "\n";
    if (count_runes(text) + count_runes(line) > kRoom) close();
    text += line;
  }
  close();
  return out;
}

std::string links_of(const Page& page) {
  std::vector<PageLink> links = page.links;
  while (true) {
    std::string out;
    for (const PageLink& link : links) out += (out.empty() ? "" : " · ") + slack_link(link.text, link.url);
    if (count_runes(out) <= kLongestSlackSection) return out;
    links.erase(std::max_element(links.begin(), links.end(), [](const PageLink& a, const PageLink& b) {
      return a.url.size() < b.url.size();
    }));
  }
}

void write_head(const Page& page, Blocks& blocks) {
  const std::string title = page.title(kLongestSlackSection / 2);
  if (count_runes(title) <= kLongestSlackHeader) {
    blocks.header(title);
  } else {
    blocks.section("*" + escaped_within(title, kLongestSlackSection - 2) + "*");
  }
  std::string saying = bold(escaped_within(page.summary, kLongestSlackSection / 2 - 2));
  if (!page.description.empty())
    saying += (saying.empty() ? "" : "\n") + escaped_within(page.description, kLongestSlackSection / 2 - 1);
  blocks.section(saying);
  std::string changed = escaped_within(page.delta(), kLongestSlackSection / 2);
  if (!page.trend.empty())
    changed +=
        (changed.empty() ? "`" : "\n`") + escaped_within(page.trend, kLongestSlackSection / 2 - 3) + "`";
  blocks.section(changed);
}

Blocks tail(const Page& page, std::size_t shown) {
  Blocks blocks;
  if (page.has_table()) {
    for (const std::string& text : table_sections(page, shown)) blocks.section(text);
    std::string more = more_line(page, shown, PageMarkup::kSlack);
    if (count_runes(more) > kLongestSlackSection) more = page.more(shown);
    blocks.section(more);
  }
  blocks.section(links_of(page));
  const std::string about = page.common.empty() ? page.footer : page.common + "\n" + page.footer;
  blocks.context(escaped_within(about, 1000));
  return blocks;
}

}  // namespace

SlackPage slack_page(const Page& page) {
  Blocks head;
  write_head(page, head);
  const std::size_t most = page.has_table() ? std::min(page.rows.size(), kMostChatRows) : 0;
  const std::size_t shown = largest_fitting(most, [&](std::size_t rows) {
    const Blocks below = tail(page, rows);
    return below.sections_fit() && head.blocks() + below.blocks() <= kMostSlackBlocks &&
           head.characters() + below.characters() <= kMostSlackCharacters;
  });
  SlackPage out;
  out.text = escaped_within(page.title(250), 500);
  if (!page.summary.empty()) out.text += "\n" + escaped_within(page.summary, 500);
  JsonWriter attachments;
  attachments.begin_array().begin_object().field("color", color_of(page));
  attachments.key("blocks").raw(tail(page, shown).take()).end_object().end_array();
  out.blocks = head.take();
  out.attachments = attachments.take();
  return out;
}

std::string slack_reply(const Page& page, NotifyReason reason) {
  std::string out = page.symbol + " ";
  if (reason == NotifyReason::kRepeat) out += "still firing: ";
  out += "*" + escaped_within(page.about(), 300) + "*\n" + escaped_within(page.delta(), 1000);
  Page changed = page;
  std::erase_if(changed.rows, [](const PageRow& row) { return row.change.empty(); });
  if (changed.rows.empty() || changed.total < 2 || !page.firing) return out;
  const auto with_rows = [&](std::size_t shown) {
    std::string text = out + "\n" + std::string(kFence) + "\n";
    for (std::string line : table_lines(changed, shown)) {
      std::replace(line.begin(), line.end(), '`', '\'');
      text += slack_escaped(line) + "\n";
    }
    return text + std::string(kFence);
  };
  const std::size_t shown = largest_fitting(
      std::min(changed.rows.size(), kMostChatRows),
      [&](std::size_t rows) { return count_runes(with_rows(rows)) <= kLongestSlackText - 100; });
  if (shown == 0) return out;
  // The counts are in the line above; the whole list is in the message.
  return shown < changed.rows.size() ? with_rows(shown) + "\n…" : with_rows(shown);
}

}  // namespace tocsin

#include "receivers/slack_blocks.h"

#include <algorithm>
#include <array>

#include "receivers/page_text.h"
#include "receivers/slack_page.h"
#include "receivers/text_limits.h"

namespace tocsin {
namespace {

using List = PayloadValue::List;
using Map = PayloadValue::Map;

constexpr std::array<std::string_view, 14> kTypes = {
    "section",  "header", "divider", "context", "actions", "image", "rich_text",
    "markdown", "video",  "table",   "file",    "input",   "call",  "context_actions"};

// What a text of the block's own, or each of its parts, may hold (code points), and how many parts there may
// be.
struct Limit {
  std::string_view type, key;
  std::size_t runes, parts;
};
constexpr Limit kLimits[] = {{"section", "text", 3000, 0},    {"section", "fields", 2000, 10},
                             {"header", "text", 150, 0},      {"context", "elements", 2000, 10},
                             {"actions", "elements", 75, 25}, {"markdown", "text", 12'000, 0}};

const Map* as_map(const PayloadValue& value) {
  return std::get_if<Map>(&value.content);
}

std::string text_at(const PayloadValue& value, const std::string& key) {
  const Map* map = as_map(value);
  if (map == nullptr) return "";
  const auto found = map->find(key);
  return found == map->end() || found->second.text() == nullptr ? "" : *found->second.text();
}

// The text of a text object {type, text}, or of the value itself.
std::string* text_in(PayloadValue& value) {
  if (auto* text = std::get_if<std::string>(&value.content)) return text;
  auto* map = std::get_if<Map>(&value.content);
  if (map == nullptr) return nullptr;
  const auto found = map->find("text");
  if (found == map->end()) return nullptr;
  return found->second.text() != nullptr ? std::get_if<std::string>(&found->second.content)
                                         : text_in(found->second);
}

// Calls `cut(text, limit)` for each text that has a limit, and `too_many(parts, most)` for each list that has
// one.
template <class Cut, class TooMany>
void check_limits(PayloadValue& block, Cut cut, TooMany too_many) {
  auto* map = std::get_if<Map>(&block.content);
  if (map == nullptr) return;
  for (const Limit& limit : kLimits) {
    const auto found = map->find(std::string(limit.key));
    if (text_at(block, "type") != limit.type || found == map->end()) continue;
    if (limit.parts == 0) {
      if (std::string* text = text_in(found->second)) cut(*text, limit.runes);
    } else if (auto* parts = std::get_if<List>(&found->second.content)) {
      if (parts->size() > limit.parts) too_many(*parts, limit.parts);
      for (PayloadValue& part : *parts) {
        if (std::string* text = text_in(part)) cut(*text, limit.runes);
      }
    }
  }
}

std::size_t count_characters(const PayloadValue& value) {
  std::size_t out = 0;
  if (const auto* list = std::get_if<List>(&value.content)) {
    for (const PayloadValue& item : *list) out += count_characters(item);
  }
  if (const Map* map = as_map(value)) {
    for (const auto& [key, item] : *map)
      out += key == "text" && item.text() != nullptr ? count_runes(*item.text()) : count_characters(item);
  }
  return out;
}

void check_block(const YamlNode& node, ReceiverBlock& block) {
  Problems& problems = block.object.problems();
  PayloadValue value = PayloadValue::from(node);
  if (value.text() != nullptr && has_template(*value.text())) return;  // becomes a block when it is expanded
  const std::string type = text_at(value, "type");
  if (type.empty()) {
    problems.error(node.file(), node.position(), "a Slack block needs a type",
                   "for example {type: section, text: {type: mrkdwn, text: '…'}}");
    return;
  }
  if (!has_template(type) && std::ranges::find(kTypes, type) == kTypes.end()) {
    problems.warning(node.file(), node.position(),
                     "\"" + type + "\" is no type of Slack block that is known here",
                     "a misspelled type makes Slack refuse the whole message");
  }
  check_limits(
      value,
      [&](const std::string& text, std::size_t limit) {
        if (has_template(text) || count_runes(text) <= limit) return;
        problems.error(node.file(), node.position(),
                       "a text of this " + type + " block is longer than Slack's " + std::to_string(limit) +
                           " characters");
      },
      [&](const List&, std::size_t most) {
        problems.error(node.file(), node.position(),
                       "this " + type + " block has more than Slack's " + std::to_string(most) + " parts");
      });
}

Result<PayloadValue> expand(const PayloadValue& value, const MessageWriter& writer) {
  if (const std::string* text = value.text()) {
    Result<std::string> expanded = writer.expand(*text);
    if (!expanded) return fail(expanded.error().message);
    const std::size_t first = expanded->find_first_not_of(" \t\r\n");
    if (first != std::string::npos && ((*expanded)[first] == '[' || (*expanded)[first] == '{')) {
      if (const auto json = JsonValue::parse(*expanded)) return PayloadValue::from(*json);
    }
    return PayloadValue{std::move(*expanded)};
  }
  if (const auto* list = std::get_if<List>(&value.content)) {
    List out;
    for (const PayloadValue& item : *list) {
      Result<PayloadValue> expanded = expand(item, writer);
      if (!expanded) return expanded;
      const std::string* text = expanded->text();
      if (text != nullptr && on_one_line(*text).empty()) continue;  // left out by its template
      if (auto* more = std::get_if<List>(&expanded->content)) {
        std::move(more->begin(), more->end(), std::back_inserter(out));
      } else {
        out.push_back(std::move(*expanded));
      }
    }
    return PayloadValue{std::move(out)};
  }
  const Map* map = as_map(value);
  if (map == nullptr) return value;
  Map out;
  for (const auto& [key, item] : *map) {
    Result<PayloadValue> expanded = expand(item, writer);
    if (!expanded) return expanded;
    out.emplace(key, std::move(*expanded));
  }
  return PayloadValue{std::move(out)};
}

PayloadValue note_of(std::size_t cut, const std::string& all_url) {
  const std::string words = "… " + std::to_string(cut) + " more blocks";
  Map text = {{"type", PayloadValue{std::string("mrkdwn")}},
              {"text", PayloadValue{all_url.empty() ? words : slack_link(words, all_url)}}};
  return {Map{{"type", PayloadValue{std::string("context")}},
              {"elements", PayloadValue{List{PayloadValue{std::move(text)}}}}}};
}

// Within the number of blocks and of characters over all of them, with room for the note.
void keep_first(List& blocks, MessageWriter& writer, const std::string& all_url) {
  const PayloadValue whole{blocks};
  if (blocks.size() <= kMostSlackBlocks && count_characters(whole) <= kMostSlackCharacters) return;
  std::size_t kept = 0, characters = count_characters(note_of(blocks.size(), all_url));
  for (; kept < blocks.size() && kept + 1 < kMostSlackBlocks; ++kept) {
    characters += count_characters(blocks[kept]);
    if (characters > kMostSlackCharacters) break;
  }
  const std::size_t cut = blocks.size() - kept;
  blocks.resize(kept);
  blocks.push_back(note_of(cut, all_url));
  writer.warn(std::to_string(cut) + " blocks were left out, Slack takes 50 with about 13000 characters");
}

}  // namespace

std::vector<TemplateField> SlackBlocks::template_fields() const {
  std::vector<std::string> texts;
  collect_texts(content, texts);
  std::vector<TemplateField> out;
  for (std::string& text : texts) {
    if (!has_template(text)) continue;
    out.push_back(place);
    out.back().text = std::move(text);
  }
  return out;
}

std::optional<SlackBlocks> read_slack_blocks(ReceiverBlock& block) {
  YamlObject& object = block.object;
  const YamlNode node = object.child("blocks");
  if (node.null()) return std::nullopt;
  SlackBlocks out;
  out.content = PayloadValue::from(node);
  out.place = {"blocks", "", object.file(), object.position_of("blocks"), TemplateField::Output::kText};
  const bool made_by_template = out.content.text() != nullptr && has_template(*out.content.text());
  if (node.kind() != YamlNode::Kind::kList && !made_by_template) {
    object.error("blocks", "blocks must be a list of Slack's blocks, or a template that makes one");
    return std::nullopt;
  }
  if (made_by_template) return out;
  if (node.items().size() > kMostSlackBlocks)
    object.error("blocks", "Slack takes at most 50 blocks in a message", "join some of them");
  for (const YamlNode& item : node.items()) check_block(item, block);
  return out;
}

std::string expand_slack_blocks(const SlackBlocks& blocks, MessageWriter& writer,
                                const std::string& all_url) {
  const auto failed = [&](const std::string& why) {
    writer.note_failure(blocks.place, why);
    return std::string();
  };
  Result<PayloadValue> expanded = expand(blocks.content, writer);
  if (!expanded) return failed(expanded.error().message);
  auto* list = std::get_if<List>(&expanded->content);
  if (list == nullptr) return failed("it does not make a list of blocks");
  for (PayloadValue& block : *list) {
    if (text_at(block, "type").empty()) return failed("it makes a block without a type");
    check_limits(
        block,
        [&](std::string& text, std::size_t limit) {
          if (count_runes(text) <= limit) return;
          text = cut_to_runes(text, limit);
          writer.warn("a text of a block was cut to " + std::to_string(limit) + " characters");
        },
        [&](List& parts, std::size_t most) {
          writer.warn(std::to_string(parts.size() - most) + " parts of a block were left out");
          parts.resize(most);
        });
  }
  keep_first(*list, writer, all_url);
  if (list->empty()) return "";
  JsonWriter json;
  write_json(json, *expanded);
  return json.take();
}

}  // namespace tocsin

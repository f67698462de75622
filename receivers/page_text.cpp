#include "receivers/page_text.h"

#include <algorithm>

#include "core/template/escape.h"
#include "receivers/text_limits.h"

namespace tocsin {
namespace {

constexpr std::size_t kWidestCell = 60;
constexpr std::size_t kWidestSaying = 100;

// What stands in the page, and how much of it.
struct Shown {
  std::size_t rows = 0;
  std::vector<PageLink> links;
  std::string summary, description;
};

std::string backslashed(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (std::string_view("\\*_~`|[]").find(c) != std::string_view::npos) out.push_back('\\');
    out.push_back(c);
  }
  return out;
}

// Text of ours or of labels, which has no markup of its own.
std::string literal(std::string_view text, PageMarkup markup) {
  switch (markup) {
    case PageMarkup::kPlain:
      return std::string(text);
    case PageMarkup::kMarkdown:
    case PageMarkup::kMarkdownList:
      return backslashed(text);
    case PageMarkup::kTelegramHtml:
      return tmpl::html_escape(text);
    case PageMarkup::kSlack:
      return slack_escaped(text);
  }
  return std::string(text);
}

// Text of annotations: who writes for a chat may use its Markdown.
std::string annotation(std::string_view text, PageMarkup markup) {
  const bool raw = markup != PageMarkup::kTelegramHtml && markup != PageMarkup::kSlack;
  return raw ? std::string(text) : literal(text, markup);
}

std::string bold(const std::string& marked, PageMarkup markup) {
  if (markup == PageMarkup::kPlain || marked.find('\n') != std::string::npos) return marked;
  if (markup == PageMarkup::kSlack) return "*" + marked + "*";
  return markup == PageMarkup::kTelegramHtml ? "<b>" + marked + "</b>" : "**" + marked + "**";
}

// A ) would end the link.
std::string markdown_url(std::string_view url) {
  std::string out;
  for (const char c : url) out += c == ')' ? "%29" : c == '(' ? "%28" : c == ' ' ? "%20" : std::string(1, c);
  return out;
}

std::string link(const std::string& text, const std::string& url, PageMarkup markup) {
  switch (markup) {
    case PageMarkup::kPlain:
      return text + (text.ends_with('?') ? " " : ": ") + url;
    case PageMarkup::kMarkdown:
    case PageMarkup::kMarkdownList:
      return "[" + literal(text, markup) + "](" + markdown_url(url) + ")";
    case PageMarkup::kTelegramHtml:
      return "<a href=\"" + tmpl::html_escape(url) + "\">" + tmpl::html_escape(text) + "</a>";
    case PageMarkup::kSlack:
      return slack_link(text, url);
  }
  return text;
}

std::string without_backticks(std::string text) {
  std::replace(text.begin(), text.end(), '`', '\'');
  return text;
}

std::string list_line(const Page& page, const PageRow& row, PageMarkup markup) {
  std::string name;
  for (const std::string& value : row.values) {
    if (!value.empty()) name += (name.empty() ? "" : " ") + value;
  }
  std::string out = "- " + bold(literal(name.empty() ? page.subject : name, markup), markup);
  for (const std::string* part : {&row.change, &row.age, &row.saying}) {
    if (!part->empty()) out += " · " + literal(cut_to_runes(*part, kWidestSaying), markup);
  }
  return out;
}

std::string table(const Page& page, std::size_t shown, PageMarkup markup) {
  std::string out;
  if (markup == PageMarkup::kMarkdownList) {
    for (std::size_t i = 0; i < shown; ++i)
      out += (i == 0 ? "" : "\n") + list_line(page, page.rows[i], markup);
    return out;
  }
  for (const std::string& line : table_lines(page, shown)) out += (out.empty() ? "" : "\n") + line;
  if (markup == PageMarkup::kMarkdown) return "```\n" + without_backticks(std::move(out)) + "\n```";
  if (markup == PageMarkup::kSlack)
    return "```\n" + slack_escaped(without_backticks(std::move(out))) + "\n```";
  return markup == PageMarkup::kTelegramHtml ? "<pre>" + tmpl::html_escape(out) + "</pre>" : out;
}

std::string rendered(const Page& page, const Shown& shown, PageMarkup markup) {
  const char* gap = markup == PageMarkup::kMarkdownList ? "\n\n" : "\n";
  std::string out;
  const auto add = [&](const std::string& text) {
    if (!text.empty()) out += (out.empty() ? "" : gap) + text;
  };
  if (!shown.summary.empty()) add(bold(annotation(shown.summary, markup), markup));
  add(annotation(shown.description, markup));
  add(literal(page.delta(), markup));
  add(literal(page.trend, markup));
  if (page.has_table()) {
    if (shown.rows > 0) add(table(page, shown.rows, markup));
    add(more_line(page, shown.rows, markup));
  }
  std::string links;
  const char* between = markup == PageMarkup::kPlain ? "\n" : " · ";
  for (const PageLink& one : shown.links)
    links += (links.empty() ? "" : between) + link(one.text, one.url, markup);
  add(links);
  return out;
}

void drop_longest_link(std::vector<PageLink>& links) {
  const auto longest = std::max_element(
      links.begin(), links.end(), [](const auto& a, const auto& b) { return a.url.size() < b.url.size(); });
  links.erase(longest);
}

}  // namespace

std::string more_line(const Page& page, std::size_t shown, PageMarkup markup) {
  const std::string more = page.more(shown);
  if (more.empty() || page.all_url.empty()) return more;
  return markup == PageMarkup::kPlain ? more + ", full list: " + page.all_url
                                      : link(more, page.all_url, markup);
}

std::string slack_escaped(std::string_view text) {
  std::string out;
  for (const char c : text)
    out += c == '&' ? "&amp;" : c == '<' ? "&lt;" : c == '>' ? "&gt;" : std::string(1, c);
  return out;
}

std::string slack_link(const std::string& text, const std::string& url) {
  std::string target;
  for (const char c : slack_escaped(url)) target += c == '|' ? "%7C" : c == ' ' ? "%20" : std::string(1, c);
  return "<" + target + "|" + slack_escaped(text) + ">";
}

bool TextLimit::fits(std::string_view text) const {
  return text.size() <= most || (unit == Unit::kCharacters && count_runes(text) <= most);
}

std::vector<std::string> table_lines(const Page& page, std::size_t shown) {
  std::vector<std::vector<std::string>> columns;
  const auto add_column = [&](const std::string& head, auto cell) {
    std::vector<std::string> column = {head};
    bool filled = false;
    for (std::size_t i = 0; i < shown; ++i) {
      column.push_back(cell(page.rows[i]));
      filled = filled || !column.back().empty();
    }
    if (filled) columns.push_back(std::move(column));
  };
  add_column("", [](const PageRow& row) { return row.change; });
  for (std::size_t c = 0; c < page.columns.size(); ++c)
    add_column(page.columns[c], [c](const PageRow& row) { return cut_to_runes(row.values[c], kWidestCell); });
  add_column("for", [](const PageRow& row) { return row.age; });
  add_column("says", [](const PageRow& row) { return cut_to_runes(row.saying, kWidestSaying); });
  std::vector<std::string> lines(shown == 0 ? 0 : shown + 1);
  for (const auto& column : columns) {
    std::size_t width = 0;
    for (const std::string& cell : column) width = std::max(width, count_runes(cell));
    for (std::size_t i = 0; i < lines.size(); ++i)
      lines[i] += column[i] + std::string(width - count_runes(column[i]) + 2, ' ');
  }
  for (std::string& line : lines) line.erase(line.find_last_not_of(' ') + 1);
  return lines;
}

std::string page_text(const Page& page, PageMarkup markup, TextLimit limit) {
  const bool limited = limit.most != TextLimit{}.most;
  const std::size_t most =
      page.has_table() ? std::min(page.rows.size(), limited ? kMostChatRows : kMostPageRows) : 0;
  Shown shown{most, page.links, page.summary, page.description};
  const auto fits = [&] { return limit.fits(rendered(page, shown, markup)); };
  while (true) {
    shown.rows = largest_fitting(most, [&](std::size_t rows) {
      shown.rows = rows;
      return fits();
    });
    if (fits() && (shown.rows >= std::min<std::size_t>(most, 3) || shown.links.empty())) break;
    if (shown.links.empty()) break;
    drop_longest_link(shown.links);
  }
  if (fits()) return rendered(page, shown, markup);
  shown.description.clear();
  if (fits()) return rendered(page, shown, markup);
  shown.summary =
      cut_to_runes(page.summary, largest_fitting(count_runes(page.summary), [&](std::size_t runes) {
                     shown.summary = cut_to_runes(page.summary, runes);
                     return fits();
                   }));
  if (fits()) return rendered(page, shown, markup);
  // Not even one line has room: the most that still says something.
  const std::string last = literal(page.changes, markup);
  return limit.unit == TextLimit::Unit::kBytes ? cut_to_bytes(last, limit.most)
                                               : cut_to_runes(last, limit.most);
}

}  // namespace tocsin

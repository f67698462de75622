#include "receivers/mail_address.h"

#include <algorithm>

#include "core/labels.h"
#include "receivers/text_limits.h"

namespace tocsin {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

bool is_local_character(char c) {
  constexpr std::string_view kSpecials = "!#$%&'*+-/=?^_`{|}~.";
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         kSpecials.find(c) != std::string_view::npos;
}

bool is_domain_character(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '.' ||
         c == '_';
}

bool is_domain(std::string_view domain) {
  if (domain.size() > 2 && domain.front() == '[' && domain.back() == ']') {
    return domain.find_first_of(" \\[]<>", 1) == domain.size() - 1;
  }
  return !domain.empty() && domain.front() != '.' && domain.back() != '.' &&
         std::all_of(domain.begin(), domain.end(), is_domain_character);
}

bool is_address(std::string_view address) {
  const std::size_t at = address.rfind('@');
  if (at == std::string_view::npos || at == 0) return false;
  const std::string_view local = address.substr(0, at);
  if (!is_domain(address.substr(at + 1))) return false;
  if (local.size() > 2 && local.front() == '"' && local.back() == '"') {
    return local.find_first_of("\"\\<>", 1) == local.size() - 1;
  }
  return local.front() != '.' && local.back() != '.' &&
         std::all_of(local.begin(), local.end(), is_local_character);
}

// One entry between commas; quotes were respected when it was cut out.
Result<MailAddress> parse_one(std::string_view entry) {
  MailAddress out;
  std::string_view address = entry;
  if (entry.back() == '>') {
    const std::size_t open = entry.rfind('<');
    if (open == std::string_view::npos) return fail("\"" + std::string(entry) + "\" has > but no <");
    address = trimmed(entry.substr(open + 1, entry.size() - open - 2));
    std::string_view name = trimmed(entry.substr(0, open));
    const bool quoted = name.size() >= 2 && name.front() == '"' && name.back() == '"';
    if (quoted) name = name.substr(1, name.size() - 2);
    for (std::size_t i = 0; i < name.size(); ++i) {
      if (quoted && name[i] == '\\' && i + 1 < name.size()) ++i;
      out.name.push_back(name[i]);
    }
  }
  if (!is_address(address)) return fail("\"" + std::string(entry) + "\" is not a mail address");
  out.address = address;
  return out;
}

}  // namespace

Result<std::vector<MailAddress>> parse_mail_addresses(std::string_view text) {
  for (const char c : text) {
    if ((static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f) {
      return fail("mail addresses hold a control character: \"" + on_one_line(text) + "\"");
    }
  }
  if (!is_valid_utf8(text)) return fail("mail addresses are not valid UTF-8");
  std::vector<MailAddress> out;
  bool quoted = false;
  bool angled = false;
  std::size_t start = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size()) {
      if (quoted && text[i] == '\\') {
        ++i;
        continue;
      }
      if (text[i] == '"') quoted = !quoted;
      if (!quoted && text[i] == '<') angled = true;
      if (!quoted && text[i] == '>') angled = false;
      if (text[i] != ',' || quoted || angled) continue;
    }
    const std::string_view entry = trimmed(text.substr(start, std::min(i, text.size()) - start));
    start = i + 1;
    if (entry.empty()) continue;
    Result<MailAddress> address = parse_one(entry);
    if (!address) return fail(address.error().message);
    out.push_back(std::move(*address));
  }
  if (quoted) return fail("\"" + std::string(text) + "\" has a quote that is never closed");
  if (out.empty()) return fail("there is no mail address in \"" + std::string(text) + "\"");
  return out;
}

}  // namespace tocsin

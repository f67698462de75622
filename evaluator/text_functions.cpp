#include "evaluator/text_functions.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <locale.h>
#include <re2/re2.h>
#include <wctype.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "core/template/escape.h"
#include "core/template/rune.h"

namespace tocsin {
namespace {

// The C library's Unicode tables; "C.UTF-8" is built into it. Without it only ASCII letters change.
locale_t unicode() {
  static const locale_t kLocale = newlocale(LC_CTYPE_MASK, "C.UTF-8", static_cast<locale_t>(nullptr));
  return kLocale;
}

char32_t upper(char32_t rune) {
  if (rune < 0x80 || unicode() == nullptr) return rune >= 'a' && rune <= 'z' ? rune - 32 : rune;
  return static_cast<char32_t>(towupper_l(static_cast<wint_t>(rune), unicode()));
}

char32_t lower(char32_t rune) {
  if (rune < 0x80 || unicode() == nullptr) return rune >= 'A' && rune <= 'Z' ? rune + 32 : rune;
  return static_cast<char32_t>(towlower_l(static_cast<wint_t>(rune), unicode()));
}

// map(rune, previous) for each character.
template <class Map>
std::string map_runes(std::string_view text, Map map) {
  std::string out;
  char32_t previous = ' ';
  for (std::size_t at = 0; at < text.size();) {
    const tmpl::Rune rune = tmpl::decode_rune(text, at);
    tmpl::append_rune(out, map(rune.value, previous));
    previous = rune.value;
    at += rune.width;
  }
  return out;
}

bool ends_word(char32_t rune) {
  if (tmpl::is_identifier_rune(rune)) return false;
  return rune < 0x80 || unicode() == nullptr || iswspace_l(static_cast<wint_t>(rune), unicode()) != 0;
}

// RE2 and Go's regexp are the same language; their words for a mistake differ a little.
std::string regex_mistake(const RE2& regex) {
  const char* words = "invalid regular expression";
  switch (regex.error_code()) {
    case RE2::ErrorBadEscape:
      words = "invalid escape sequence";
      break;
    case RE2::ErrorBadCharClass:
      words = "invalid character class";
      break;
    case RE2::ErrorBadCharRange:
      words = "invalid character class range";
      break;
    case RE2::ErrorMissingBracket:
      words = "missing closing ]";
      break;
    case RE2::ErrorMissingParen:
      words = "missing closing )";
      break;
    case RE2::ErrorUnexpectedParen:
      words = "unexpected )";
      break;
    case RE2::ErrorTrailingBackslash:
      words = "trailing backslash at end of expression";
      break;
    case RE2::ErrorRepeatArgument:
      words = "missing argument to repetition operator";
      break;
    case RE2::ErrorRepeatSize:
      words = "invalid repeat count";
      break;
    case RE2::ErrorRepeatOp:
      words = "invalid nested repetition operator";
      break;
    case RE2::ErrorBadPerlOp:
      words = "invalid or unsupported Perl syntax";
      break;
    case RE2::ErrorBadUTF8:
      words = "invalid UTF-8";
      break;
    case RE2::ErrorBadNamedCapture:
      words = "invalid named capture";
      break;
    case RE2::ErrorPatternTooLarge:
      words = "expression too large";
      break;
    default:
      break;
  }
  return fmt::format("error parsing regexp: {}: `{}`", words, regex.error_arg());
}

RE2::Options quiet_options() {
  RE2::Options options;
  options.set_log_errors(false);
  return options;
}

using Groups = std::vector<re2::StringPiece>;

bool is_word(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

// The name after a $: word characters, or anything in braces. Takes it off `text`; nothing where there is
// none.
std::optional<std::string_view> take_group_name(std::string_view& text) {
  const bool braced = text.starts_with('{');
  const std::size_t start = braced ? 1 : 0;
  std::size_t end = start;
  while (end < text.size() && is_word(text[end])) ++end;
  if (end == start || (braced && (end >= text.size() || text[end] != '}'))) return std::nullopt;
  const std::string_view name = text.substr(start, end - start);
  text.remove_prefix(braced ? end + 1 : end);
  return name;
}

void append_group(std::string& out, std::string_view name, const RE2& regex, const Groups& groups) {
  std::size_t index = groups.size();
  if (name.find_first_not_of("0123456789") == std::string_view::npos) {
    if (name.size() < 9 && !(name.size() > 1 && name.front() == '0')) index = std::stoul(std::string(name));
  } else if (const auto found = regex.NamedCapturingGroups().find(std::string(name));
             found != regex.NamedCapturingGroups().end()) {
    index = static_cast<std::size_t>(found->second);
  }
  if (index < groups.size() && groups[index].data() != nullptr)
    out.append(groups[index].data(), groups[index].size());
}

void append_expansion(std::string& out, std::string_view replacement, const RE2& regex,
                      const Groups& groups) {
  while (!replacement.empty()) {
    const std::size_t dollar = replacement.find('$');
    out += replacement.substr(0, dollar);
    if (dollar == std::string_view::npos) return;
    replacement.remove_prefix(dollar + 1);
    if (replacement.starts_with('$')) {
      out += '$';
      replacement.remove_prefix(1);
    } else if (const std::optional<std::string_view> name = take_group_name(replacement)) {
      append_group(out, *name, regex, groups);
    } else {
      out += '$';  // malformed: literal, as in Go
    }
  }
}

struct HostPort {
  std::string host;
  std::string port;
};

// Go's net.SplitHostPort; nothing where it fails.
std::optional<HostPort> split_host_port(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos) return std::nullopt;
  std::size_t after_host = 0;
  std::string host;
  if (text.front() == '[') {
    const std::size_t close = text.find(']');
    if (close == std::string::npos || close + 1 != colon) return std::nullopt;
    host = text.substr(1, close - 1);
    after_host = close + 1;
    if (text.find('[', 1) != std::string::npos) return std::nullopt;
  } else {
    host = text.substr(0, colon);
    if (host.find(':') != std::string::npos || text.find('[') != std::string::npos) return std::nullopt;
  }
  if (text.find(']', after_host) != std::string::npos) return std::nullopt;
  return HostPort{std::move(host), text.substr(colon + 1)};
}

bool is_ip_address(const std::string& text) {
  in6_addr address;
  return inet_pton(AF_INET, text.c_str(), &address) == 1 || inet_pton(AF_INET6, text.c_str(), &address) == 1;
}

}  // namespace

std::string upper_text(std::string_view text) {
  return map_runes(text, [](char32_t rune, char32_t) { return upper(rune); });
}

std::string lower_text(std::string_view text) {
  return map_runes(text, [](char32_t rune, char32_t) { return lower(rune); });
}

std::string title_text(std::string_view text) {
  return map_runes(text,
                   [](char32_t rune, char32_t previous) { return ends_word(previous) ? upper(rune) : rune; });
}

Result<bool> regex_matches(const std::string& pattern, std::string_view text) {
  const RE2 regex(pattern, quiet_options());
  if (!regex.ok()) return fail(regex_mistake(regex));
  return RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), regex);
}

Result<std::string> regex_replace_all(const std::string& pattern, std::string_view replacement,
                                      std::string_view text) {
  const RE2 regex(pattern, quiet_options());
  if (!regex.ok()) return fail(fmt::format("regexp: Compile(`{}`): {}", pattern, regex_mistake(regex)));
  const re2::StringPiece input(text.data(), text.size());
  Groups groups(static_cast<std::size_t>(regex.NumberOfCapturingGroups()) + 1);
  std::string out;
  std::size_t search = 0, copied = 0;
  bool at_end_of_match = false;  // an empty match right behind a match does not count, as in Go
  while (search <= text.size() && regex.Match(input, search, text.size(), RE2::UNANCHORED, groups.data(),
                                              static_cast<int>(groups.size()))) {
    const auto start = static_cast<std::size_t>(groups[0].data() - text.data());
    const std::size_t end = start + groups[0].size();
    if (end > start || !at_end_of_match || start > copied) {
      out += text.substr(copied, start - copied);
      append_expansion(out, replacement, regex, groups);
      copied = end;
      at_end_of_match = true;
    }
    search = end > search ? end : search + (search < text.size() ? tmpl::decode_rune(text, search).width : 1);
  }
  if (copied < text.size()) out += text.substr(copied);
  return out;
}

std::string strip_port(const std::string& host_and_port) {
  const std::optional<HostPort> split = split_host_port(host_and_port);
  return split ? split->host : host_and_port;
}

std::string strip_domain(const std::string& host_and_port) {
  const std::optional<HostPort> split = split_host_port(host_and_port);
  std::string host = split ? split->host : host_and_port;
  if (is_ip_address(host)) return host_and_port;
  host.resize(std::min(host.find('.'), host.size()));
  if (!split || split->port.empty()) return host;
  return (host.find(':') == std::string::npos ? host : "[" + host + "]") + ":" + split->port;
}

std::string query_escape(std::string_view text) {
  return tmpl::url_query_escape(text);
}

std::string graph_link(std::string_view expression) {
  return "/graph?g0.expr=" + query_escape(expression) + "&g0.tab=0";
}

std::string table_link(std::string_view expression) {
  return "/graph?g0.expr=" + query_escape(expression) + "&g0.tab=1";
}

std::string url_path(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme != std::string_view::npos) {
    url.remove_prefix(scheme + 3);
    const std::size_t start = url.find_first_of("/?#");
    if (start == std::string_view::npos || url[start] != '/') return "";
    url.remove_prefix(start);
  }
  return std::string(url.substr(0, url.find_first_of("?#")));
}

}  // namespace tocsin

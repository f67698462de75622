#include <algorithm>

#include "core/html_template/content.h"
#include "core/html_template/escapers.h"
#include "core/html_template/style_text.h"
#include "core/html_template/transition.h"
#include "core/letter_case.h"

namespace tocsin::tmpl {
namespace {

constexpr std::size_t kNone = std::string_view::npos;

// What has a meaning in URLs stays in a whole one, and is data in a part of a query.
enum class Reserved { keep, encode };

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// Quotes and parentheses are encoded in any case: the URL may stand in quotes or in CSS' url().
std::string encoded(std::string_view url, Reserved reserved) {
  constexpr std::string_view kReserved = "!#$&*+,/:;=?@[]";
  constexpr std::string_view kUnreserved = "-._~";
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  for (std::size_t at = 0; at < url.size(); ++at) {
    const char c = url[at];
    bool kept = is_letter_or_digit(c) || kUnreserved.find(c) != kNone;
    if (reserved == Reserved::keep && !kept) {
      const bool is_escape =
          c == '%' && at + 2 < url.size() && is_hex_digit(url[at + 1]) && is_hex_digit(url[at + 2]);
      kept = is_escape || kReserved.find(c) != kNone;
    }
    const auto byte = static_cast<unsigned char>(c);
    if (kept) {
      out.push_back(c);
    } else {
      out += {'%', kDigits[byte >> 4U], kDigits[byte & 15U]};
    }
  }
  return out;
}

// A relative URL, or one whose scheme does nothing that cannot be undone.
bool is_harmless(std::string_view url) {
  const std::size_t colon = url.find(':');
  if (colon == kNone || url.substr(0, colon).find('/') != kNone) return true;
  const std::string scheme = lower_case(url.substr(0, colon));
  return scheme == "http" || scheme == "https" || scheme == "mailto";
}

std::string unsafe_url() {
  return "#" + std::string(kUnsafeText);
}

// One image of a srcset: a URL, then its size or density.
std::string filtered_image(std::string_view image) {
  const auto is_plain = [](char c) { return is_html_blank(c) || is_letter_or_digit(c); };
  const std::size_t start =
      static_cast<std::size_t>(std::find_if_not(image.begin(), image.end(), is_html_blank) - image.begin());
  const std::size_t end = static_cast<std::size_t>(
      std::find_if(image.begin() + static_cast<std::ptrdiff_t>(start), image.end(), is_html_blank) -
      image.begin());
  const std::string_view url = image.substr(start, end - start);
  const std::string_view rest = image.substr(end);
  if (!is_harmless(url) || !std::all_of(rest.begin(), rest.end(), is_plain)) return unsafe_url();
  std::string out(image.substr(0, start));
  return out.append(encoded(url, Reserved::keep)).append(rest);
}

}  // namespace

std::string filter_url(Arguments arguments) {
  Content content = content_of(arguments);
  if (content.type == StringType::url || is_harmless(content.text)) return std::move(content.text);
  return unsafe_url();
}

std::string escape_url(Arguments arguments) {
  const Content content = content_of(arguments);
  return encoded(content.text, content.type == StringType::url ? Reserved::keep : Reserved::encode);
}

std::string normalize_url(Arguments arguments) {
  return encoded(content_of(arguments).text, Reserved::keep);
}

std::string filter_srcset(Arguments arguments) {
  Content content = content_of(arguments);
  if (content.type == StringType::srcset) return std::move(content.text);
  std::string out;
  if (content.type == StringType::url) {
    // One URL: a comma would begin the next.
    for (const char c : encoded(content.text, Reserved::keep)) out += c == ',' ? "%2c" : std::string(1, c);
    return out;
  }
  for (std::string_view rest = content.text; true;) {
    const std::size_t comma = rest.find(',');
    out += filtered_image(rest.substr(0, comma));
    if (comma == kNone) return out;
    out.push_back(',');
    rest.remove_prefix(comma + 1);
  }
}

}  // namespace tocsin::tmpl

#include "receivers/mime.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "receivers/text_limits.h"

namespace tocsin {
namespace {

constexpr std::size_t kLineLength = 76;
constexpr std::size_t kEncodedWordLength = 75;  // RFC 2047 §2
constexpr std::size_t kLongestLine = 998;       // RFC 5322 §2.1.1

char hex_digit(unsigned value) {
  return "0123456789ABCDEF"[value & 0xf];
}

void append_hex(std::string& out, char c) {
  const auto byte = static_cast<unsigned char>(c);
  out += {'=', hex_digit(byte >> 4u), hex_digit(byte)};
}

bool is_plain_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

// One code point in the Q encoding of RFC 2047 §4.2, restricted to the characters allowed everywhere (§5 rule
// 3).
std::string q_encoded(std::string_view rune) {
  std::string out;
  for (const char c : rune) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       c == '!' || c == '*' || c == '+' || c == '-' || c == '/';
    if (c == ' ') {
      out.push_back('_');
    } else if (plain) {
      out.push_back(c);
    } else {
      append_hex(out, c);
    }
  }
  return out;
}

std::size_t rune_length(std::string_view text) {
  std::size_t length = 1;
  while (length < text.size() && (static_cast<unsigned char>(text[length]) & 0xc0) == 0x80) ++length;
  return length;
}

// The text as encoded words, each short enough, separated by blanks (which a reader of encoded words drops).
std::string encoded_words(std::string_view text, std::size_t room_on_first_line) {
  constexpr std::string_view kOpen = "=?UTF-8?Q?";
  constexpr std::string_view kClose = "?=";
  std::string out;
  std::string word(kOpen);
  std::size_t room = std::min(kEncodedWordLength, std::max<std::size_t>(room_on_first_line, 30));
  while (!text.empty()) {
    const std::size_t length = rune_length(text);
    const std::string rune = q_encoded(text.substr(0, length));
    if (word.size() + rune.size() + kClose.size() > room) {
      out += word + std::string(kClose) + ' ';
      word = kOpen;
      room = kEncodedWordLength;
    }
    word += rune;
    text.remove_prefix(length);
  }
  return out + word + std::string(kClose);
}

bool has_overlong_word(std::string_view text) {
  std::size_t length = 0;
  for (const char c : text) {
    length = c == ' ' ? 0 : length + 1;
    if (length > kLongestLine - kLineLength) return true;
  }
  return false;
}

// Breaks at blanks so that no line is longer than kLineLength where a blank allows it; value is ASCII on one
// line.
std::string folded(std::string_view name, std::string_view value) {
  std::string out(name);
  out.push_back(':');
  std::size_t column = out.size();
  std::size_t at = 0;
  while (at < value.size()) {
    const std::size_t end = std::min(value.find(' ', at), value.size());
    const std::string_view word = value.substr(at, end - at);
    const bool fits = column + 1 + word.size() <= kLineLength;
    if (!fits && at != 0) {
      out += "\r\n";
      column = 0;
    }
    out.push_back(' ');
    out += word;
    column += 1 + word.size();
    at = end + 1;
  }
  return out + "\r\n";
}

std::string quoted_name(const std::string& name) {
  if (!is_plain_ascii(name)) return encoded_words(name, kEncodedWordLength);
  const bool atoms = std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == ' ' ||
           c == '-' || c == '_';
  });
  if (atoms) return name;
  std::string out = "\"";
  for (const char c : name) {
    if (c == '"' || c == '\\') out.push_back('\\');
    out.push_back(c);
  }
  return out + '"';
}

// One line of a body without its line end.
void append_quoted_line(std::string& out, std::string_view line) {
  std::size_t column = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    const bool last = i + 1 == line.size();
    const bool printable = c > 0x20 && c < 0x7f && c != '=';
    // A dot or "From " at the start of a line is what careless mail software changes, so they are never sent
    // as such.
    const bool fragile = column == 0 && (c == '.' || line.substr(i, 5) == "From ");
    const bool plain = (printable && !fragile) || ((c == ' ' || c == '\t') && !last);
    const std::size_t width = plain ? 1 : 3;
    if (column + width > kLineLength - (last ? 0 : 1)) {
      out += "=\r\n";
      column = 0;
      --i;
      continue;
    }
    if (plain) {
      out.push_back(c);
    } else {
      append_hex(out, c);
    }
    column += width;
  }
}

std::string body_part(std::string_view content_type, std::string_view body) {
  return fmt::format(
      "Content-Type: {}; charset=UTF-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n{}\r\n",
      content_type, quoted_printable(repaired_utf8(body)));
}

std::string base64(std::string_view bytes) {
  constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::string_view three = bytes.substr(at, 3);
    unsigned bits = 0;
    for (std::size_t i = 0; i < 3; ++i)
      bits = bits << 8u | (i < three.size() ? static_cast<unsigned char>(three[i]) : 0u);
    for (std::size_t i = 0; i < 4; ++i)
      out += i <= three.size() ? kLetters[bits >> (18 - 6 * i) & 0x3fu] : '=';
  }
  return out;
}

// RFC 2045 §6.8: lines of 76 characters.
std::string base64_lines(std::string_view bytes) {
  constexpr std::size_t kBytesOfALine = kLineLength / 4 * 3;
  std::string out;
  for (std::size_t at = 0; at < bytes.size(); at += kBytesOfALine)
    out += base64(bytes.substr(at, kBytesOfALine)) + "\r\n";
  return out;
}

std::string html_part(const MimeMessage& message) {
  const std::string html = body_part("text/html", message.html);
  if (message.pictures.empty()) return html;
  // Not longer than the outer one by something at its end: a reader that compares beginnings would mix them
  // up.
  const std::string boundary = "=_r" + message.boundary;
  std::string out =
      folded("Content-Type", "multipart/related; type=\"text/html\"; boundary=\"" + boundary + "\"");
  out += "\r\n--" + boundary + "\r\n" + html;
  for (const MimePicture& picture : message.pictures) {
    out += "--" + boundary + "\r\nContent-Type: image/png; name=\"" + picture.name +
           "\"\r\nContent-Transfer-Encoding: base64\r\nContent-ID: <" + picture.content_id +
           ">\r\nContent-Disposition: inline; filename=\"" + picture.name + "\"\r\n\r\n" +
           base64_lines(picture.png);
  }
  return out + "--" + boundary + "--\r\n";
}

}  // namespace

bool is_mail_header_name(std::string_view name) {
  return !name.empty() && name.size() <= 60 &&
         std::all_of(name.begin(), name.end(), [](char c) { return c > 0x20 && c < 0x7f && c != ':'; });
}

bool is_address_header(std::string_view name) {
  std::string lower;
  for (const char c : name) lower.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c);
  constexpr std::array<std::string_view, 5> kNames = {"from", "to", "cc", "reply-to", "sender"};
  return std::find(kNames.begin(), kNames.end(), lower) != kNames.end();
}

std::string mime_header(std::string_view name, std::string_view value) {
  const std::string line = repaired_utf8(on_one_line(value));
  // "=?" in a text would be read as an encoded word, so it is encoded itself; addresses come with their names
  // encoded.
  const bool misread = line.find("=?") != std::string::npos && !is_address_header(name);
  if (is_plain_ascii(line) && !has_overlong_word(line) && !misread) return folded(name, line);
  return folded(name, encoded_words(line, kLineLength - name.size() - 2));
}

std::string mime_addresses(const std::vector<MailAddress>& addresses) {
  std::string out;
  for (const MailAddress& address : addresses) {
    if (!out.empty()) out += ", ";
    out += address.name.empty() ? address.address : quoted_name(address.name) + " <" + address.address + ">";
  }
  return out;
}

std::string quoted_printable(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 8);
  while (true) {
    const std::size_t end = text.find_first_of("\r\n");
    append_quoted_line(out, text.substr(0, end));
    if (end == std::string_view::npos) return out;
    out += "\r\n";
    const bool pair = text[end] == '\r' && end + 1 < text.size() && text[end + 1] == '\n';
    text.remove_prefix(end + (pair ? 2 : 1));
  }
}

std::string mail_date(TimePoint time) {
  constexpr std::array<std::string_view, 7> kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(time - day));
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} +0000",
                     kDays[std::chrono::weekday(day).c_encoding()], static_cast<unsigned>(date.day()),
                     kMonths[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

std::string write_mime(const MimeMessage& message) {
  std::string out;
  for (const auto& [name, value] : message.headers) out += mime_header(name, value);
  out += "MIME-Version: 1.0\r\n";
  // "=_" cannot occur in quoted-printable text, so no body can contain the boundary (RFC 2045 §6.7).
  const std::string boundary = "=_" + message.boundary;
  out += folded("Content-Type", "multipart/alternative; boundary=\"" + boundary + "\"") + "\r\n";
  out += "--" + boundary + "\r\n" + body_part("text/plain", message.text);
  if (!message.html.empty()) out += "--" + boundary + "\r\n" + html_part(message);
  return out + "--" + boundary + "--\r\n";
}

}  // namespace tocsin

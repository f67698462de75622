// Builds one complete mail message: headers and a multipart/alternative body with a text part and, where
// given, an HTML part. Output is pure ASCII with CRLF line ends and lines of at most 76 characters (998 for
// an unbreakable word in a structured header). Header values come in as plain UTF-8 texts: encoding (RFC
// 2047) and folding happen here, and a CR or LF in a value becomes a blank, so that a value can never start a
// header. It does not dot-stuff: that is the SMTP client's duty.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/time.h"
#include "receivers/mail_address.h"

namespace tocsin {

// A picture that the HTML part shows as <img src="cid:ID">.
struct MimePicture {
  std::string content_id;  // letters, digits, dots, hyphens and one @
  std::string name;        // of the file, should it be saved
  std::string png;         // its bytes
};

struct MimeMessage {
  std::vector<std::pair<std::string, std::string>> headers;  // name, value as text; already decided, in order
  std::string text;
  std::string html;                   // empty: the message has a text part only
  std::vector<MimePicture> pictures;  // of the HTML part
  std::string
      boundary;  // unique text of letters and digits; never appears in a body, whatever the bodies hold
};

// The HTML part and its pictures are one multipart/related (RFC 2387) beside the text part.
std::string write_mime(const MimeMessage&);

// NAME: VALUE, folded, with CRLF. Words that are not plain ASCII become encoded words.
std::string mime_header(std::string_view name, std::string_view value);
// The value of an address header; names are quoted or encoded as needed.
std::string mime_addresses(const std::vector<MailAddress>&);
// Whether the header holds addresses, in any case: From, To, Cc, Reply-To, Sender.
bool is_address_header(std::string_view name);
// Quoted-printable with every kind of line end written as CRLF.
std::string quoted_printable(std::string_view text);
// Mon, 02 Jan 2006 15:04:05 +0000
std::string mail_date(TimePoint);
// A header field name of RFC 5322: printable ASCII without colon.
bool is_mail_header_name(std::string_view);

}  // namespace tocsin

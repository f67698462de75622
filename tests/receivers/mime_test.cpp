#include "receivers/mime.h"

#include <doctest/doctest.h>

namespace tocsin {

TEST_CASE("quoted-printable keeps text readable and lines short") {
  struct Row {
    const char* text;
    const char* encoded;
  };
  for (const Row& row : {Row{"plain", "plain"}, Row{"a=b", "a=3Db"}, Row{"ä", "=C3=A4"},
                         Row{"one\ntwo\r\nthree\rfour", "one\r\ntwo\r\nthree\r\nfour"},
                         Row{"end \nx\t", "end=20\r\nx=09"}, Row{".\n..dots\na.b", "=2E\r\n=2E.dots\r\na.b"},
                         Row{"From me\nx From", "=46rom me\r\nx From"}, Row{"", ""}, Row{"\n", "\r\n"}}) {
    CAPTURE(row.text);
    CHECK(quoted_printable(row.text) == row.encoded);
  }
}

TEST_CASE("a long line is broken softly at 76 characters, never inside an escape") {
  CHECK(quoted_printable(std::string(76, 'a')) == std::string(76, 'a'));
  CHECK(quoted_printable(std::string(77, 'a')) == std::string(75, 'a') + "=\r\naa");
  const std::string umlauts = quoted_printable("ääääääääääääääääääääääääää");
  for (std::size_t at = umlauts.find("\r\n"); at != std::string::npos; at = umlauts.find("\r\n", at + 2)) {
    CHECK(umlauts[at - 1] == '=');
    CHECK(at % 78 <= 76);
  }
  std::string joined = umlauts;
  for (std::size_t at = joined.find("=\r\n"); at != std::string::npos; at = joined.find("=\r\n"))
    joined.erase(at, 3);
  CHECK(joined.size() == 26 * 6);
}

TEST_CASE("a long header is folded at blanks") {
  const std::string line = mime_header("Subject", std::string(60, 'a') + " " + std::string(60, 'b') + " c");
  CHECK(line == "Subject: " + std::string(60, 'a') + "\r\n " + std::string(60, 'b') + " c\r\n");
}

TEST_CASE("a long subject in another script becomes short encoded words of whole characters") {
  std::string subject;
  for (int i = 0; i < 60; ++i) subject += "日本";
  const std::string line = mime_header("Subject", subject);
  std::size_t start = 0;
  std::size_t words = 0;
  while (start < line.size()) {
    const std::size_t end = line.find("\r\n", start);
    CHECK(end - start <= 76);
    const std::string part = line.substr(start, end - start);
    CHECK(part.ends_with("?="));
    CHECK((part.size() - part.find("?Q?") - 5) % 9 == 0);  // three bytes of three characters each
    ++words;
    start = end + 2;
  }
  CHECK(words > 10);
}

TEST_CASE("control characters in a header value become blanks, what looks encoded is encoded") {
  CHECK(mime_header("X", "a\r\nBcc: b") == "X: a Bcc: b\r\n");
  CHECK(mime_header("X", "a\n\tb\0c") == "X: a b\r\n");
  CHECK(mime_header("X", "=?UTF-8?Q?x?=").find("=?UTF-8?Q?=3D=3FUTF-8") != std::string::npos);
  CHECK(mime_header("To", "=?UTF-8?Q?=C3=A4?= <a@b>") == "To: =?UTF-8?Q?=C3=A4?= <a@b>\r\n");
}

TEST_CASE("mail addresses are read strictly") {
  struct Row {
    const char* text;
    std::vector<MailAddress> addresses;  // empty: refused
  };
  const std::vector<Row> rows = {
      {"a@b.c", {{"", "a@b.c"}}},
      {" A B <a@b.c> , d@e.f,", {{"A B", "a@b.c"}, {"", "d@e.f"}}},
      {"\"B, A \\\"x\\\"\" <a+tag@b.c>", {{"B, A \"x\"", "a+tag@b.c"}}},
      {"Jürgen <j@b.c>", {{"Jürgen", "j@b.c"}}},
      {"<a@b.c>", {{"", "a@b.c"}}},
      {"a@[127.0.0.1]", {{"", "a@[127.0.0.1]"}}},
      {"", {}},
      {"a", {}},
      {"@b", {}},
      {"a@", {}},
      {"a b@c.d", {}},
      {"a@b.c>", {}},
      {"a@b.c\r\nX: y", {}},
      {"<a@b.c> d", {}},
      {"\"open <a@b.c>", {}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const auto addresses = parse_mail_addresses(row.text);
    CHECK(addresses.has_value() == !row.addresses.empty());
    if (addresses) CHECK(*addresses == row.addresses);
  }
  CHECK(mime_addresses({{"B, A", "a@b.c"}, {"Jürgen", "j@b.c"}, {"", "x@y.z"}}) ==
        "\"B, A\" <a@b.c>, =?UTF-8?Q?J=C3=BCrgen?= <j@b.c>, x@y.z");
}

TEST_CASE("dates are written as mail wants them") {
  CHECK(mail_date(TimePoint(std::chrono::seconds(0))) == "Thu, 01 Jan 1970 00:00:00 +0000");
  CHECK(mail_date(TimePoint(std::chrono::seconds(951'782'400))) == "Tue, 29 Feb 2000 00:00:00 +0000");
}

TEST_CASE("header names are checked") {
  CHECK(is_mail_header_name("X-Team"));
  CHECK_FALSE(is_mail_header_name(""));
  CHECK_FALSE(is_mail_header_name("X Team"));
  CHECK_FALSE(is_mail_header_name("X:"));
  CHECK_FALSE(is_mail_header_name("X\r\n"));
}

TEST_CASE("pictures stand beside the HTML that shows them, in base64 of short lines") {
  MimeMessage message;
  message.text = "t";
  message.html = "<img src='cid:a@b'>";
  message.boundary = "B";
  struct Row {
    std::string bytes;
    const char* encoded;
  };
  for (const Row& row : {Row{"", ""}, Row{"M", "TQ==\r\n"}, Row{"Ma", "TWE=\r\n"}, Row{"Man", "TWFu\r\n"},
                         Row{std::string("\0\xff\x10", 3), "AP8Q\r\n"}, Row{"\xfb\xff", "+/8=\r\n"}}) {
    message.pictures = {{"a@b", "p.png", row.bytes}};
    CHECK(write_mime(message) ==
          "MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=\"=_B\"\r\n\r\n"
          "--=_B\r\nContent-Type: text/plain; charset=UTF-8\r\nContent-Transfer-Encoding: "
          "quoted-printable\r\n\r\nt\r\n"
          "--=_B\r\nContent-Type: multipart/related; type=\"text/html\"; boundary=\"=_rB\"\r\n\r\n"
          "--=_rB\r\nContent-Type: text/html; charset=UTF-8\r\nContent-Transfer-Encoding: "
          "quoted-printable\r\n\r\n"
          "<img src=3D'cid:a@b'>\r\n"
          "--=_rB\r\nContent-Type: image/png; name=\"p.png\"\r\nContent-Transfer-Encoding: base64\r\n"
          "Content-ID: <a@b>\r\nContent-Disposition: inline; filename=\"p.png\"\r\n\r\n" +
              std::string(row.encoded) + "--=_rB--\r\n--=_B--\r\n");
  }
  message.pictures = {{"a@b", "p.png", std::string(58, 'a')}};
  CHECK(write_mime(message).find("YWFhYWFh\r\nYQ==\r\n") != std::string::npos);
}

}  // namespace tocsin

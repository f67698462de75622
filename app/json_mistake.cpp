#include "app/json_mistake.h"

#include <fmt/format.h>

#include "core/labels.h"
#include "core/utf8.h"

namespace tocsin {
namespace {

constexpr int kMaxDepth = 1024;  // simdjson's own

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

// Walks over one document; each step returns false once a mistake is noted.
class Checker {
 public:
  explicit Checker(std::string_view text) : text_(text) {}

  std::optional<JsonMistake> run() {
    skip_blanks();
    if (at_end()) return JsonMistake{0, "there is nothing"};
    if (value(0)) {
      skip_blanks();
      if (!at_end()) wrong("expected the end of the document");
    }
    return mistake_;
  }

 private:
  bool at_end() const { return at_ >= text_.size(); }
  char here() const { return at_end() ? '\0' : text_[at_]; }
  bool next_is(char c) const { return !at_end() && text_[at_] == c; }

  void skip_blanks() {
    while (!at_end() && (here() == ' ' || here() == '\t' || here() == '\n' || here() == '\r')) ++at_;
  }

  bool wrong(std::string message) {
    if (at_end()) {
      message += ", but the text ends";
    } else {
      message += ", found " + go_quote(text_.substr(at_, first_rune(text_.substr(at_)).bytes));
    }
    mistake_ = JsonMistake{at_, std::move(message)};
    return false;
  }

  bool value(int depth) {
    if (depth > kMaxDepth) return wrong(fmt::format("expected no more than {} levels", kMaxDepth));
    skip_blanks();
    switch (here()) {
      case '{':
        return object(depth);
      case '[':
        return array(depth);
      case '"':
        return string();
      case 't':
        return word("true");
      case 'f':
        return word("false");
      case 'n':
        return word("null");
      default:
        return number();
    }
  }

  bool object(int depth) {
    ++at_;
    skip_blanks();
    if (next_is('}')) return ++at_, true;
    while (true) {
      skip_blanks();
      if (!next_is('"')) return wrong("expected a name in double quotes");
      if (!string()) return false;
      skip_blanks();
      if (!next_is(':')) return wrong("expected \":\" after a name");
      ++at_;
      if (!value(depth + 1)) return false;
      skip_blanks();
      if (next_is('}')) return ++at_, true;
      if (!next_is(',')) return wrong("expected \",\" or \"}\"");
      ++at_;
    }
  }

  bool array(int depth) {
    ++at_;
    skip_blanks();
    if (next_is(']')) return ++at_, true;
    while (true) {
      if (!value(depth + 1)) return false;
      skip_blanks();
      if (next_is(']')) return ++at_, true;
      if (!next_is(',')) return wrong("expected \",\" or \"]\"");
      ++at_;
    }
  }

  bool string() {
    ++at_;
    while (!next_is('"')) {
      if (at_end()) return wrong("expected the closing quote of a string");
      if (static_cast<unsigned char>(here()) < 0x20)
        return wrong("expected control characters to be escaped");
      if (here() == '\\') {
        if (!escape()) return false;
        continue;
      }
      const Rune rune = first_rune(text_.substr(at_));
      if (!rune.valid) return wrong("expected UTF-8");
      at_ += rune.bytes;
    }
    ++at_;
    return true;
  }

  bool escape() {
    ++at_;
    if (!next_is('u')) {
      static constexpr std::string_view kEscapes = "\"\\/bfnrt";
      if (at_end() || kEscapes.find(here()) == std::string_view::npos)
        return wrong("expected an escape of JSON");
      ++at_;
      return true;
    }
    ++at_;
    for (int i = 0; i < 4; ++i, ++at_) {
      if (at_end() || !is_hex(here())) return wrong("expected four hexadecimal digits");
    }
    return true;
  }

  bool word(std::string_view expected) {
    for (const char c : expected) {
      if (!next_is(c)) return wrong(fmt::format("expected {}", expected));
      ++at_;
    }
    return true;
  }

  bool digits(std::string_view what) {
    if (!is_digit(here())) return wrong(fmt::format("expected {}", what));
    while (is_digit(here())) ++at_;
    return true;
  }

  bool number() {
    const bool negative = next_is('-');
    if (!negative && !is_digit(here())) return wrong("expected a value");
    if (negative) ++at_;
    if (next_is('0')) {
      ++at_;
      if (is_digit(here())) return wrong("expected no digit after a leading 0");
    } else if (!digits("a digit")) {
      return false;
    }
    if (next_is('.')) {
      ++at_;
      if (!digits("a digit after the point")) return false;
    }
    if (here() != 'e' && here() != 'E') return true;
    ++at_;
    if (here() == '+' || here() == '-') ++at_;
    return digits("a digit in the exponent");
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::optional<JsonMistake> mistake_;
};

}  // namespace

std::optional<JsonMistake> find_json_mistake(std::string_view text) {
  return Checker(text).run();
}

std::string describe_bad_json(std::string_view body, std::string_view reason) {
  if (const auto mistake = find_json_mistake(body)) {
    return fmt::format("the body is not valid JSON: at byte {}: {}", mistake->offset, mistake->message);
  }
  return fmt::format("the body is not valid JSON: {}", reason);
}

}  // namespace tocsin

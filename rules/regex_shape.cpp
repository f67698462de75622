#include "rules/regex_shape.h"

#include "rules/promql/regex_check.h"

namespace tocsin {
namespace {

using Piece = RegexShape::Piece;

constexpr int kDeepest = 50;

class ShapeReader {
 public:
  explicit ShapeReader(std::string_view pattern) : pattern_(pattern) {}

  RegexShape read() {
    shape_.matches_empty = alternatives(0);
    if (at_ < pattern_.size()) shape_.known = false;
    return std::move(shape_);
  }

 private:
  bool at_end() const { return at_ >= pattern_.size() || !shape_.known; }
  char here() const { return pattern_[at_]; }
  bool is_here(std::string_view text) const { return pattern_.substr(at_).starts_with(text); }

  // Each answers whether it may match nothing.
  bool alternatives(int depth) {
    bool empty = sequence(depth);
    while (!at_end() && here() == '|') {
      ++at_;
      if (depth == 0) shape_.alternatives = true;
      empty = sequence(depth) || empty;
    }
    return empty;
  }

  bool sequence(int depth) {
    bool empty = true;
    while (!at_end() && here() != '|' && here() != ')') empty = repeated(depth) && empty;
    return empty;
  }

  bool repeated(int depth) {
    RegexShape::Element element;
    bool empty = atom(depth, element);
    if (!at_end()) {
      const char sign = here();
      if (sign == '*' || sign == '+' || sign == '?') {
        ++at_;
        if (sign != '+') empty = true;
        element.piece = element.piece != Piece::kAny ? Piece::kOther
                        : sign == '*'                ? Piece::kAnyStar
                        : sign == '+'                ? Piece::kAnyPlus
                                                     : Piece::kOther;
        if (!at_end() && here() == '?') ++at_;
      } else if (sign == '{') {
        const std::size_t end = pattern_.find('}', at_);
        if (end == std::string_view::npos || at_ + 1 >= pattern_.size()) {
          shape_.known = false;
        } else {
          empty = empty || pattern_[at_ + 1] == '0';
          at_ = end + 1;
          element.piece = Piece::kOther;
        }
      }
    }
    if (depth == 0) keep(std::move(element));
    return empty;
  }

  void keep(RegexShape::Element element) {
    auto& all = shape_.elements;
    if (element.piece == Piece::kLiteral && !all.empty() && all.back().piece == Piece::kLiteral) {
      all.back().literal += element.literal;
    } else {
      all.push_back(std::move(element));
    }
  }

  bool atom(int depth, RegexShape::Element& element) {
    const char c = here();
    if (c == '(') return group(depth);
    if (c == '[') {
      skip_class();
      return false;
    }
    if (c == '\\') return escape(element);
    ++at_;
    if (c == '^' || c == '$') {
      element.piece = c == '^' ? Piece::kBegin : Piece::kEnd;
      return true;
    }
    if (c == '*' || c == '+' || c == '?' || c == '{') shape_.known = shape_.known && c == '{';
    element.piece = c == '.' ? Piece::kAny : Piece::kLiteral;
    if (c != '.') element.literal = c;
    return false;
  }

  bool group(int depth) {
    if (depth >= kDeepest) return shape_.known = false;
    ++at_;
    if (is_here("?:")) {
      at_ += 2;
    } else if (is_here("?")) {
      return shape_.known = false;  // flags and names
    }
    const bool empty = alternatives(depth + 1);
    if (at_end()) return shape_.known = false;
    ++at_;
    return empty;
  }

  void skip_class() {
    ++at_;
    if (is_here("^")) ++at_;
    if (is_here("]")) ++at_;
    while (!at_end() && here() != ']') {
      if (here() == '[') shape_.known = false;  // [:alpha:]
      at_ += here() == '\\' ? 2 : 1;
    }
    if (at_ >= pattern_.size()) shape_.known = false;
    ++at_;
  }

  bool escape(RegexShape::Element& element) {
    if (at_ + 1 >= pattern_.size()) return shape_.known = false;
    const char c = pattern_[at_ + 1];
    at_ += 2;
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!letter) {
      element.piece = Piece::kLiteral;
      element.literal = c;
      return false;
    }
    if (c == 'b' || c == 'B') return true;
    if (c == 'A' || c == 'z') {
      element.piece = c == 'A' ? Piece::kBegin : Piece::kEnd;
      return true;
    }
    if (std::string_view("dDsSwW").find(c) == std::string_view::npos) shape_.known = false;
    return false;
  }

  std::string_view pattern_;
  std::size_t at_ = 0;
  RegexShape shape_;
};

}  // namespace

bool RegexShape::plain() const {
  return known && !alternatives &&
         (elements.empty() || (elements.size() == 1 && elements[0].piece == Piece::kLiteral));
}

std::string RegexShape::literal() const {
  return elements.empty() ? "" : elements[0].literal;
}

RegexShape regex_shape(std::string_view pattern) {
  return ShapeReader(pattern).read();
}

bool matches_absent_label(std::string_view pattern) {
  if (pattern.empty() || pattern == ".*") return true;
  if (pattern == ".+") return false;
  const RegexShape shape = regex_shape(pattern);
  return shape.known ? shape.matches_empty : promql::regex_matches_nothing(pattern);
}

}  // namespace tocsin

// Writes random PromQL that is good, from a seed: for properties that must hold for whatever people write.
#pragma once

#include <initializer_list>
#include <random>
#include <string>

namespace tocsin::promql {

class ExpressionGenerator {
 public:
  explicit ExpressionGenerator(unsigned seed) : random_(seed) {}

  std::string expression() { return chance(3) ? scalar(4) : vector(4); }

 private:
  using Words = std::initializer_list<const char*>;

  std::size_t below(std::size_t count) { return random_() % count; }
  bool chance(std::size_t one_in) { return below(one_in) == 0; }
  std::string one_of(Words words) { return *(words.begin() + below(words.size())); }
  std::string blank() { return one_of({"", "", "", " ", "  ", "\n", "\t", " # note\n"}); }

  std::string label() {
    return one_of({"a", "job", "instance", "by", "sum", "offset", "\"a.b\"", "'c d'", "bool", "inf_"});
  }
  std::string labels() {
    std::string all = "(";
    for (std::size_t i = below(4); i > 0; --i) all += label() + blank() + (i > 1 || chance(4) ? "," : "");
    return all + ")";
  }
  std::string text() {
    return one_of({"\"x\"", "'y'", "`z\\d`", "\"\\\"q\\\"\"", "'it\\'s'", "\"\"",
                   "\"\xc3\xa4\\n\\x41\\u00e4\"", "\"a\\\\b\""});
  }
  std::string regex() { return one_of({"\"x|y\"", "'.+'", "`a\\.b`", "\"[0-9]+\"", "\"(?i)x\""}); }
  std::string matcher() {
    const std::string name = one_of({"a", "job", "\"a.b\"", "'c'", "__name__", "sum"});
    return name + blank() +
           (chance(2) ? one_of({"=", "!="}) + blank() + text() : one_of({"=~", "!~"}) + regex());
  }
  std::string number() {
    return one_of({"0", "1", "2.5", ".5", "5.", "1e3", "1e-9", "0x1F", "0755", "1_000", "Inf", "NaN", "1e300",
                   "123456789.123", "5m", "1h30m", "1.5e20", "0.1"});
  }
  std::string length() {
    return one_of({"5m", "1h30m", "300", "1d", "0.5", "1w", "100ms", "0.0001", "7y", "90m"});
  }
  std::string duration(int depth) {
    if (depth <= 0 || chance(2)) return length();
    switch (below(6)) {
      case 0:
        return "(" + duration(depth - 1) + ")";
      case 1:
        return duration(depth - 1) + blank() + one_of({"+", "-", "*", "/", "%", "^"}) + blank() +
               duration(depth - 1);
      case 2:
        return "step()";
      case 3:
        return one_of({"min_of", "max_of"}) + "(" + duration(depth - 1) + ", " + duration(depth - 1) + ")";
      case 4:
        return "-(" + duration(depth - 1) + ")";
      default:
        return "1h+-" + length();
    }
  }
  std::string at() { return one_of({" @ 1234", " @ -1.5", " @ start()", " @end()", " @ 1603774568.123"}); }
  std::string modifiers() {
    // A duration in parentheses would go on with the operator behind it, so @ stands between.
    if (chance(12)) return " offset (" + duration(2) + ")" + at();
    const std::string offset = chance(5) ? " offset " + one_of({"", "-", "- "}) + length() : "";
    const std::string fixed = chance(5) ? at() : "";
    return chance(2) ? offset + fixed : fixed + offset;
  }
  std::string bare_selector() {
    const std::string name =
        one_of({"foo", "bar", "a:b", "sum", "by", "offset", "up", "start", "fill", "Foo"});
    std::string matchers;
    for (std::size_t i = below(4); i > 0; --i) {
      std::string one = matcher();
      while (one.find("__name__") == 0) one = matcher();
      matchers += one + (i > 1 || chance(3) ? "," : "") + blank();
    }
    if (chance(5)) return "{" + blank() + "\"me.tric\"" + (matchers.empty() ? "" : ",") + matchers + "}";
    if (chance(6)) return "{a!=\"\"" + std::string(matchers.empty() ? "" : ",") + matchers + "}";
    return name + (matchers.empty() && chance(2) ? "" : blank() + "{" + matchers + "}");
  }

  std::string matrix(int depth) {
    if (depth <= 0 || !chance(4)) {
      const std::string extended = chance(8) ? one_of({" anchored", " smoothed"}) : "";
      return bare_selector() + blank() + "[" + duration(2) + "]" + extended + modifiers();
    }
    const std::string inside = chance(2) ? "(" + vector(depth - 1) + ")" : bare_selector() + modifiers();
    return inside + "[" + duration(2) + ":" + (chance(2) ? duration(1) : "") + "]" + modifiers();
  }

  std::string scalar(int depth) {
    if (depth <= 0) return number();
    switch (below(7)) {
      case 0:
        return number();
      case 1:
        return "(" + scalar(depth - 1) + ")";
      case 2:
        return one_of({"-", "+", "- "}) + scalar(depth - 1);
      case 3:
        return "scalar(" + vector(depth - 1) + ")";
      case 4:
        return one_of({"time()", "pi()", "min_of(1, 2)", "step()"});
      case 5:
        return "(" + scalar(depth - 1) + " > bool " + scalar(depth - 1) + ")";
      default:
        return scalar(depth - 1) + blank() + one_of({"+", "-", "*", "/", "%", "^", " atan2 "}) + blank() +
               scalar(depth - 1);
    }
  }

  std::string matching(bool many) {
    std::string all = one_of({" on", " ignoring", " ON "}) + "(c, \"d e\")";
    if (many && chance(2)) all += one_of({" group_left", " group_right"}) + (chance(2) ? "(f)" : " ()");
    if (many && chance(4)) all += one_of({" fill(0)", " fill_left(1) fill_right(-2)", " fill_right (5m)"});
    return all + " ";
  }

  std::string vector(int depth) {
    if (depth <= 0) return bare_selector() + modifiers();
    switch (below(14)) {
      case 0:
      case 1:
        return bare_selector() + modifiers();
      case 2:
        return "(" + blank() + vector(depth - 1) + blank() + ")";
      case 3:
        return one_of({"-", "+"}) + vector(depth - 1);
      case 4:
        return one_of({"rate", "increase", "last_over_time", "absent_over_time", "mad_over_time"}) + "(" +
               matrix(depth - 1) + ")";
      case 5:
        return one_of({"abs", "absent", "sort", "timestamp", "ceil"}) + blank() + "(" + vector(depth - 1) +
               ")";
      case 6:
        return "label_replace(" + vector(depth - 1) + ", \"a\"," + text() + ", \"b\", `(.*)`)";
      case 7:
        return one_of({"sum", "AVG", "max", "group"}) + " " + one_of({"by", "without", "BY"}) + labels() +
               blank() + "(" + vector(depth - 1) + ")";
      case 8:
        return one_of({"topk", "bottomk", "quantile", "limitk"}) + "(" + scalar(depth - 1) + ", " +
               vector(depth - 1) + ")" + (chance(2) ? " by " + labels() : "");
      case 9:
        return "count_values(" + text() + "," + vector(depth - 1) + ") without" + labels();
      case 10:
        return vector(depth - 1) + one_of({" and", " or", " unless"}) + (chance(2) ? matching(false) : " ") +
               vector(depth - 1);
      case 11:
        return vector(depth - 1) + blank() + one_of({"==", "!=", "<", ">=", "</", ">/"}) + " " +
               vector(depth - 1);
      case 12:
        return "(" + vector(depth - 1) + blank() + one_of({"> bool ", "== bool", "+", "^", "/"}) + " " +
               scalar(depth - 1) + ")";
      default:
        return vector(depth - 1) + " " + one_of({"+", "-", "*", "/", "%", "^", "atan2", "=="}) +
               (chance(2) ? matching(true) : " ") + vector(depth - 1);
    }
  }

  std::mt19937 random_;
};

}  // namespace tocsin::promql

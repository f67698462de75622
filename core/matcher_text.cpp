// Which dialect reads a text. In fallback mode both do: what only the old one can read, or what both read
// differently, is read as it always was, with a warning, so that no configuration changes its meaning
// silently.
#include <fmt/format.h>

#include <utility>

#include "core/matcher.h"
#include "core/matcher_dialects.h"

namespace tocsin {
namespace {

// The canonical form is read alike by both dialects. With braces where `like` has them.
std::string canonical(const Matchers& matchers, std::string_view like) {
  const std::string text = to_string(matchers);
  return like.starts_with('{') ? text : text.substr(1, text.size() - 2);
}

Result<ParsedMatchers> choose(std::string_view text, Result<Matchers> utf8, Result<Matchers> classic) {
  // The UTF-8 parser's message is the more exact one, and names what new texts must look like.
  if (!classic) {
    if (!utf8) return tl::unexpected(utf8.error());
    return ParsedMatchers{std::move(*utf8), ""};
  }
  const std::string better = canonical(*classic, text);
  if (!utf8) {
    return ParsedMatchers{std::move(*classic),
                          fmt::format("{} is written in the classic matcher syntax (the UTF-8 syntax "
                                      "refuses it: {}); write {}, which both read alike",
                                      text, utf8.error().message, better)};
  }
  if (*utf8 == *classic) return ParsedMatchers{std::move(*utf8), ""};
  const std::string other = canonical(*utf8, text);
  return ParsedMatchers{std::move(*classic),
                        fmt::format("{} means two things: {} in the classic matcher syntax, which is "
                                    "used, and {} in the UTF-8 syntax; write the one that is meant",
                                    text, better, other)};
}

Result<ParsedMatchers> alone(Result<Matchers> matchers) {
  if (!matchers) return tl::unexpected(matchers.error());
  return ParsedMatchers{std::move(*matchers), ""};
}

Result<Matchers> as_list(Result<Matcher> matcher) {
  if (!matcher) return tl::unexpected(matcher.error());
  return Matchers{std::move(*matcher)};
}

Result<Matchers> exactly_one(Result<Matchers> matchers) {
  if (!matchers || matchers->size() == 1) return matchers;
  return fail(fmt::format("one matcher is expected, not {}: write name=\"value\"", matchers->size()));
}

}  // namespace

Result<ParsedMatchers> parse_matchers(std::string_view text, MatcherDialect dialect) {
  switch (dialect) {
    case MatcherDialect::kUtf8:
      return alone(parse_utf8_matchers(text));
    case MatcherDialect::kClassic:
      return alone(parse_classic_matchers(text));
    case MatcherDialect::kFallback:
      break;
  }
  return choose(text, parse_utf8_matchers(text), parse_classic_matchers(text));
}

Result<ParsedMatchers> parse_matcher(std::string_view text, MatcherDialect dialect) {
  if (dialect == MatcherDialect::kClassic) return alone(as_list(parse_classic_matcher(text)));
  if (text.starts_with('{') || text.ends_with('}')) {
    return fail(fmt::format("unexpected open or close brace: {}: write one matcher, without braces", text));
  }
  Result<Matchers> utf8 = exactly_one(parse_utf8_matchers(text));
  if (dialect == MatcherDialect::kUtf8) return alone(std::move(utf8));
  return choose(text, std::move(utf8), as_list(parse_classic_matcher(text)));
}

}  // namespace tocsin

// Templates put together by chance from pieces of HTML: none may crash the program, and where one is
// accepted, a label's value never opens an element.
#include <array>
#include <cstdint>

#include "tests/core/html_template/html_template_table.h"

namespace tocsin::tmpl {
namespace {

// xorshift: the same templates each time.
class Chance {
 public:
  explicit Chance(std::uint64_t seed) : state_(seed * 0x9E3779B97F4A7C15U + 1) {}
  std::size_t below(std::size_t bound) {
    state_ ^= state_ << 13U;
    state_ ^= state_ >> 7U;
    state_ ^= state_ << 17U;
    return static_cast<std::size_t>(state_ % bound);
  }
  template <std::size_t N>
  const char* one_of(const std::array<const char*, N>& items) {
    return items[below(N)];
  }

 private:
  std::uint64_t state_;
};

constexpr std::array<const char*, 62> kPieces = {"<p>",
                                                 "</p>",
                                                 "<a",
                                                 " href=",
                                                 " title='",
                                                 " title=\"",
                                                 "\"",
                                                 "'",
                                                 ">",
                                                 " onx=\"",
                                                 " style='",
                                                 "/",
                                                 "?",
                                                 "<script>",
                                                 "</script>",
                                                 "<style>",
                                                 "</style>",
                                                 "<!--",
                                                 "-->",
                                                 "/*",
                                                 "*/",
                                                 "//",
                                                 "\n",
                                                 "`",
                                                 "${",
                                                 "}",
                                                 "{ ",
                                                 "url(",
                                                 ")",
                                                 "<textarea>",
                                                 "</textarea>",
                                                 "<title>",
                                                 "</title>",
                                                 "<meta",
                                                 " content='0;url=",
                                                 ";",
                                                 "<img srcset='",
                                                 "<",
                                                 "</",
                                                 "\\",
                                                 "[",
                                                 "]",
                                                 "=",
                                                 " type=",
                                                 "x",
                                                 "1",
                                                 "&quot;",
                                                 "&#39;",
                                                 "\xff",
                                                 "\u2028",
                                                 "{{.}}",
                                                 "{{.}}",
                                                 "{{.}}",
                                                 "{{html .}}",
                                                 "{{. | urlquery}}",
                                                 "{{if .}}",
                                                 "{{else}}",
                                                 "{{range $}}{{.}}",
                                                 "{{end}}",
                                                 "{{template \"other\" .}}",
                                                 "{{break}}",
                                                 "{{continue}}"};

const std::string kEvil = "\"'><script >evil()</script ><img onerror=x>`${x}--></textarea></title></style>\\";

std::string random_text(Chance& chance, std::size_t pieces) {
  std::string out;
  std::vector<const char*> open;
  for (std::size_t i = 0; i < pieces; ++i) out += chance.one_of(kPieces);
  return out;
}

// Balanced, so that more of them can be parsed: every block is closed.
std::string random_block(Chance& chance, int depth) {
  std::string out = random_text(chance, chance.below(4));
  if (depth == 0) return out;
  switch (chance.below(5)) {
    case 0:
      return out + "{{if .}}" + random_block(chance, depth - 1) + "{{else}}" +
             random_block(chance, depth - 1) + "{{end}}";
    case 1:
      return out + "{{range $}}" + random_block(chance, depth - 1) + "{{end}}";
    default:
      return out + random_block(chance, depth - 1) + "{{.}}" + random_block(chance, depth - 1);
  }
}

// Markup that closes what it opens, with a value in each place.
std::string random_page(Chance& chance, int depth) {
  constexpr std::array<const char*, 14> kElements = {
      "<p>{{.}}</p>",
      "<p title=\"{{.}}\" a='{{.}}'>",
      "<p title={{.}} {{.}} x{{.}}=1>",
      "<a href='{{.}}'>{{.}}</a>",
      "<a href=/a/{{.}}?{{.}}#{{.}}>",
      "<script>f({{.}}, '{{.}}', `{{.}}${ {{.}} }`, /{{.}}/)</script>",
      "<style>p{a:{{.}};b:'{{.}}';c:url({{.}})}</style>",
      "<p onx=\"f('{{.}}')\" style='a:{{.}};b:url(&quot;{{.}}&quot;)'>",
      "<textarea>{{.}}</textarea><title>{{.}}</title>",
      "<!-- {{.}} -->",
      "<meta content=\"0; url={{.}}\">",
      "<img srcset=\"{{.}}, {{.}} 2x\">",
      "{{template \"other\" .}}<p x='{{template \"other\" .}}'><script>x='{{template \"other\" .}}'</script>",
      "<{{.}}"};
  std::string out;
  for (std::size_t i = chance.below(4); i > 0; --i) out += chance.one_of(kElements);
  if (depth == 0) return out;
  if (chance.below(2) == 0) return out + "{{range $}}" + random_page(chance, depth - 1) + "{{end}}";
  return out + "{{if .}}" + random_page(chance, depth - 1) + "{{else}}" + random_page(chance, depth - 1) +
         "{{end}}";
}

// The output, if the template is accepted.
Result<std::string> executed(const std::string& text) {
  HtmlTemplateSet templates{TemplateSet("t")};
  if (auto parsed = templates.parse("t", "{{define \"other\"}}{{.}}{{end}}" + text); !parsed)
    return tl::unexpected(parsed.error());
  Value::List twice(2, Value::string(kEvil));
  return templates.execute("t", Value::list(std::move(twice), ElementType::string));
}

}  // namespace

TEST_CASE("templates made by chance are escaped or refused") {
  std::size_t accepted = 0;
  for (std::uint64_t seed = 1; seed <= 4'000; ++seed) {
    Chance chance(seed);
    const std::string text = random_block(chance, static_cast<int>(1 + chance.below(4)));
    CAPTURE(seed);
    CAPTURE(text);
    const auto page = executed(text);
    if (!page) continue;
    ++accepted;
    CHECK(page->find("<script >") == std::string::npos);
    CHECK(page->find("<img onerror") == std::string::npos);
  }
  CHECK(accepted > 100);
}

TEST_CASE("no value opens or closes an element, wherever it stands") {
  for (std::uint64_t seed = 1; seed <= 1'000; ++seed) {
    Chance chance(seed);
    const std::string text = random_page(chance, static_cast<int>(chance.below(4)));
    CAPTURE(seed);
    CAPTURE(text);
    const auto page = executed(text);
    REQUIRE_MESSAGE(page.has_value(), (page ? "" : page.error().message));
    for (const char* markup : {"<script >", "</script >", "<img onerror", "\"'><s"}) {
      CAPTURE(markup);
      CHECK(page->find(markup) == std::string::npos);
    }
  }
}

}  // namespace tocsin::tmpl
